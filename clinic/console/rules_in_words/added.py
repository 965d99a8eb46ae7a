"""Monitoring that fits the person, in sentences: for whom it is, and what is added for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from clinic.console.rules_in_words.names import FINDINGS, NEEDS
from clinic.console.rules_in_words.other_rules import OtherSentences
from clinic.console.rules_in_words.pieces import Block, Sentence, fill, joined
from clinic.console.rules_in_words.values import Path, duration_said
from clinic.queries.risk.words import CARE_TASKS, REMINDERS
from clinic.rules.protocols.document.additions import HOME, SECOND_CONTACT


class AdditionSentences(OtherSentences):
    """What a clinic adds for some people. Only what is switched on counts."""

    def _addition(self, key: str) -> Iterator[Block]:
        for index, addition in self._section("additions", key):
            path: Path = ("additions", index)
            yield Block("", tuple(self._for_whom(path, addition)))
            yield Block(_("Before monitoring starts"), tuple(self._before_start(addition)), is_aside=True)
            yield Block(_("Asked besides"), tuple(self._asked_besides(path, addition)))
            yield Block(_("Labs asked for besides"), tuple(self._labs(path, addition)), is_aside=True)
            yield Block(_("Care tasks for staff"), tuple(self._tasks(path, addition)), is_aside=True)
            yield Block(_("Days and check-ins"), tuple(self._days(path, addition)))
            yield Block(_("When a report is missing"), tuple(self._added_timers(path, addition)))

    def _for_whom(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        yield Sentence(fill(_("This addition is %(switch)s."), switch=self._slot(*path, "active")))
        named = ", ".join(str(FINDINGS.get(one, one)) for one in addition.get("for", []))
        when = self._condition((*path, "when"))
        if named:
            yield Sentence((_("For whoever has: %(findings)s.") % {"findings": named},))
        if when:
            template = (
                _("Also for whom this holds: %(when)s.") if named else _("For whom this holds: %(when)s.")
            )
            yield Sentence(fill(template, when=when))

    def _before_start(self, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        for name in addition.get("before_start", []):
            if name == SECOND_CONTACT:
                yield Sentence((_("A second contact can be texted; no reason stands in for one."),))
            else:
                template = _("The usual value is stored: %(label)s.")
                yield Sentence((template % {"label": self.names.label(name)},))

    def _asked_besides(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        for number, ask in enumerate(addition.get("ask", [])):
            label = self.names.label(ask["item"])
            place = (*path, "ask", number, "unanswered")
            if place not in self._at:
                yield Sentence((_("%(label)s is always asked") % {"label": label},), subject=label)
                continue
            pieces = fill(
                _("%(label)s is always asked; not answered is %(level)s"),
                label=label,
                level=self._slot(*place),
            )
            yield Sentence(pieces, subject=label, levels=self._level(place))

    def _days(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        yield from self._plan(path, addition)
        if addition.get("counted_from") == HOME:
            yield Sentence((_("Day 0 is the day on which the patient last came home from hospital."),))

    def _labs(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        for number, asked in enumerate(addition.get("labs", [])):
            place = (*path, "labs", number)
            until = "last_day" in asked
            template = (
                _("%(labs)s from day %(first)s to day %(last)s: due after %(days)s days without a sample")
                if until
                else _("%(labs)s from day %(first)s on: due after %(days)s days without a sample")
            )
            more = {"last": self._slot(*place, "last_day")} if until else {}
            pieces = fill(
                template,
                labs=str(REMINDERS.get(asked["group"], asked["group"])),
                first=self._slot(*place, "first_day"),
                days=self._slot(*place, "within_days"),
                **more,
            )
            yield Sentence(pieces)

    def _tasks(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        for number, asked in enumerate(addition.get("tasks", [])):
            place = (*path, "tasks", number)
            name = str(CARE_TASKS.get(asked["task"], asked["task"]))
            is_home = asked.get("counted_from") == HOME
            template = _("%(task)s: day %(days)s at home.") if is_home else _("%(task)s: from day %(days)s.")
            days = self._every(place, "days", asked["days"])
            yield Sentence(fill(template, task=name, days=days))
            if "last_day" in asked:
                last = self._slot(*place, "last_day")
                yield Sentence(fill(_("Nobody is asked for it after day %(last)s."), last=last))
            if needs := asked.get("needs"):
                named = ", ".join(str(NEEDS.get(one, one)) for one in needs)
                yield Sentence((_("Only with: %(findings)s.") % {"findings": named},))

    def _added_timers(self, path: Path, addition: Mapping[str, Any]) -> Iterator[Sentence]:
        if addition.get("timers_of_tier") == "high":
            yield Sentence((_("The timers of the high tier count as well."),))
        if "staff_call" in addition:
            call = (*path, "staff_call")
            pieces = fill(
                _("No report when reminder %(reminder)s is due is %(level)s: staff call the family"),
                reminder=self._slot(*call, "reminder"),
                level=self._slot(*call, "level"),
            )
            yield Sentence(joined(pieces), subject=_("No report"), levels=self._level((*call, "level")))
        for number in range(len(addition.get("missed", []))):
            step = (*path, "missed", number)
            pieces = fill(
                _("No report for %(hours)s hours is %(level)s"),
                hours=self._slot(*step, "hours"),
                level=self._slot(*step, "level"),
            )
            silent = _("no report for %(time)s") % {
                "time": duration_said(addition["missed"][number]["hours"] * 60)
            }
            levels = self._level((*step, "level"))
            yield Sentence(joined(pieces), subject=_("No report"), levels=levels, when=(silent,))
