"""A temperature as people type it: refused, mended, confirmed, read as meant."""

import pytest
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import Report
from clinic.queries.protocols.versions import rules_of
from clinic.rules.protocols.scoring.answers import check_answers
from tests.caregiver import journeys


def test_urgent_reading_puts_the_call_on_the_next_page(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="38,6", temp_unit="C"
    )

    page = device.get(answer.url).content.decode()
    assert "Call the 24-hour line now" in page.replace('<span class="nowrap">', "").replace("</span>", "")
    assert 'href="tel:+12015550101"' in page
    assert "Send what I have now" in page


@pytest.mark.parametrize(
    ("typed", "unit", "told"),
    [
        ("abc", "F", "We cannot read “abc” as a temperature."),
        ("60", "C", "We cannot read “60” as a temperature."),
    ],
    ids=["letters", "impossible"],
)
def test_refused_reading_keeps_all_that_was_typed(
    device: Client, check_in_url: str, typed: str, unit: str, told: str
) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value=typed, temp_unit=unit, chills="1"
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_temp_value"' in page
    assert told in page
    assert f'value="{typed}"' in page
    assert 'name="chills" value="1" id="id_chills_1" checked' in page


def test_refused_reading_can_be_left_out(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="abc", action="skip"
    )

    assert answer.url == f"{check_in_url}numbers/"
    assert "temp_value" not in CheckinDraft.objects.get().answers


def test_reading_in_the_wrong_unit_asks_and_is_mended_with_one_tap(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    asked = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="98.6", temp_unit="C"
    )
    assert "looks like Fahrenheit" in device.get(asked.url).content.decode()

    answer = journeys.post_page(
        device,
        check_in_url,
        "temperature",
        report_id,
        temp_value="98.6",
        temp_unit="C",
        action="unit:F",
    )

    assert answer.url == f"{check_in_url}numbers/"
    assert CheckinDraft.objects.get().answers["temp_unit"] == "F"


def test_unlikely_reading_is_confirmed_once(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    reading = {"temp_value": "34.2", "temp_unit": "C"}
    asked = journeys.post_page(device, check_in_url, "temperature", report_id, **reading)
    assert asked.url == f"{check_in_url}temperature/"
    page = device.get(asked.url).content.decode()
    assert page.index("Call first.") < page.index("Is that right?")

    confirmed = journeys.post_page(
        device, check_in_url, "temperature", report_id, **reading, action="confirm"
    )
    again = journeys.post_page(device, check_in_url, "temperature", report_id, **reading)

    assert confirmed.url == again.url == f"{check_in_url}numbers/"


def test_number_that_is_no_number_never_stops_an_emergency(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    journeys.post_page(device, check_in_url, "breathing", report_id, breathing="3", diarrhea_days="x")

    assert Report.objects.get().answers == {"red_flags": [], "breathing": 3}


@pytest.mark.parametrize(("typed", "unit", "celsius"), [("101.3 F", "C", 38.5), ("38.5°C", "F", 38.5)])
def test_temperature_typed_with_its_unit_is_read_as_meant(
    device: Client, check_in_url: str, typed: str, unit: str, celsius: float
) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value=typed, temp_unit=unit
    )

    assert answer.status_code == 302
    draft = CheckinDraft.objects.get()
    found = check_answers(rules_of(draft.protocol_version), draft.answers).temperature
    assert (found.celsius, found.validation) == (celsius, "ok")
    review = device.get(f"{check_in_url}review/").content.decode()
    assert typed in review
    assert f"{typed} °" not in review


def test_fahrenheit_typed_as_celsius_is_asked_about(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    reading = {"temp_value": "98.6", "temp_unit": "C"}

    journeys.post_page(device, check_in_url, "temperature", report_id, **reading)

    page = device.get(f"{check_in_url}temperature/").content.decode()
    assert "98.6 looks like Fahrenheit. Is it?" in page
    journeys.post_page(device, check_in_url, "temperature", report_id, **{**reading, "action": "unit:F"})
    assert CheckinDraft.objects.get().answers["temp_unit"] == "F"
