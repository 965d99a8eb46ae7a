"""The questions of a check-in by keypad: a pure state machine over the protocol's document.

What is asked next follows from what is answered so far, so a repeated, late or lost request of the telephone
company can neither skip a question nor ask one twice. The order is the protocol's own: danger signs first.

Where a form has the button "None of these today", a call asks once for all questions of a step that are
answered on a scale. Worry and yes-or-no questions are always asked by themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from caregiver.rules.keypad import keys
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import AnswerProblem, check_answers
from clinic.rules.protocols.scoring.assessment import PatientContext
from clinic.rules.protocols.scoring.worries import ITEM as WORRY
from clinic.rules.reports import asked, form_answers

# After so many keys in a row that mean nothing, or none at all, nobody is there.
MOST_MISSES = 3
_FEWEST_AT_ONCE = 2


class PromptKind(StrEnum):
    """What is asked; each is one prompt."""

    TICKS = "ticks"
    MORE_TICKS = "more_ticks"
    AT_ONCE = "at_once"
    READINGS = "readings"
    CHOICE = "choice"
    YES_NO = "yes_no"
    TEMPERATURE = "temperature"
    NUMBER = "number"
    UNIT = "unit"
    READ_BACK = "read_back"
    DONE = "done"


# Those that take several digits, ended by the pound key.
TYPED = frozenset({PromptKind.TEMPERATURE, PromptKind.NUMBER})


@dataclass(frozen=True)
class Script:
    """The protocol, and for whom it is asked."""

    protocol: Protocol
    context: PatientContext


@dataclass(frozen=True)
class Progress:
    """How far a check-in has come; what a call that is cut off leaves behind."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    # Questions that were passed over: not sure, or not measured.
    skipped: tuple[str, ...] = ()
    # Steps whose scales are asked one by one, because something is new.
    one_by_one: tuple[str, ...] = ()
    # Steps whose optional readings are typed.
    measured: tuple[str, ...] = ()
    # The ticks that are being asked: of which of them on, and under which key.
    ticking: str = ""
    ticks_from: int = 0
    # A reading that was typed and not confirmed yet.
    typed: str = ""
    units: tuple[str, ...] = ()
    # What was wrong with the last keys, for the next prompt.
    slip: str = ""
    misses: int = 0

    @property
    def is_given_up(self) -> bool:
        return self.misses >= MOST_MISSES


@dataclass(frozen=True)
class Ask:
    """One prompt: what is asked, about which questions, and what was typed so far."""

    kind: PromptKind
    step: QuestionStep | None = None
    questions: tuple[Question, ...] = ()
    ticks_from: int = 0
    typed: str = ""
    units: tuple[str, ...] = ()
    problem: AnswerProblem | None = None

    @property
    def question(self) -> Question:
        return self.questions[0]


WRONG_KEY, NO_KEY = "wrong_key", "no_key"


def current(script: Script, progress: Progress) -> Ask:
    """What is asked now."""
    for step in script.protocol.steps:
        found = _of_step(script, progress, step)
        if found is not None:
            return found
    return Ask(PromptKind.DONE)


def press(script: Script, progress: Progress, digits: str) -> Progress:
    """What follows from these digits; none at all is a silence. Raises nothing, whatever is typed."""
    ask = current(script, progress)
    if ask.kind is PromptKind.DONE:
        return progress
    if not digits:
        return _missed(progress, NO_KEY)
    if digits == keys.STAR and ask.kind not in TYPED:
        # "Once more": nothing was wrong.
        return replace(progress, slip="", misses=0)
    following = _ANSWERED[ask.kind](script, progress, ask, digits)
    if following is None:
        return _missed(progress, WRONG_KEY)
    return replace(following, misses=0) if not following.slip else following


def resumed(progress: Progress, protocol: Protocol) -> Progress:
    """The same in a later call: danger signs are asked anew, because they are about this moment."""
    ticks = [one for one in protocol.questions if one.kind is Kind.TICKS]
    answers = form_answers.without_questions(protocol, progress.answers, [one.key for one in ticks])
    kept = (progress.skipped, progress.one_by_one, progress.measured)
    return Progress(answers, *kept)


def _of_step(script: Script, progress: Progress, step: QuestionStep) -> Ask | None:
    asked_now = asked.questions_of(
        step=step, protocol=script.protocol, context=script.context, answers=progress.answers
    )
    if progress.ticking and any(one.key == progress.ticking for one in asked_now):
        question = script.protocol.question(progress.ticking)
        return Ask(PromptKind.MORE_TICKS, step, (question,), progress.ticks_from)
    open_ones = tuple(one for one in asked_now if _is_open(one, progress))
    if not open_ones:
        return None
    together = scales_at_once(open_ones)
    if len(together) >= _FEWEST_AT_ONCE and step.key not in progress.one_by_one:
        return Ask(PromptKind.AT_ONCE, step, together)
    readings = optional_readings(open_ones)
    # One by one, whoever has the form before them also has the device.
    is_asked = step.key in progress.measured or step.key in progress.one_by_one
    if len(readings) >= _FEWEST_AT_ONCE and readings[0] == open_ones[0] and not is_asked:
        return Ask(PromptKind.READINGS, step, readings)
    return _single(script, progress, step, open_ones[0])


def _single(script: Script, progress: Progress, step: QuestionStep, question: Question) -> Ask:
    problem = _problem_of(script, progress, question)
    ask = Ask(
        PromptKind(question.kind),
        step,
        (question,),
        progress.ticks_from,
        progress.typed,
        progress.units,
        problem,
    )
    if not progress.typed or problem is not None:
        return ask
    return replace(ask, kind=PromptKind.UNIT if len(progress.units) > 1 else PromptKind.READ_BACK)


def scales_at_once(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Those that one key can answer together with "none of these". Worry never is."""
    return tuple(one for one in questions if one.kind is Kind.CHOICE and one.key != WORRY)


def optional_readings(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Numbers that not everybody can measure."""
    return tuple(one for one in questions if one.kind is Kind.NUMBER and one.optional)


def _is_open(question: Question, progress: Progress) -> bool:
    """Neither answered nor passed over; and what has more answers than keys cannot be asked here."""
    if question.kind is Kind.CHOICE and len(question.options) > keys.MOST_CHOICES:
        return False
    return question.answer_keys[0] not in progress.answers and question.key not in progress.skipped


def _problem_of(script: Script, progress: Progress, question: Question) -> AnswerProblem | None:
    """Why what was typed cannot be meant, by the limits of the form."""
    if not progress.typed:
        return None
    answers = {**progress.answers, **_reading(question, progress.typed, progress.units)}
    problems = check_answers(script.protocol, answers).problems
    return next((one for one in problems if one.key == question.key), None)


def _reading(question: Question, typed: str, units: tuple[str, ...]) -> dict[str, str]:
    if question.kind is not Kind.TEMPERATURE:
        return {question.key: typed}
    value, unit = question.answer_keys
    return {value: typed, unit: units[0] if units else question.default_unit}


def _missed(progress: Progress, slip: str) -> Progress:
    return replace(progress, slip=slip, misses=progress.misses + 1)


def _answered(progress: Progress, answers: Mapping[str, Any]) -> Progress:
    return replace(
        progress,
        answers={**progress.answers, **answers},
        ticking="",
        ticks_from=0,
        typed="",
        units=(),
        slip="",
    )


def _passed(progress: Progress, questions: tuple[Question, ...]) -> Progress:
    skipped = dict.fromkeys([*progress.skipped, *(one.key for one in questions)])
    return replace(_answered(progress, {}), skipped=tuple(skipped))


def _on_ticks(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    question, shown = ask.question, ask.ticks_from
    options = question.options[shown : shown + keys.MOST_CHOICES]
    chosen = progress.answers.get(question.key, [])
    if digits == "0":
        if shown + len(options) < len(question.options):
            return replace(progress, ticks_from=shown + len(options), slip="")
        return _answered(progress, {question.key: chosen})
    index = keys.choice(digits, len(options))
    if index is None:
        return None
    ticked = [*dict.fromkeys([*chosen, options[index].value])]
    return replace(_answered(progress, {question.key: ticked}), ticking=question.key, ticks_from=shown)


def _on_at_once(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    step = ask.step
    if step is None or digits not in ("1", "2"):
        return None
    if digits == "2":
        return replace(_answered(progress, {}), one_by_one=(*progress.one_by_one, step.key))
    shown = [one.key for one in ask.questions]
    none_of_these = form_answers.with_none_of_the_rest(step, {}, shown=shown, unsure=())
    return _passed(_answered(progress, none_of_these), optional_readings(step.questions))


def _on_readings(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    step = ask.step
    if step is None or digits not in ("1", "2"):
        return None
    if digits == "1":
        return _passed(progress, ask.questions)
    return replace(_answered(progress, {}), measured=(*progress.measured, step.key))


def _on_choice(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    if digits == "0":
        return _passed(progress, ask.questions)
    index = keys.choice(digits, len(ask.question.options))
    return None if index is None else _answered(progress, {ask.question.key: index})


def _on_yes_no(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    if digits == "0":
        return _passed(progress, ask.questions)
    return _answered(progress, {ask.question.key: digits == "1"}) if digits in ("1", "2") else None


def _on_temperature(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    if digits == keys.STAR:
        return _passed(progress, ask.questions)
    typed = keys.temperature(digits, ask.question.units)
    return None if typed is None else _typed(script, progress, ask, typed)


def _on_number(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    if digits == keys.STAR:
        return _passed(progress, ask.questions)
    text = keys.number(digits)
    return None if text is None else _typed(script, progress, ask, keys.TypedNumber(text))


def _typed(script: Script, progress: Progress, ask: Ask, typed: keys.TypedNumber) -> Progress:
    """Kept until it is confirmed; what cannot be meant counts as a slip and is asked again."""
    following = replace(progress, typed=typed.text, units=typed.units, slip="")
    problem = _problem_of(script, following, ask.question)
    return following if problem is None else _missed(following, problem.code)


def _on_unit(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    index = keys.choice(digits, len(ask.units))
    return None if index is None else replace(progress, units=(ask.units[index],), slip="")


def _on_read_back(script: Script, progress: Progress, ask: Ask, digits: str) -> Progress | None:
    if digits == "1":
        return _answered(progress, _reading(ask.question, ask.typed, ask.units))
    return replace(progress, typed="", units=(), slip="") if digits == "2" else None


_ANSWERED = {
    PromptKind.TICKS: _on_ticks,
    PromptKind.MORE_TICKS: _on_ticks,
    PromptKind.AT_ONCE: _on_at_once,
    PromptKind.READINGS: _on_readings,
    PromptKind.CHOICE: _on_choice,
    PromptKind.YES_NO: _on_yes_no,
    PromptKind.TEMPERATURE: _on_temperature,
    PromptKind.NUMBER: _on_number,
    PromptKind.UNIT: _on_unit,
    PromptKind.READ_BACK: _on_read_back,
}
