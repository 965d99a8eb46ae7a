"""A condition of a protocol in words: `temp >= 38.0 and not early` is "Temperature 38.0 °C or more and
after day 30"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clinic.console.rules_in_words.names import VALUES, Names
from clinic.console.rules_in_words.pieces import Piece, Pieces, Slot, fill, joined, listed
from clinic.rules.protocols.document.condition_parser import ConditionError, parse
from clinic.rules.protocols.document.conditions import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Flag,
    Is,
    Missing,
    Not,
    Term,
)
from clinic.rules.protocols.editing import FieldKind

_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}
_USUAL = "baseline."


def condition_pieces(text: str, names: Names, place: str = "") -> Pieces:
    """The words of a condition; with a place, its numbers and answers can be changed.

    A text that cannot be read stands there as it is: the draft says what is wrong with it.
    """
    try:
        condition = parse(text, names.vocabulary, names.placeholders)
    except ConditionError:
        return (Slot(place, FieldKind.CONDITION, text, text),) if place else (text,)
    words = _Words(names, place).of(condition)
    if place and not any(isinstance(piece, Slot) for piece in words):
        # Nothing to type over in it, but the sentence still belongs to this leaf.
        said = "".join(str(piece) for piece in words)
        return (Slot(place, FieldKind.CONDITION, text, said),)
    return words


@dataclass
class _Words:
    """Walks a condition from left to right, as its text is read, and counts the numbers in it."""

    names: Names
    place: str
    numbers: int = field(default=0)

    def of(self, condition: Condition) -> Pieces:
        match condition:
            case All():
                return self._listed(condition.parts, _("and"))
            case AnyOf():
                return self._listed(condition.parts, _("or"))
            case AtLeast():
                count = self._number(condition.count)
                parts = listed([self._inner(part) for part in condition.parts], "; ")
                return fill(_("at least %(count)s of these: %(parts)s"), count=count, parts=parts)
            case Not():
                return self._not(condition.part)
            case Flag():
                return (self._flag(condition.name),)
            case Missing():
                return (_("%(label)s not measured") % {"label": self._name(condition.name)},)
            case Is():
                return (
                    _("%(label)s is “%(word)s”")
                    % {
                        "label": self.names.label(condition.name),
                        "word": VALUES.get(condition.word, condition.word),
                    },
                )
            case Compare():
                return self._compare(condition)
        return ()  # pragma: no cover

    def _listed(self, parts: tuple[Condition, ...], word: str) -> Pieces:
        return listed([self._inner(part) for part in parts], f" {word} ")

    def _inner(self, part: Condition) -> Pieces:
        words = self.of(part)
        return ("(", *words, ")") if isinstance(part, All | AnyOf) else words

    def _flag(self, name: str) -> str:
        if name not in self.names.definitions:
            asked = name in self.names.questions
            label = self.names.label(name)
            return _("“%(label)s” answered yes") % {"label": label} if asked else label
        known = self._definition(name)
        return known if known is not None else f"“{self.names.label(name)}”"

    def _definition(self, name: str) -> str | None:
        """A definition that is one plain statement is said as that statement; others by their names."""
        try:
            meaning = parse(self.names.definitions[name], self.names.vocabulary, self.names.placeholders)
        except ConditionError:
            return None
        if not isinstance(meaning, Compare | Is) or any(one.startswith(_USUAL) for one in meaning.names()):
            return None
        return "".join(str(piece) for piece in _Words(self.names, "").of(meaning))

    def _not(self, part: Condition) -> Pieces:
        if isinstance(part, Compare) and part.names() == {"day"} and part.operator in _OPPOSITE:
            return self._compare(Compare(part.left, _OPPOSITE[part.operator], part.right))
        if isinstance(part, Flag) and (opposite := self._not_defined(part.name)):
            return (opposite,)
        return fill(_("not: %(what)s"), what=self._inner(part))

    def _not_defined(self, name: str) -> str:
        """The opposite of a definition that is about days: those are never unknown."""
        try:
            meaning = parse(self.names.definitions.get(name, ""), self.names.vocabulary, {})
        except ConditionError:
            return ""
        if not isinstance(meaning, Compare) or meaning.names() != {"day"}:
            return ""
        return "".join(str(piece) for piece in _Words(self.names, "")._not(meaning))

    def _compare(self, condition: Compare) -> Pieces:
        left, sign, right = condition.left, condition.operator, condition.right
        if left.name and not right.name:
            return self._against_number(left, sign, right.number)
        if left.name and right.name == f"{_USUAL}{left.name}" and not left.less and not right.less:
            return (self._against_usual(left.name, sign),)
        return (*self._term(left), f" {sign} ", *self._term(right))

    def _against_number(self, left: Term, sign: str, number: float) -> Pieces:
        if left.name == "day" and not left.less:
            return fill(_DAYS[sign](), n=self._number(number))
        if left.less:
            if left.name == f"{_USUAL}{left.less}" and sign in _BELOW_USUAL:
                label = self.names.label(left.less)
                return fill(_BELOW_USUAL[sign](), label=label, n=self._number(number, left.less))
            return (*self._term(left), f" {sign} ", self._number(number))
        if self.names.is_ticked(left.name) and sign == ">=":
            label, n = self.names.label(left.name), self._number(number)
            return fill(_("%(label)s: %(n)s or more checked"), label=label, n=n)
        options = self.names.options(left.name)
        if str(int(number)) in options:
            return self._against_answer(left.name, sign, number, options)
        words = fill(_NUMBERS[sign](), label=self._name(left.name), n=self._number(number, left.name))
        return joined([*words, *self._behind(left.name, sign)])

    def _against_answer(self, name: str, sign: str, number: float, options: dict[str, str]) -> Pieces:
        highest = str(int(number)) == max(options, key=int)
        form = _ANSWERS["=" if sign == ">=" and highest else sign]()
        return fill(form, label=self.names.label(name), answer=self._answer(number, options))

    def _against_usual(self, name: str, sign: str) -> str:
        forms = _USUAL_ANSWERS if self.names.options(name) else _USUALS
        return forms[sign]() % {"label": self.names.label(name)}

    def _behind(self, name: str, sign: str) -> Pieces:
        unit = self.names.unit(name.removeprefix(_USUAL))
        bound = _BOUNDS[sign]()
        return (f"{unit} {bound}" if bound else unit,)

    def _name(self, name: str) -> str:
        if name.startswith(_USUAL):
            return _("usual %(label)s") % {"label": self.names.label(name.removeprefix(_USUAL))}
        return self.names.label(name)

    def _term(self, term: Term) -> Pieces:
        if not term.name:
            return (self._number(term.number),)
        less = f" − {self._name(term.less)}" if term.less else ""
        return (self._name(term.name) + less,)

    def _number(self, number: float, about: str = "") -> Piece:
        self.numbers += 1
        shown = self.names.number(about.removeprefix(_USUAL), number)
        if not self.place or number < 0:
            return shown
        return Slot(self.place, FieldKind.CONDITION, number, shown, self.numbers - 1)

    def _answer(self, number: float, options: dict[str, str]) -> Piece:
        self.numbers += 1
        shown = f"“{options[str(int(number))]}”"
        if not self.place:
            return shown
        choices = tuple(options.items())
        return Slot(self.place, FieldKind.CONDITION, int(number), shown, self.numbers - 1, choices)


_Form = dict[str, Callable[[], str]]
_DAYS: _Form = {
    ">=": lambda: _("from day %(n)s"),
    ">": lambda: _("after day %(n)s"),
    "<=": lambda: _("up to day %(n)s"),
    "<": lambda: _("before day %(n)s"),
    "=": lambda: _("on day %(n)s"),
}
_NUMBERS: _Form = {
    ">=": lambda: _("%(label)s %(n)s"),
    "<=": lambda: _("%(label)s %(n)s"),
    ">": lambda: _("%(label)s above %(n)s"),
    "<": lambda: _("%(label)s below %(n)s"),
    "=": lambda: _("%(label)s exactly %(n)s"),
}
_BOUNDS: _Form = {
    ">=": lambda: _("or more"),
    "<=": lambda: _("or less"),
    ">": lambda: "",
    "<": lambda: "",
    "=": lambda: "",
}
_ANSWERS: _Form = {
    ">=": lambda: _("%(label)s: %(answer)s or worse"),
    "<=": lambda: _("%(label)s: %(answer)s or better"),
    ">": lambda: _("%(label)s: worse than %(answer)s"),
    "<": lambda: _("%(label)s: better than %(answer)s"),
    "=": lambda: _("%(label)s: %(answer)s"),
}
_BELOW_USUAL: _Form = {
    ">=": lambda: _("%(label)s is %(n)s or more below the usual value"),
    ">": lambda: _("%(label)s is more than %(n)s below the usual value"),
    "<": lambda: _("%(label)s is less than %(n)s below the usual value"),
    "<=": lambda: _("%(label)s is at most %(n)s below the usual value"),
}
_USUALS: _Form = {
    ">=": lambda: _("%(label)s is as usual or above"),
    ">": lambda: _("%(label)s is above the usual value"),
    "<=": lambda: _("%(label)s is as usual or below"),
    "<": lambda: _("%(label)s is below the usual value"),
    "=": lambda: _("%(label)s is as usual"),
}
_USUAL_ANSWERS: _Form = {
    ">=": lambda: _("%(label)s is as usual or worse"),
    ">": lambda: _("%(label)s is worse than usual"),
    "<=": lambda: _("%(label)s is no worse than usual"),
    "<": lambda: _("%(label)s is better than usual"),
    "=": lambda: _("%(label)s is as usual"),
}
