"""What a question and its answers mean, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from clinic.console.rules_in_words.conditions import condition_pieces
from clinic.console.rules_in_words.pieces import Block, Pieces, Sentence, fill, joined, listed, read
from clinic.console.rules_in_words.values import Path, Values, level_said, without_slots
from clinic.rules.core.enums import Kind, Level


class QuestionSentences(Values):
    """The levels of measured numbers and of chosen answers, and what is accepted."""

    def question(self, key: str) -> Iterator[Block]:
        for index, table in self._section("tables", key):
            yield Block("", tuple(self._table(("tables", index), table, key)))
        for index, scale in self._section("scales", key):
            path: Path = ("scales", index)
            yield Block("", tuple(self._scale(path, scale, key)))
            exceptions = tuple(self._overrides(path, scale, key))
            yield Block(_("Exceptions: the first that fits counts instead"), exceptions)
        index, question = next(self._section("questions", key))
        yield Block(
            _("When it is asked, and what is accepted"), tuple(self._limits(index, question)), is_aside=True
        )

    def _table(self, path: Path, table: Mapping[str, Any], key: str) -> Iterator[Sentence]:
        if "when" in table:
            yield Sentence(fill(_("These levels count if %(when)s."), when=self._condition((*path, "when"))))
        for number, row in enumerate(table["rows"]):
            yield from self._row((*path, "rows", number), row, key)
        if "missing" in table:
            missing = (*path, "missing")
            subject = _("%(label)s not measured") % {"label": self.names.label(key)}
            yield self._is((subject,), (*missing, "level"), (*missing, "when"))

    def _row(self, path: Path, row: Mapping[str, Any], key: str) -> Iterator[Sentence]:
        subject = self._band(path, row, key)
        if "cases" not in row:
            yield self._is(subject, (*path, "level"), (*path, "when"))
            return
        for number in range(len(row["cases"])):
            case = (*path, "cases", number)
            yield self._case(subject, case, is_first=number == 0)

    def _case(self, subject: Pieces, case: Path, *, is_first: bool) -> Sentence:
        if is_first:
            return self._is(subject, (*case, "level"), (*case, "when"))
        level = self._slot(*case, "level")
        pieces = fill(_("otherwise %(level)s"), level=level)
        head = (*without_slots(subject), ", ")
        return Sentence(
            joined([*pieces, *self._if((*case, "when"))]),
            head=head,
            subject=read(subject),
            levels=self._level((*case, "level")),
            is_rest=(*case, "when") not in self._at,
            goes_on=True,
            when=(_("otherwise"), *self._if((*case, "when"))),
        )

    def _band(self, path: Path, row: Mapping[str, Any], key: str) -> Pieces:
        label, unit = self.names.label(key), self.names.unit(key)
        low = self._slot(*path, "from", key=key) if "from" in row else ""
        high = self._slot(*path, "to", key=key) if "to" in row else ""
        if low and high:
            return fill(
                _("%(label)s from %(low)s to %(high)s%(unit)s"), label=label, low=low, high=high, unit=unit
            )
        if low:
            return fill(_("%(label)s from %(low)s%(unit)s"), label=label, low=low, unit=unit)
        return fill(_("%(label)s up to %(high)s%(unit)s"), label=label, high=high, unit=unit)

    def _scale(self, path: Path, scale: Mapping[str, Any], key: str) -> Iterator[Sentence]:
        # A stored map has no order; by their names "early" comes before "late".
        columns = {
            name: read(condition_pieces(when, self.names)) for name, when in self.document["columns"].items()
        }
        options = self.names.options(key)
        if "0" in options:
            usual = f"“{options['0']}”"
            words = _("%(what)s is %(level)s") % {"what": usual, "level": level_said(Level.NONE)}
            yield Sentence((words,), subject=usual, levels=((Level.NONE, ""),), when=())
        for number in range(len(next(iter(scale["columns"].values())))):
            parts, levels = [], []
            for name in sorted(scale["columns"]):
                level = (*path, "columns", name, number)
                when = columns.get(name, name)
                parts.append(fill(_("%(level)s %(when)s"), level=self._slot(*level), when=when))
                levels.append((Level(self._at[level].value), when))
            subject = f"“{options.get(str(number + 1), number + 1)}”"
            pieces = fill(_("%(what)s is %(level)s"), what=subject, level=listed(parts, ", "))
            short = ""
            if len({level for level, _when in levels}) == 1:
                levels = [(levels[0][0], "")]
                short = _("%(what)s is %(level)s") % {"what": subject, "level": level_said(levels[0][0])}
            head = (self.names.label(key), ": ")
            yield Sentence(pieces, head=head, subject=subject, levels=tuple(levels), short=short, when=())

    def _overrides(self, path: Path, scale: Mapping[str, Any], key: str) -> Iterator[Sentence]:
        options = self.names.options(key)
        for number, override in enumerate(scale.get("overrides", [])):
            yield self._override((*path, "overrides", number), override, key, options)

    def _override(
        self, path: Path, override: Mapping[str, Any], key: str, options: Mapping[str, str]
    ) -> Sentence:
        answer = str(override.get("answer", ""))
        subject = f"“{options.get(answer, answer)}”" if answer else _("Every answer")
        name = "level" if "level" in override else "at_most"
        template = _("%(what)s is %(level)s") if name == "level" else _("%(what)s is at most %(level)s")
        pieces = fill(template, what=subject, level=self._slot(*path, name))
        condition = self._if((*path, "when"))
        return Sentence(
            joined([*pieces, *condition]),
            head=(self.names.label(key), ": "),
            subject=subject,
            levels=((Level(override[name]), _("at most") if name == "at_most" else ""),),
            when=condition,
        )

    def _limits(self, index: int, question: Mapping[str, Any]) -> Iterator[Sentence]:
        path: Path = ("questions", index)
        key = str(question["key"])
        if "ask_when" in question:
            yield Sentence(fill(_("It is asked if %(when)s."), when=self._condition((*path, "ask_when"))))
        unit = self.names.unit(key)
        if question["kind"] in {Kind.NUMBER, Kind.TEMPERATURE} and "minimum" in question:
            yield self._accepted(path, key, unit)
        for name in sorted(question.get("units", {})):
            yield self._accepted(
                (*path, "units", name), key, f"\u00a0°{name}", _("Typed in °%(unit)s:") % {"unit": name} + " "
            )
        if "step" in question:
            step = self._slot(*path, "step", key=key)
            yield Sentence(fill(_("It is typed in steps of %(step)s%(unit)s."), step=step, unit=unit))
        for name, template in (
            ("confirm_below", _("Below %(n)s%(unit)s we ask whether it is right.")),
            ("confirm_above", _("Above %(n)s%(unit)s we ask whether it is right.")),
        ):
            if name in question:
                yield Sentence(fill(template, n=self._slot(*path, name, key=key), unit=unit))

    def _accepted(self, path: Path, key: str, unit: str, before: str = "") -> Sentence:
        low, high = self._slot(*path, "minimum", key=key), self._slot(*path, "maximum", key=key)
        pieces = fill(_("%(low)s to %(high)s%(unit)s is accepted."), low=low, high=high, unit=unit)
        return Sentence(joined([before, *pieces]), head=(self.names.label(key), ": "))
