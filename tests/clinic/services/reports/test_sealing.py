"""Only the server opens what a phone sealed, and only under the id it was sealed for."""

import json

import pytest
from django.test import override_settings

from clinic.services.reports import sealing
from tests.sealed import envelope

LABEL = "5e7a6f0e-0000-4000-8000-000000000001"


def test_sealed_report_opens_with_its_label() -> None:
    sent = envelope({"answers": {"temp_value": "38,6"}}, LABEL)

    assert json.loads(sealing.open_sealed(**sent, label=LABEL)) == {"answers": {"temp_value": "38,6"}}


def test_another_label_does_not_open_it() -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(**envelope({}, LABEL), label=LABEL.replace("1", "2"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("kid", "0123456789abcdef"), ("sender", "AAAA"), ("nonce", "!"), ("nonce", ""), ("sealed", "AAAA")],
)
def test_damaged_envelope_cannot_be_opened(field: str, value: str) -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(**{**envelope({}, LABEL), field: value}, label=LABEL)


def test_key_change_still_opens_what_was_sealed_before() -> None:
    with override_settings(SECRET_KEY="the-key-of-last-year-with-enough-characters"):
        sent = envelope({"a": 1}, LABEL)

    with override_settings(SECRET_KEY_FALLBACKS=["the-key-of-last-year-with-enough-characters"]):
        assert json.loads(sealing.open_sealed(**sent, label=LABEL)) == {"a": 1}
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(**sent, label=LABEL)


def test_public_key_is_a_point_and_says_nothing_of_the_secret() -> None:
    key = sealing.current_key()

    assert len(key.kid) == 16
    assert sealing.current_key() == key
