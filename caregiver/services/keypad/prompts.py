"""Every sentence that a call can say, by a protocol and in one language, for whoever reads them all out."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import translation

from caregiver.rules.keypad import dialogue, keys
from caregiver.rules.keypad.dialogue import NO_KEY, WRONG_KEY, Ask, PromptKind
from caregiver.services.keypad import words
from clinic.models import Clinic
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import Travel
from clinic.services.reports import intake

# One that is typed in °C, one in °F; one that no thermometer shows.
_READINGS = (("38.5", ("C",)), ("101.3", ("F",)), ("98", ("C", "F")))
_IMPOSSIBLE = "70"
# How far somebody is changes what they are told.
_WAYS = {
    "near": Travel(minutes_to_centre=15, no_transport=False),
    "far": Travel(minutes_to_centre=90, no_transport=False),
    "no ride": Travel(minutes_to_centre=15, no_transport=True),
}


def every_prompt(
    *, protocol: Protocol, clinic: Clinic, language: str, now: datetime
) -> Iterator[tuple[str, str]]:
    """A name, and the words."""
    with translation.override(language):
        yield from _around(clinic)
        for step in protocol.steps:
            for ask in _asks(protocol, step):
                yield f"{ask.kind}: {ask.question.key}", words.question(ask, language)
        for way, travel in _WAYS.items():
            for level in Level:
                advice = intake.advice_at(
                    clinic=clinic,
                    protocol=protocol,
                    level=level,
                    day=5,
                    travel=travel,
                    nearest_emergency="",
                    now=now,
                )
                yield f"advice, {way}: {level}", words.kept(clinic, advice)
                yield f"pressing, {way}: {level}", words.pressing(clinic, advice)


def _around(clinic: Clinic) -> Iterator[tuple[str, str]]:
    yield "danger", words.danger(clinic)
    yield "call instead", words.call_instead(clinic)
    yield "language", words.language_key(1)
    yield "begin", words.ask_begin(clinic.sms_brand)
    yield "code", words.ask_code()
    yield "wrong code", words.wrong_code()
    yield "patient", words.patient_key("Rosa", 2)
    yield "about", words.about("Rosa")
    yield "wrong key", words.slip(WRONG_KEY)
    yield "no key", words.slip(NO_KEY)
    yield "no more calls", words.no_more_calls()
    yield "stops here", words.stops_here()
    yield "goes on", words.goes_on()
    yield "nobody here", words.nobody_here()
    yield "no such number", words.no_such_number()
    yield "does not work", words.does_not_work()
    yield "not kept", words.not_kept()
    yield "in English", words.in_english(clinic)


def _asks(protocol: Protocol, step: QuestionStep) -> Iterator[Ask]:
    together = dialogue.scales_at_once(step.questions)
    readings = dialogue.optional_readings(step.questions)
    if len(together) > 1:
        yield Ask(PromptKind.AT_ONCE, step, together)
    if len(readings) > 1:
        yield Ask(PromptKind.READINGS, step, readings)
    for question in step.questions:
        for from_which in range(0, max(1, len(question.options)), keys.MOST_CHOICES):
            yield Ask(PromptKind(question.kind), step, (question,), from_which)
        yield from _readings(protocol, step, question)


def _readings(protocol: Protocol, step: QuestionStep, question: Question) -> Iterator[Ask]:
    if question.kind is Kind.TICKS:
        yield Ask(PromptKind.MORE_TICKS, step, (question,))
    if question.kind is Kind.NUMBER:
        yield Ask(PromptKind.READ_BACK, step, (question,), 0, "120")
    if question.kind is not Kind.TEMPERATURE:
        return
    for typed, units in _READINGS:
        kind = PromptKind.UNIT if len(units) > 1 else PromptKind.READ_BACK
        yield Ask(kind, step, (question,), 0, typed, units)
    refused = check_answers(protocol, {question.answer_keys[0]: _IMPOSSIBLE}).problems
    yield Ask(PromptKind.TEMPERATURE, step, (question,), 0, _IMPOSSIBLE, (), next(iter(refused), None))
