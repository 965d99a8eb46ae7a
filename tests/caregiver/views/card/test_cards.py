"""The emergency card, and its code for an emergency room."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caregiver.models import CardLink
from clinic.models import AuditEvent
from clinic.services.escalations import scoring
from tests import factories


@pytest.fixture
def report(patient: Any, caregiver: Any, now: Any) -> Any:
    told = {"temp_value": "101.1", "temp_unit": "F", "chills": 2, "red_flags": []}
    made = factories.ReportFactory(
        patient=patient, author=caregiver, answers=told, observed_at=now - timedelta(hours=3)
    )
    scoring.score(report_id=made.pk, now=now)
    return made


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def make_code(device: Client, patient: Any) -> str:
    """The path of a new code, as the page shows it."""
    page = device.post(f"/card/{patient.pk}/code/").content.decode()
    found = re.search(r"http://testserver(/er/[\w-]+/)", page)
    assert found
    return found.group(1)


@pytest.mark.usefixtures("report")
def test_card_tells_who_what_and_the_last_day(device: Client, patient: Any) -> None:
    patient.birth_date, patient.minutes_to_centre = date(1960, 5, 4), 25
    patient.save()

    text = text_of(device.get("/card/"))

    for told in (
        patient.full_name,
        "This person had CAR-T cell therapy.",
        "axi-cel (CD19)",
        "Day 4 after CAR-T",
        "May 4, 1960",
        "25 min from home",
        "Nov 21, 2026, 6:00 PM &nbsp;· advice then: Call now&nbsp;· 101.1 °F",
        "24 hours before Nov 21, 2026, 9:00 PM, as the family reported",
        "As of Nov 21, 2026, 9:00 PM.",
    ):
        assert told in text


def test_day_without_reports_calms_nobody(device: Client, patient: Any, caregiver: Any, now: Any) -> None:
    factories.ReportFactory(patient=patient, author=caregiver, observed_at=now - timedelta(hours=25))

    assert "That does not mean that nothing happened." in text_of(device.get("/card/"))


def test_clinics_own_warning_takes_the_place_of_ours(device: Client, clinic: Any) -> None:
    clinic.card_warning = "No steroids before you have called us."
    clinic.save()

    text = text_of(device.get("/card/"))

    assert "No steroids before you have called us." in text
    assert "can turn dangerous within hours" not in text


@pytest.mark.usefixtures("report")
def test_code_opens_the_card_in_english_without_a_sign_in(
    device: Client, patient: Any, caregiver: Any
) -> None:
    caregiver.language = "es"
    caregiver.save()
    path = make_code(device, patient)

    answer = Client().get(path, headers={"Accept-Language": "es"})

    text = text_of(answer)
    assert 'lang="en"' in answer.content.decode()
    for told in (patient.full_name, "Emergency card", "101.1 °F", "until Nov 22, 2026, 1:00 AM"):
        assert told in text
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert not re.search(r"<(form|script)", answer.content.decode())


def test_page_of_the_code_says_whose_day_it_is(device: Client, patient: Any) -> None:
    assert "Day 4 after CAR-T" in text_of(device.post(f"/card/{patient.pk}/code/"))


def test_only_a_hash_of_the_code_is_kept(device: Client, patient: Any) -> None:
    token = make_code(device, patient).split("/")[2]

    assert len(token) >= 32
    assert token not in str(list(CardLink.objects.values())) + str(list(AuditEvent.objects.values()))


def test_every_look_is_on_record_and_shown_to_the_family(device: Client, patient: Any, clock: Any) -> None:
    path = make_code(device, patient)
    assert "Not opened yet." in text_of(device.get("/card/"))

    clock.shift(timedelta(minutes=14))
    Client().get(path)
    clock.shift(timedelta(minutes=6))
    Client().get(path)

    assert "Opened 9:14 PM. Opened 9:20 PM." in text_of(device.get("/card/"))
    looks = AuditEvent.objects.filter(action="card_link.opened", patient_id=patient.pk)
    assert [one.actor_kind for one in looks] == ["visitor", "visitor"]


def test_code_ends_after_four_hours(device: Client, patient: Any, clock: Any) -> None:
    path = make_code(device, patient)
    clock.shift(timedelta(hours=4) - timedelta(seconds=1))
    assert Client().get(path).status_code == 200

    clock.shift(timedelta(seconds=1))
    answer = Client().get(path)

    assert answer.status_code == 410
    assert "(201) 555-0101" in answer.content.decode()
    assert patient.full_name not in answer.content.decode()
    assert "Made by" not in text_of(device.get("/card/"))


def test_family_ends_a_code_at_once(device: Client, patient: Any) -> None:
    path = make_code(device, patient)
    code = CardLink.objects.get()

    answers = [device.post(f"/card/codes/{code.pk}/end/") for _tap in range(2)]

    assert [answer.url for answer in answers] == ["/card/", "/card/"]
    assert Client().get(path).status_code == 410
    assert AuditEvent.objects.filter(action="card_link.ended").count() == 1


def test_code_ends_with_its_makers_access(
    device: Client, patient: Any, caregiver: Any, nurse: Any, now: Any
) -> None:
    path = make_code(device, patient)
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    assert Client().get(path).status_code == 410


def test_sixth_code_ends_the_oldest(device: Client, patient: Any, clock: Any) -> None:
    paths = []
    for _ in range(6):
        clock.shift(timedelta(seconds=1))
        paths.append(make_code(device, patient))

    assert [Client().get(path).status_code for path in paths] == [410, *[200] * 5]


def test_guessing_and_hammering_are_limited(device: Client, patient: Any) -> None:
    path = make_code(device, patient)

    guessed = [Client().get(f"/er/guess-{number}/").status_code for number in range(101)]
    opened = [Client().get(path).status_code for _ in range(101)]

    assert (set(guessed[:100]), guessed[100]) == ({404}, 429)
    assert (set(opened[:100]), opened[100]) == ({200}, 429)
    refused = text_of(Client().get("/er/guess-101/"))
    assert "Too many tries" in refused
    assert "Call 911" in refused and "(201) 555-0101" in refused, "no dead end"
    refused = text_of(Client().get(path))
    assert "opened too often" in refused
    assert "(201) 555-0101" in refused, "whom to call, all the same"


def test_outsiders_make_and_end_no_code(device: Client, patient: Any, stranger: Any) -> None:
    make_code(device, patient)
    outsider = Client()
    outsider.force_login(stranger)

    assert outsider.post(f"/card/{patient.pk}/code/").status_code == 404
    assert outsider.post(f"/card/codes/{CardLink.objects.get().pk}/end/").status_code == 404
    assert CardLink.objects.get().ended_at is None


def test_card_takes_the_same_queries_however_much_there_is(
    device: Client, patient: Any, caregiver: Any, clinic: Any
) -> None:
    device.get("/card/")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            device.get("/card/")
        return len(queries)

    make_code(device, patient)
    factories.ReportFactory(patient=patient, author=caregiver)
    one = count()
    other = factories.PatientFactory(clinic=clinic)
    factories.CareTeamMemberFactory(user=caregiver, patient=other)
    for _ in range(3):
        make_code(device, other)
        factories.ReportFactory(patient=other, author=caregiver)

    assert count() == one


def test_card_goes_by_when_it_was_seen_and_says_when_it_came(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    for seen, came in ((2, 2), (20, 0)):
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            answers={"temp_value": f"{36 + seen / 10}", "temp_unit": "C"},
            observed_at=now - timedelta(hours=seen),
            received_at=now - timedelta(hours=came),
            is_late=seen - came > 2,
        )

    text = text_of(device.get("/card/"))

    assert "seen Nov 21, 2026, 1:00 AM, received Nov 21, 2026, 9:00 PM" in text
    assert text.index("97.2 °F") < text.index("100.4 °F")
    assert text.count(", received ") == 1


@pytest.mark.parametrize(("unit", "shown"), [("C", "38.4\u00a0°C"), ("F", "101.1\u00a0°F")])
def test_card_speaks_the_unit_of_whoever_shows_it(
    device: Client, patient: Any, caregiver: Any, now: Any, unit: str, shown: str
) -> None:
    caregiver.temperature_unit = unit
    caregiver.save(update_fields=["temperature_unit"])
    answers = {"temp_value": "101.1", "temp_unit": "F"}
    factories.ReportFactory(
        patient=patient, author=caregiver, answers=answers, observed_at=now, received_at=now
    )

    assert shown in device.get("/card/").content.decode()
