"""Input checks: what was typed, what it counts as, and what to ask the caregiver again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from clinic.rules.core.enums import Kind, Validation
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import Question, Text, UnitRange, in_language
from clinic.rules.protocols.scoring.numbers import exact, is_same_unit, number_and_unit, temperature_unit

_YES = frozenset({"true", "yes", "1", "on"})
_NO = frozenset({"false", "no", "0", "off"})
_LONGEST_QUOTE = 20
# Answers that cannot be stored as sent; everything else is stored and scored as what it is.
_NO_ANSWER = frozenset({"unknown_question", "wrong_type"})


@dataclass(frozen=True)
class AnswerProblem:
    """Something to ask the caregiver about one answer."""

    key: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    texts: Text = field(default_factory=dict, repr=False)

    def text(self, language: str) -> str:
        """The sentence for the caregiver."""
        return in_language(self.texts, language)


@dataclass(frozen=True)
class Temperature:
    """The temperature as typed and as scored (°C, one decimal)."""

    typed: str = ""
    unit: str = ""
    celsius: float | None = None
    validation: Validation = Validation.ABSENT


@dataclass(frozen=True)
class CheckedAnswers:
    """Values that may be scored, answers refused, and answers to confirm (scored meanwhile)."""

    values: Mapping[str, object]
    problems: tuple[AnswerProblem, ...]
    confirmations: tuple[AnswerProblem, ...]
    temperature: Temperature


def check_answers(protocol: Protocol, answers: Mapping[str, object]) -> CheckedAnswers:
    """Check every answer. Never raises: what cannot be read becomes a problem, not a normal value."""
    return _AnswerCheck(protocol, answers).run()


def unstorable(protocol: Protocol, answers: Mapping[str, object]) -> tuple[AnswerProblem, ...]:
    """What is no answer to any question of ours. A reading in words that we cannot read is one: it is kept
    as it was typed, and scored as unknown."""
    readings = {one.key for one in protocol.questions if one.kind is Kind.NUMBER}
    return tuple(
        problem
        for problem in check_answers(protocol, answers).problems
        if problem.code in _NO_ANSWER
        and not (problem.key in readings and isinstance(answers.get(problem.key), str))
    )


def not_as_meant(protocol: Protocol, answers: Mapping[str, object]) -> tuple[AnswerProblem, ...]:
    """Answers that are not taken, and readings that count in another unit than was named."""
    checked = check_answers(protocol, answers)
    asked = (one for one in checked.confirmations if one.code.startswith("unit_suspect"))
    return (*checked.problems, *asked)


class _AnswerCheck:
    def __init__(self, protocol: Protocol, answers: Mapping[str, object]) -> None:
        self.protocol = protocol
        self.answers = answers
        self.values: dict[str, object] = {}
        self.problems: list[AnswerProblem] = []
        self.confirmations: list[AnswerProblem] = []
        self.temperature = Temperature()

    def run(self) -> CheckedAnswers:
        readers: dict[Kind, Callable[[Question], None]] = {
            Kind.TICKS: self._ticks,
            Kind.TEMPERATURE: self._temperature,
            Kind.NUMBER: self._number,
            Kind.YES_NO: self._yes_no,
            Kind.CHOICE: self._choice,
        }
        for question in self.protocol.questions:
            # What was not answered is none of a reader's business; a temperature's value has the first key.
            if question.answer_keys[0] in self.answers:
                readers[question.kind](question)
        for question in self.protocol.ordered_questions:
            self._order(question)
        self._unknown()
        return CheckedAnswers(self.values, tuple(self.problems), tuple(self.confirmations), self.temperature)

    def _given(self, key: str) -> object:
        """The answer, or None where nothing was answered."""
        value = self.answers.get(key)
        return None if isinstance(value, str) and not value.strip() else value

    def _refuse(self, question: Question, code: str, **params: object) -> None:
        self.problems.append(self._about(question, code, params))

    def _ask(self, question: Question, code: str, **params: object) -> None:
        self.confirmations.append(self._about(question, code, params))

    def _about(self, question: Question, code: str, params: Mapping[str, object]) -> AnswerProblem:
        wordings = self.protocol.input_texts.get(code, {})
        texts = {
            language: words.format(label=question.label(language), **params)
            for language, words in wordings.items()
        }
        return AnswerProblem(question.key, code, params, texts)

    def _ticks(self, question: Question) -> None:
        given = self._given(question.key)
        ticked = [given] if isinstance(given, str) else given
        if ticked is None:
            return
        known = [tick for tick in ticked if isinstance(tick, str)] if isinstance(ticked, list | tuple) else []
        if not isinstance(ticked, list | tuple) or len(known) < len(ticked):
            self._refuse(question, "wrong_type", **_quoted(given))
        self.values[question.key] = known
        offered = {option.value for option in question.options}
        # A sign we have no name for was still ticked: it is asked about, and it counts.
        for tick in known:
            if tick not in offered:
                self._ask(question, "unknown_option", **_quoted(tick))

    def _yes_no(self, question: Question) -> None:
        given = self._given(question.key)
        word = str(given).strip().lower()
        if isinstance(given, bool | str | int) and word in _YES | _NO:
            self.values[question.key] = word in _YES
        elif given is not None:
            self._refuse(question, "wrong_type", **_quoted(given))

    def _choice(self, question: Question) -> None:
        given = self._given(question.key)
        number = exact(given)
        accepted = max(question.highest, question.highest_accepted or 0)
        if given is None:
            return
        if number is None or number.denominator != 1:
            self._refuse(question, "wrong_type", **_quoted(given))
        elif not 0 <= number <= accepted:
            self._refuse(question, "out_of_range", minimum=0, maximum=question.highest, **_quoted(given))
        else:
            self.values[question.key] = min(int(number), question.highest)

    def _number(self, question: Question) -> None:
        given = self._given(question.key)
        if given is None:
            return
        number, beside = number_and_unit(given)
        if number is None or not is_same_unit(beside, question.unit):
            self._refuse(question, "wrong_type", **_quoted(given))
            return
        low, high = question.minimum or 0, question.maximum or 0
        if not low <= number <= high:
            self._refuse(question, "out_of_range", minimum=low, maximum=high, **_quoted(given))
            return
        # Tables are in whole steps; a value between two steps counts as the lower one.
        value = math.floor(number / Fraction(str(question.step))) * question.step
        self.values[question.key] = value
        if question.confirm_below is not None and value < question.confirm_below:
            self._ask(question, "confirm_low", **_quoted(given))
        if question.confirm_above is not None and value > question.confirm_above:
            self._ask(question, "confirm_high", **_quoted(given))

    def _order(self, question: Question) -> None:
        """One value must be lower than another: a diastolic above the systolic was mistyped."""
        value, limit = self.values.get(question.key), self.values.get(question.below)
        if isinstance(value, int | float) and isinstance(limit, int | float) and value >= limit:
            del self.values[question.key]
            self._refuse(question, "not_below", maximum=limit, **_quoted(value))

    def _temperature(self, question: Question) -> None:
        value_key, unit_key = question.answer_keys
        given = self._given(value_key)
        if given is None:
            return
        named = self._given(unit_key)
        unit = _unit_name(str(named)) if named is not None else question.default_unit
        typed = str(given).strip()[:_LONGEST_QUOTE]
        number, beside = number_and_unit(given)
        written = temperature_unit(beside)
        if written is None:
            number = None
        elif written and _fits(number, written, question.units):
            # Beside the number it says more than the field that was left as it was.
            unit = written
        read_as = _read_as(number, unit, question.units)
        if number is None or read_as is None:
            self.temperature = Temperature(typed, unit, None, Validation.REJECT)
            self._refuse(question, "reject", **_quoted(given))
            return
        celsius = _celsius(number, read_as)
        validation = Validation.OK
        if read_as != unit:
            validation = Validation.UNIT_SUSPECT
            self._ask(question, f"unit_suspect_{read_as.lower()}", converted=celsius, **_quoted(given))
        elif _outside(celsius, question.confirm_below, question.confirm_above):
            validation = Validation.CONFIRM
            self._ask(question, "confirm", **_quoted(given))
        self.temperature = Temperature(typed, unit, celsius, validation)
        self.values[question.key] = celsius

    def _unknown(self) -> None:
        known = self.protocol.answer_keys
        for key in sorted(str(key) for key in self.answers if key not in known):
            texts = self.protocol.input_texts.get("unknown_question", {})
            words = {language: text.format(**_quoted(key), label="") for language, text in texts.items()}
            self.problems.append(AnswerProblem(key, "unknown_question", {}, words))


def _quoted(value: object) -> dict[str, object]:
    return {"typed": str(value)[:_LONGEST_QUOTE]}


def _unit_name(named: str) -> str:
    """C, F, or what was named where it is neither; the field says "°C" as well as "C"."""
    return temperature_unit(named) or named.strip().upper()


def _fits(number: Fraction | None, unit: str, units: Mapping[str, UnitRange]) -> bool:
    span = units.get(unit)
    return number is not None and span is not None and span.minimum <= number <= span.maximum


def _read_as(number: Fraction | None, unit: str, units: Mapping[str, UnitRange]) -> str | None:
    """The unit that makes sense of the number: the one given if it can, else one that does."""
    if number is None or unit not in units:
        return None
    return next((one for one in (unit, *sorted(units)) if _fits(number, one, units)), None)


def _celsius(number: Fraction, unit: str) -> float:
    """Degrees Celsius to one decimal, halves up, so that 100.4 °F is exactly 38.0 °C."""
    celsius = number if unit == "C" else (number - 32) * 5 / 9
    return math.floor(celsius * 10 + Fraction(1, 2)) / 10


def _outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)
