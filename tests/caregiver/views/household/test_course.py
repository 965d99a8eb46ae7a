"""How it goes, on the page of all reports: charts with their tables, and what counts down."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.services.escalations import scoring
from tests import factories


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def told(patient: Any, caregiver: Any, now: Any) -> None:
    for hours, value, chills in ((60, "98.2", 0), (30, "100.0", 1), (4, "101.3", 2)):
        answers = {"temp_value": value, "temp_unit": "F", "chills": chills, "red_flags": []}
        made = factories.ReportFactory(
            patient=patient,
            author=caregiver,
            answers=answers,
            observed_at=now - timedelta(hours=hours),
            received_at=now - timedelta(hours=hours),
        )
        scoring.score(report_id=made.pk, now=now)


@pytest.mark.usefixtures("told")
def test_chart_has_points_words_for_its_bands_and_a_table(device: Client) -> None:
    answer = device.get("/history/")

    page, text = answer.content.decode(), text_of(answer)
    assert page.count('class="value"') == 3
    assert "Temperature in °F" in text
    for word in ("Emergency", "Call now", "Call today", "No alert"):
        assert f">{word}</text>" in page
    table = page[page.index("<table") : page.index("</table>")]
    assert table.count("<tr>") == 4
    assert [table.count(f"{value}\u00a0°F") for value in ("98.2", "100.0", "101.3")] == [1, 1, 1]
    assert "Chills" in table
    assert "style=" not in page


@pytest.mark.usefixtures("told")
def test_signs_are_bars_with_the_worst_answer_in_words(device: Client) -> None:
    page = device.get("/history/").content.decode()

    assert page.count('class="bar"') == 3
    assert "worst answer:" in page
    assert "Headache" not in page[: page.index("<table")]


@pytest.mark.usefixtures("told")
def test_three_days_leave_out_what_is_older(device: Client, clock: Any) -> None:
    clock.shift(timedelta(hours=24))

    pages = [device.get(f"/history/{query}").content.decode() for query in ("", "?days=14", "?days=999")]

    assert [page.count('class="value"') for page in pages] == [2, 3, 2]


@pytest.mark.usefixtures("told")
def test_page_opens_on_fourteen_days_where_three_show_nothing(device: Client, clock: Any) -> None:
    clock.shift(timedelta(days=5))

    pages = [device.get(f"/history/{query}").content.decode() for query in ("", "?days=3")]

    assert [page.count('class="value"') for page in pages] == [3, 0]
    assert [re.findall(r'days=(\d+)" aria-current', page) for page in pages] == [["14"], ["3"]]


def test_nothing_measured_draws_no_empty_chart(device: Client) -> None:
    answer = device.get("/history/")

    assert "<polyline" not in answer.content.decode()
    assert "No temperature was reported in this time." in text_of(answer)


@pytest.mark.parametrize(
    ("infused", "words"),
    [
        (date(2026, 11, 12), "Day 9 of the first two weeks"),
        (date(2026, 11, 1), "Day 20 of the first month"),
        (date(2026, 10, 7), "Day 45 of the first 100 days"),
        (date(2026, 7, 14), "Day 130 of the first year"),
        (date(2025, 10, 17), "Day 400 after CAR-T"),
        (date(2026, 11, 24), "3 days before CAR-T"),
    ],
)
def test_day_and_phase_in_plain_words(device: Client, patient: Any, infused: date, words: str) -> None:
    patient.infusion_date = infused
    patient.save()

    assert words in text_of(device.get("/history/"))


@pytest.mark.parametrize(
    ("infused", "product", "words"),
    [
        (date(2026, 11, 12), "axi-cel", "Through Nov 26. 5 more days."),
        (date(2026, 11, 8), "axi-cel", "Through Nov 22. 1 more day."),
        (date(2026, 11, 7), "axi-cel", "Through Nov 21. Today is the last day."),
        (date(2026, 11, 6), "axi-cel", "This time ended after Nov 20. Ask the clinic first."),
        (date(2025, 6, 25), "axi-cel", "This time ended after Aug 20, 2025."),
        (date(2026, 11, 12), "zevor-cel", "Ask your clinic when driving and travel are allowed again."),
    ],
)
def test_what_counts_down(device: Client, patient: Any, infused: date, product: str, words: str) -> None:
    patient.infusion_date, patient.product = infused, product
    patient.save()

    assert words in text_of(device.get("/history/"))


def test_course_takes_the_same_queries_however_much_there_is(
    device: Client, patient: Any, caregiver: Any, clinic: Any
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            device.get("/history/")
        return len(queries)

    factories.ReportFactory(patient=patient, author=caregiver)
    device.get("/history/")
    one = count()
    factories.ReportFactory.create_batch(5, patient=patient, author=caregiver)

    assert count() == one
