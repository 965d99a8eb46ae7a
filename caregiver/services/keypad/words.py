"""What a call says. Questions and advice are the protocol's; these are the sentences around them.

A language in which the protocol does not speak falls back to English as a whole, words and voice: half a
sentence in either is understood by nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from caregiver.rules.keypad.dialogue import NO_KEY, WRONG_KEY, Ask, PromptKind
from caregiver.rules.keypad.speech import spell_number, spell_phone, with_phones_spelled
from clinic.models import Clinic
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE
from clinic.services.reports.intake import FilledAdvice, call_targets

ENGLISH = FALLBACK_LANGUAGE
# Where no clinic is known.
_EMERGENCY = "911"


@dataclass(frozen=True)
class Voice:
    """What the provider reads with, and the name of the language to a speech engine of one's own."""

    name: str
    language: str
    engine: str


# Remembered from the provider's list of voices, not looked up; docs/telephone.md says how to listen to them.
VOICES: Mapping[str, Voice] = {
    "en": Voice("Polly.Joanna", "en-US", "en-us"),
    "es": Voice("Polly.Mia", "es-MX", "es-419"),
    "zh-hans": Voice("Polly.Zhiyu", "cmn-CN", "cmn"),
    "ar": Voice("Polly.Zeina", "arb", "ar"),
    "vi": Voice("Google.vi-VN-Standard-A", "vi-VN", "vi"),
}


@dataclass(frozen=True)
class Say:
    """Some sentences in one language."""

    words: str
    language: str = FALLBACK_LANGUAGE

    @property
    def voice(self) -> Voice:
        return VOICES.get(self.language, VOICES[FALLBACK_LANGUAGE])


def language_spoken(protocol: Protocol, language: str) -> str:
    """The language of the questions: the wanted one, or English where the protocol or our voices lack it."""
    return language if language in protocol.languages and language in VOICES else FALLBACK_LANGUAGE


def danger(clinic: Clinic | None = None) -> str:
    """Stands before everything else."""
    number = spell_phone(clinic.emergency_number if clinic else _EMERGENCY)
    return _("If somebody is in danger, hang up and call %(number)s now.") % {"number": number}


def call_instead(clinic: Clinic) -> str:
    """Where a call does not lead further."""
    line = next(one.display for one in call_targets(clinic=clinic, kinds=("line",)))
    return _("To talk to a person, call %(number)s.") % {"number": spell_phone(line)}


def language_key(key: int) -> str:
    """Said in that language, which is why it does not name it by itself."""
    return _("For English, press %(key)s.") % {"key": key}


def ask_begin(brand: str) -> str:
    """Whoever takes a call of ours: nothing about anybody."""
    begin = _("%(brand)s: time for the check-in.") % {"brand": brand}
    keys = _("To start, press 1. To stop these calls, press 9.")
    return f"{begin} {keys}"


def ask_code() -> str:
    return _("Type your 6-digit code.")


def wrong_code() -> str:
    return _("That is not right. Type your 6-digit code once more.")


def patient_key(name: str, key: int) -> str:
    """Only where several are looked after: nobody is named otherwise."""
    return _("For %(name)s, press %(key)s.") % {"name": name, "key": key}


def about(name: str) -> str:
    """Who was chosen, before anything is asked about them."""
    return _("This is about %(name)s. If that is right, press 1. If not, press 2.") % {"name": name}


def slip(kind: str) -> str:
    """What was wrong with the last key; empty where nothing was."""
    if kind == WRONG_KEY:
        return _("That key does nothing here.")
    return _("We heard no key.") if kind == NO_KEY else ""


def no_more_calls() -> str:
    return _("We will stop these calls. Your care team will ask you about it.")


def stops_here() -> str:
    """Nothing was pressed, or nothing that means something, several times in a row."""
    return _("We stop here. Call again to go on.")


def goes_on() -> str:
    return _("We go on with the answers from before.")


def nobody_here() -> str:
    return _("We take no check-ins for you at this number.")


def no_such_number() -> str:
    return _("Nobody takes check-ins at this number. Call your clinic.")


def does_not_work() -> str:
    return _("This does not work right now. Call your clinic.")


def not_kept() -> str:
    """After the advice, which stands whatever became of the report."""
    return _("We could not keep your answers. Call the clinic.")


def in_english(clinic: Clinic) -> str:
    return " ".join((_("The questions are in English."), call_instead(clinic)))


def kept(clinic: Clinic, advice: FilledAdvice) -> str:
    """What came of it: the protocol's advice first, then that it is stored."""
    return " ".join((advised(clinic, advice), _("Your answers are sent."), once_more()))


def once_more() -> str:
    return _("To hear it again, press star. Or hang up.")


def advised(clinic: Clinic, advice: FilledAdvice) -> str:
    """The advice as the family would read it, its numbers digit by digit."""
    return _joined(clinic, (advice.title, *advice.steps, advice.note))


def pressing(clinic: Clinic, advice: FilledAdvice) -> str:
    """The same, short, while the questions go on."""
    return _joined(clinic, (advice.title, *advice.steps[:1]))


def _joined(clinic: Clinic, sentences: tuple[str, ...]) -> str:
    numbers = {one.display for one in call_targets(clinic=clinic)}
    return with_phones_spelled(" ".join(_ended(one) for one in sentences if one), numbers)


def question(ask: Ask, language: str) -> str:
    """The prompt of the check-in, in the language that is active."""
    problem = ask.problem.text(language) if ask.problem else ""
    return f"{problem} {_ASKED[ask.kind](ask, language)}".strip()


def _ticks(ask: Ask, language: str) -> str:
    shown = ask.question.options[ask.ticks_from : ask.ticks_from + 9]
    options = [_option(key, one.text(language)) for key, one in enumerate(shown, start=1)]
    return _spaced(ask.question.text(language), *options, _("None of these: press 0."), _again())


def _more_ticks(ask: Ask, language: str) -> str:
    return _spaced(_("Is there one more of these?"), _ticks(ask, language))


def _at_once(ask: Ask, language: str) -> str:
    names = ", ".join(one.label(language) for one in ask.questions)
    asked = _("Is any of these new, or not as usual? %(names)s.") % {"names": names}
    return _spaced(_title(ask, language), asked, _("No, none of them: press 1. Yes: press 2."), _again())


def _readings(ask: Ask, language: str) -> str:
    names = ", ".join(one.label(language) for one in ask.questions)
    asked = _("Can you measure these? %(names)s.") % {"names": names}
    return _spaced(
        _title(ask, language), asked, _("To leave them out, press 1. To type them, press 2."), _again()
    )


def _choice(ask: Ask, language: str) -> str:
    options = [_option(key, one.text(language)) for key, one in enumerate(ask.question.options, start=1)]
    return _spaced(_asked(ask.question, language), *options, _("Not sure: press 0."), _again())


def _yes_no(ask: Ask, language: str) -> str:
    keys = _("Yes: press 1. No: press 2. Not sure: press 0.")
    return _spaced(_asked(ask.question, language), keys, _again())


def _temperature(ask: Ask, language: str) -> str:
    return _spaced(
        ask.question.text(language), _("Type the number with its tenth. Then press the pound key."), _skip()
    )


def _number(ask: Ask, language: str) -> str:
    return _spaced(_asked(ask.question, language), _("Type the number. Then press the pound key."), _skip())


def _unit(ask: Ask, language: str) -> str:
    keys = [_option(key, _unit_name(unit)) for key, unit in enumerate(ask.units, start=1)]
    return _spaced(_read(ask.typed), *keys, _again())


def _read_back(ask: Ask, language: str) -> str:
    unit = _unit_name(ask.units[0]) if ask.units else ""
    said = f"{_read(ask.typed)} {unit}.".replace(" .", ".")
    return _spaced(said, _("If that is right, press 1. To type it again, press 2."))


def _done(_ask: Ask, _language: str) -> str:
    return ""


def _read(typed: str) -> str:
    # The point in a number, as people say it.
    return _("You typed %(number)s") % {"number": spell_number(typed, _("point"))}


def _unit_name(unit: str) -> str:
    return _("degrees Fahrenheit") if unit == "F" else _("degrees Celsius")


def _asked(question: Question, language: str) -> str:
    """With its hint, which a page shows beside it."""
    return _spaced(question.text(language), question.hint(language))


def _title(ask: Ask, language: str) -> str:
    return f"{ask.step.title(language)}." if ask.step else ""


def _option(key: int, answer: str) -> str:
    return _("Press %(key)s: %(answer)s.") % {"key": key, "answer": answer}


def _again() -> str:
    return _("To hear it again, press star.")


def _skip() -> str:
    return _("If you have no number, press star, then the pound key.")


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?。？！؟" else f"{sentence}."


def _spaced(*sentences: str) -> str:
    return " ".join(one for one in sentences if one)


_ASKED: Mapping[PromptKind, Callable[[Ask, str], str]] = {
    PromptKind.TICKS: _ticks,
    PromptKind.MORE_TICKS: _more_ticks,
    PromptKind.AT_ONCE: _at_once,
    PromptKind.READINGS: _readings,
    PromptKind.CHOICE: _choice,
    PromptKind.YES_NO: _yes_no,
    PromptKind.TEMPERATURE: _temperature,
    PromptKind.NUMBER: _number,
    PromptKind.UNIT: _unit,
    PromptKind.READ_BACK: _read_back,
    PromptKind.DONE: _done,
}
