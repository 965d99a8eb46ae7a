"""Every sentence of a call in every language: whole, in that language, neutral before the code."""

import pytest
from django.utils import translation

from caregiver.services.keypad import words
from caregiver.services.keypad.prompts import every_prompt
from clinic.models import Clinic
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from notifications.rules.text import health_words

PROTOCOL = Protocol.from_document(default_document())
BEFORE_THE_CODE = {"begin", "language", "code", "wrong code", "wrong key", "no key", "no such number"}


def prompts(language, now):
    clinic = Clinic(name="River", sms_brand="River", line_phone="+12025550137", clinic_phone="+12025550146")
    return dict(every_prompt(protocol=PROTOCOL, clinic=clinic, language=language, now=now))


@pytest.mark.parametrize("language", words.VOICES)
def test_every_prompt_is_whole_and_in_its_language(language, now):
    found, english = prompts(language, now), prompts("en", now)

    assert found.keys() == english.keys()
    for name, said in found.items():
        assert said.strip()
        assert "%(" not in said
        assert "{" not in said
        assert language == "en" or said != english[name], f"{name} is English"


@pytest.mark.parametrize("language", words.VOICES)
def test_nothing_about_health_is_said_before_the_code(language, now):
    found = prompts(language, now)

    assert [name for name in BEFORE_THE_CODE if health_words(found[name])] == []


@pytest.mark.parametrize("language", words.VOICES)
def test_numbers_of_the_clinic_are_spelled_digit_by_digit(language, now):
    said = prompts(language, now)["advice, near: emergency"]

    assert "9 1 1" in said
    assert "2 0 2, 5 5 5, 0 1 3 7" in said
    assert "911" not in said


def test_language_without_protocol_or_voice_falls_back_to_english_as_a_whole():
    only_english = Protocol.from_document({**default_document(), "languages": ["en"]} | english_only())

    assert words.language_spoken(PROTOCOL, "ar") == "ar"
    assert words.language_spoken(only_english, "ar") == "en"
    assert words.language_spoken(PROTOCOL, "fr") == "en"
    with translation.override("en"):
        assert words.Say("x", "fr").voice == words.VOICES["en"]


def english_only():
    """The default protocol without any other language."""

    def plain(value):
        if isinstance(value, dict):
            is_text = "en" in value and all(isinstance(one, str) for one in value.values())
            return {"en": value["en"]} if is_text else {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return {**plain(default_document()), "languages": ["en"]}
