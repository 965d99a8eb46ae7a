"""Answers together, changes since earlier reports, times and words, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from clinic.console.rules_in_words.names import said
from clinic.console.rules_in_words.pieces import Block, Pieces, Sentence, fill, joined, listed
from clinic.console.rules_in_words.values import Path, Values, duration_said, without_slots


class OtherSentences(Values):
    """All rules of a document that are not about one question."""

    def _rule(self, key: str) -> Iterator[Block]:
        for index, rule in self._section("rules", key):
            why = said(rule["why"])
            yield Block("", tuple(self._cases(("rules", index), len(rule["cases"]), why)))

    def _cases(self, path: Path, count: int, why: str) -> Iterator[Sentence]:
        for number in range(count):
            case = (*path, "cases", number)
            template = _("It is %(level)s") if number == 0 else _("otherwise %(level)s")
            condition = self._if((*case, "when"))
            pieces = joined([*fill(template, level=self._slot(*case, "level")), *condition])
            when = condition if number == 0 else (_("otherwise"), *condition)
            levels = self._level((*case, "level"))
            yield Sentence(
                pieces, head=(why, ": "), subject=why, levels=levels, goes_on=number > 0, when=when
            )

    def _trend(self, key: str) -> Iterator[Block]:
        for index, trend in self._section("trends", key):
            path: Path = ("trends", index)
            items = trend.get("items", [])
            # What a reading rises by has the decimals and the unit of the reading.
            of_reading = items[0] if trend["kind"] == "rise" and items else ""
            parts = {
                name: self._slot(*path, name, key=of_reading if name == "by" else "")
                for name in ("by", "within_hours", "reports")
                if name in trend
            }
            level = self._slot(*path, "level")
            labels = ", ".join(self.names.label(one) for one in items) or _("An answer")
            template = {
                "steps_up": _(
                    "%(label)s that is %(by)s steps worse within %(within_hours)s hours is %(level)s"
                ),
                "rise": _(
                    "%(label)s up by %(by)s%(unit)s or more within %(within_hours)s hours is %(level)s"
                ),
                "persisting": _(
                    "%(label)s at step %(by)s or worse in %(reports)s reports in a row is %(level)s"
                ),
            }[trend["kind"]]
            unit = self.names.unit(of_reading)
            pieces = fill(template, label=labels, level=level, unit=unit, **parts)
            yield Block(
                "", tuple(self._raised(path, trend, joined([*pieces, *self._if((*path, "when"))]), labels))
            )

    def _raised(
        self, path: Path, trend: Mapping[str, Any], first: Pieces, subject: str
    ) -> Iterator[Sentence]:
        yield Sentence(first, subject=subject, levels=self._level((*path, "level")))
        if "raised" in trend:
            raised = (*path, "raised")
            areas = ", ".join(self._area(one) for one in trend["raised"].get("domains", []))
            pieces = fill(_("it is %(level)s"), level=self._slot(*raised, "level"))
            within = (" ", _("in these areas: %(areas)s") % {"areas": areas}) if areas else ()
            yield Sentence(
                joined([*pieces, *self._if((*raised, "when")), *within]),
                head=(*without_slots(first), "; "),
                subject=subject,
                levels=self._level((*raised, "level")),
            )

    def _area(self, code: str) -> str:
        return said(self.document["domains"][code])

    def _sum(self, key: str) -> Iterator[Block]:
        for index, _one in self._section("accumulation", key):
            path: Path = ("accumulation", index)
            pieces = fill(
                _("%(count)s or more areas at %(at)s or worse are %(level)s"),
                count=self._slot(*path, "domains"),
                at=self._slot(*path, "at"),
                level=self._slot(*path, "level"),
            )
            subject = _("Several areas at once")
            yield Block("", (Sentence(pieces, subject=subject, levels=self._level((*path, "level"))),))

    def _phase(self, key: str) -> Iterator[Block]:
        for index, phase in self._section("phases", key):
            path: Path = ("phases", index)
            yield Block("", tuple(self._plan(path, phase)))
            yield Block(_("When a report is missing"), tuple(self._missed(path, phase)))

    def _plan(self, path: Path, phase: Mapping[str, Any]) -> Iterator[Sentence]:
        """When check-ins fall, of a phase or of what is added to one."""
        first = self._slot(*path, "first_day")
        if "last_day" in phase:
            last = self._slot(*path, "last_day")
            yield Sentence(fill(_("From day %(first)s to day %(last)s."), first=first, last=last))
        else:
            yield Sentence(fill(_("From day %(first)s on."), first=first))
        for name, template in (
            ("times", _("Check-in at %(all)s.")),
            ("every_days", _("Again every %(all)s days.")),
            ("days_in_cycle", _("In such a stretch, on day %(all)s, counted from 0.")),
            ("reminder_offsets_minutes", _("Reminders %(all)s minutes after that time.")),
            ("backup_contact_after_minutes", _("The second contact hears after %(all)s minutes.")),
        ):
            if name in phase:
                pieces = fill(template, all=self._every(path, name, phase[name]))
                yield Sentence(pieces, short=_plan_said(name, phase))

    def _every(self, path: Path, name: str, value: Any) -> Pieces:
        if not isinstance(value, list):
            return (self._slot(*path, name),)
        return listed([(self._slot(*path, name, number),) for number in range(len(value))], ", ")

    def _missed(self, path: Path, phase: Mapping[str, Any]) -> Iterator[Sentence]:
        tiers = {"standard": _("Standard tier"), "high": _("High tier")}
        for tier, steps in sorted(phase.get("missed", {}).items(), reverse=True):
            for number in range(len(steps)):
                step = (*path, "missed", tier, number)
                hours, level = self._slot(*step, "hours"), self._slot(*step, "level")
                subject = tiers.get(tier, tier)
                pieces = fill(
                    _("%(tier)s: no report for %(hours)s hours is %(level)s"),
                    tier=subject,
                    hours=hours,
                    level=level,
                )
                silent = _("no report for %(time)s") % {"time": duration_said(steps[number]["hours"] * 60)}
                yield Sentence(pieces, subject=subject, levels=self._level((*step, "level")), when=(silent,))

    def _recheck(self, _name: str) -> Iterator[Block]:
        recheck = self.document["recheck"]
        asked = fill(
            _("A second reading is asked for %(minutes)s minutes later if %(when)s."),
            minutes=self._slot("recheck", "after_minutes"),
            when=self._condition(("recheck", "when")),
        )
        sentences = [Sentence(asked)]
        for number in range(len(recheck["missed"])):
            step = ("recheck", "missed", number)
            pieces = fill(
                _("No second reading %(minutes)s minutes after it was due is %(level)s"),
                minutes=self._slot(*step, "minutes"),
                level=self._slot(*step, "level"),
            )
            subject = _("Second reading")
            sentences.append(Sentence(pieces, subject=subject, levels=self._level((*step, "level"))))
        yield Block("", tuple(sentences))

    def _messages(self, _name: str) -> Iterator[Block]:
        subject = _("An answer that cannot be used")
        yield Block("", (self._is((subject,), ("rejected", "level"), ("rejected", "when")),))

    def _definitions(self, _name: str) -> Iterator[Block]:
        sentences = tuple(
            Sentence(
                fill(
                    _("“%(name)s” means: %(when)s."),
                    name=self.names.label(name),
                    when=self._condition(("definitions", name)),
                )
            )
            for name in sorted(self.document["definitions"])
        )
        yield Block("", sentences)

    def _advice(self, key: str) -> Iterator[Block]:
        for index, advice in self._section("advice", key):
            sentences = []
            for number, variant in enumerate(advice["variants"]):
                path = ("advice", index, "variants", number, "when")
                if path in self._at:
                    title = f"“{said(variant['title'])}”"
                    pieces = fill(
                        _("%(title)s is said if %(when)s."), title=title, when=self._condition(path)
                    )
                    sentences.append(Sentence(pieces))
            yield Block("", tuple(sentences))


def _plan_said(name: str, plan: Mapping[str, Any]) -> str:
    """Times of a plan as one says them, where its numbers are typed in minutes or counted from 0."""
    if name == "days_in_cycle":
        days = get_text_list([str(day + 1) for day in plan[name]], _("and"))
        return _("In each of these stretches: on its day %(days)s.") % {"days": days}
    if name == "reminder_offsets_minutes":
        times = [
            _("%(time)s later") % {"time": duration_said(one)} if one else _("at that time")
            for one in plan[name]
        ]
        return _("Reminders: %(times)s.") % {"times": get_text_list(times, _("and"))}
    if name == "backup_contact_after_minutes":
        return _("The second contact hears after %(time)s.") % {"time": duration_said(plan[name])}
    return ""
