"""Phrases that no page for families may hold."""

from __future__ import annotations

import pytest

from caregiver.rules.guidance.wording import forbidden


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("They are fine.", "en", ["are fine"]),
        ("A normal number", "en", ["normal"]),
        ("Eat safely", "en", ["safely"]),
        ("You do not need a dose of 500 mg", "en", ["500 mg"]),
        ("Take 2 pills", "en", ["2 pills"]),
        ("Wait until morning", "en", ["Wait until morning"]),
        ("Call 911", "en", ["911"]),
        ("Call 555-0100", "en", ["555-0100"]),
        ("Todo está bien", "es", ["Todo está bien"]),
        ("Es seguro", "es", ["seguro"]),
        ("No se preocupe", "es", ["No se preocupe"]),
        ("Espere a ver", "es", ["Espere a ver"]),
        ("Tome 2 pastillas", "es", ["2 pastillas"]),
    ],
)
def test_a_forbidden_phrase_is_found(text: str, language: str, found: list[str]) -> None:
    assert sorted(forbidden(text, language)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Do not wait until morning. Call {emergency_number}.", "en"),
        ("38.0 °C (100.4 °F) or more. The device can be off.", "en"),
        ("No espere hasta mañana. Llame al {emergency_number}.", "es"),
        ("Algo no está bien", "es"),
        ("Si duda, llame. 38.0 °C (100.4 °F) o más.", "es"),
    ],
)
def test_plain_advice_is_left_alone(text: str, language: str) -> None:
    assert forbidden(text, language) == []
