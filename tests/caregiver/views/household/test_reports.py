"""The page after sending, its status, and the list of all reports."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEvent, Escalation, Report, ReportMistake, ToldReport
from clinic.services.escalations import lifecycle, scoring
from tests import factories
from tests.caregiver.conftest import BACKEND

Sent = Callable[..., Report]


@pytest.fixture
def sent(patient: Any, caregiver: Any, now: datetime) -> Sent:
    """A stored and scored report."""

    def _sent(**answers: Any) -> Report:
        report = factories.ReportFactory(patient=patient, author=caregiver, answers=answers, received_at=now)
        scoring.score(report_id=report.pk, now=now)
        return report

    return _sent


def words(content: str) -> str:
    """What is read, without marks and breaks."""
    return " ".join(re.sub(r"<[^>]+>", "", content).split())


def page_of(device: Client, report: Report) -> str:
    content = device.get(f"/reports/{report.pk}/").content.decode()
    return content.replace('<span class="nowrap">', "").replace("</span>", "")


EMERGENCY = {"red_flags": ["seizure"]}
URGENT = {"temp_value": "38.4", "temp_unit": "C"}
SAME_DAY = {"temp_value": "36.8", "temp_unit": "C", "chills": 1}
WATCH = {"temp_value": "36.8", "temp_unit": "C", "vomiting": 1}
NONE = {"temp_value": "36.8", "temp_unit": "C"}


@pytest.mark.parametrize(
    ("answers", "word", "title", "first_call"),
    [
        (EMERGENCY, "Emergency", "Call 911 now", "tel:911"),
        (URGENT, "Call now", "Call the 24-hour line now", "tel:+12015550101"),
        (SAME_DAY, "Call today", "Call the on-call line tonight", "tel:+12015550101"),
        (WATCH, "Check again", "Check again soon", "tel:+12015550101"),
        (NONE, "No alert", "No one is alerted about this report", "tel:+12015550101"),
    ],
    ids=["emergency", "urgent", "same_day", "watch", "none"],
)
def test_each_level_says_what_to_do_whom_to_call_and_who_reads(
    device: Client, sent: Sent, answers: dict[str, Any], word: str, title: str, first_call: str
) -> None:
    page = page_of(device, sent(**answers))

    assert f"</svg>{word}</p>" in page
    assert f'<h1 id="advice">{title}</h1>' in page
    assert page.index(f'href="{first_call}"') < page.index("What to do now")
    assert ("No one is reading reports until Monday 8:00 AM" in page) is not (answers in (EMERGENCY, URGENT))
    assert "Received by the clinic today at 9:00\u00a0PM" in page


@pytest.mark.parametrize("answers", [EMERGENCY, URGENT, SAME_DAY, WATCH, NONE])
def test_no_result_comforts(device: Client, sent: Sent, answers: dict[str, Any]) -> None:
    page = page_of(device, sent(**answers)).lower()

    for word in ("all fine", "is fine", "safe", "normal", "no action needed", "don't worry", "do not worry"):
        assert word not in page, word


def test_page_says_what_the_app_is_not(device: Client, sent: Sent) -> None:
    page = page_of(device, sent(**NONE))

    assert "It is not an emergency service." in page
    assert "It is not a medical device cleared by the FDA or marked CE." in page


def test_advice_does_not_wait_for_scoring(device: Client, patient: Any, caregiver: Any, now: Any) -> None:
    report = factories.ReportFactory(patient=patient, author=caregiver, answers=EMERGENCY, received_at=now)

    page = page_of(device, report)

    assert "Call 911 now" in page
    assert "Not yet seen by staff" in page


def test_unlikely_reading_is_questioned_after_the_advice(device: Client, sent: Sent) -> None:
    page = page_of(device, sent(temp_value="42.0", temp_unit="C"))

    assert page.index("Call 911 now") < page.index("You typed 42.0. Is that right?")


def test_status_goes_from_received_to_seen_to_closed_without_a_surname(
    device: Client, sent: Sent, nurse: Any, now: Any
) -> None:
    report = sent(**URGENT)
    escalation = Escalation.objects.get()
    url = f"/reports/{report.pk}/status/"
    received = device.get(url).content.decode()

    seen_at, closed_at = now + timedelta(minutes=14), now + timedelta(minutes=40)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=seen_at)
    seen = device.get(url).content.decode()
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=closed_at)
    closed = device.get(url).content.decode()

    assert "Not yet seen by staff" in received
    assert "Seen 9:14 PM by Nora, nurse" in words(seen)
    assert "Nurse</" not in seen and "Nora Nurse" not in seen
    assert "Closed by the clinic today at 9:40\u00a0PM" in closed
    assert "Seen 9:14\u00a0PM" in page_of(device, report)


def test_advice_of_a_closed_report_is_that_of_its_hour(
    device: Client, sent: Sent, nurse: Any, now: Any, clock: Any
) -> None:
    """Sent at nine in the evening, closed at once, read on Monday at eleven."""
    report = sent(**SAME_DAY)
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    clock.move_to(now + timedelta(hours=38))

    page = words(page_of(device, report))
    assert "tonight. Do not wait until the clinic opens." in page.partition("What we told you then")[2]


def test_advice_of_a_closed_report_says_that_it_was_for_then(
    device: Client, sent: Sent, nurse: Any, now: Any
) -> None:
    report = sent(**URGENT)
    before = words(page_of(device, report))
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now)
    lifecycle.resolve(
        escalation_id=Escalation.objects.get().pk, by=nurse, outcome="advice_given", note="", now=now
    )
    after = words(page_of(device, report))

    assert "The clinic closed this" not in before
    closed = "The clinic closed this today at 9:00 PM. Below is what we told you then."
    assert after.index(closed) < after.index("What we told you then", after.index(closed) + len(closed))
    assert "We said: call now" in after and "What to do now" not in after
    # At home it is no advice any more.
    assert "Last report: today 9:00 PM&nbsp;· Seen 9:00 PM, closed 9:00 PM" in words(
        device.get("/").content.decode()
    )


@pytest.mark.parametrize(
    ("answers", "order", "fact"),
    [
        (EMERGENCY, "Emergency", "We said: emergency"),
        (URGENT, "Call now", "We said: call now"),
        (SAME_DAY, "Call today", "We said: call today"),
        (WATCH, "Check again", "We said: check again"),
    ],
    ids=["emergency", "urgent", "same_day", "watch"],
)
def test_closed_report_gives_no_order_in_a_list(
    device: Client, sent: Sent, nurse: Any, now: Any, answers: dict[str, Any], order: str, fact: str
) -> None:
    sent(**answers)
    pk = Escalation.objects.get().pk
    lifecycle.acknowledge(escalation_id=pk, by=nurse, now=now)
    before = badges(device)
    lifecycle.resolve(escalation_id=pk, by=nurse, outcome="advice_given", note="", now=now)

    assert (before, badges(device)) == ([order], [fact])


def badges(device: Client) -> list[str]:
    page = device.get("/history/").content.decode()
    return [words(one) for one in re.findall(r'<span class="badge level-.*?</span>', page, re.DOTALL)]


def test_look_at_an_earlier_report_is_not_a_look_at_this_one(
    device: Client, sent: Sent, nurse: Any, now: Any, clock: Any, patient: Any, caregiver: Any
) -> None:
    first = sent(**URGENT)
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now + timedelta(minutes=1))
    later = now + timedelta(minutes=5)
    second = factories.ReportFactory(
        patient=patient, author=caregiver, answers=URGENT, received_at=later, observed_at=later
    )
    scoring.score(report_id=second.pk, now=later)

    assert "Seen 9:01\u00a0PM" in device.get(f"/reports/{first.pk}/status/").content.decode()
    status = device.get(f"/reports/{second.pk}/status/").content.decode()
    assert "Seen" not in status
    assert "Staff took your earlier report at 9:01\u00a0PM." in status


def test_rise_after_a_look_keeps_the_first_look(
    device: Client, sent: Sent, nurse: Any, now: Any, patient: Any, caregiver: Any
) -> None:
    first = sent(**URGENT)
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now + timedelta(minutes=1))
    later = now + timedelta(minutes=5)
    second = factories.ReportFactory(
        patient=patient, author=caregiver, answers=EMERGENCY, received_at=later, observed_at=later
    )
    scoring.score(report_id=second.pk, now=later)

    assert "Seen 9:01\u00a0PM" in device.get(f"/reports/{first.pk}/status/").content.decode()
    assert "Not yet seen by staff" in device.get(f"/reports/{second.pk}/status/").content.decode()


def test_report_without_alert_says_that_nobody_was_alerted(device: Client, sent: Sent) -> None:
    page = page_of(device, sent(**NONE))

    assert "Nothing marked here calls for an alert." in page
    # Nothing that the clinic does not do: whoever looks at the patient sees it, and nobody is asked to.
    assert "Nobody at the clinic is asked to read it." in words(page)
    assert not Escalation.objects.exists()
    assert page.split("<main")[1].count("No one is alerted about this report") == 1
    assert "Temperature: " in words(page)


def test_other_caregiver_sees_who_sent_it(sent: Sent, patient: Any, clock: Any) -> None:
    report = sent(**NONE)
    brother = factories.CareTeamMemberFactory(patient=patient).user
    client = Client()
    client.force_login(brother, backend=BACKEND)

    assert "Sent by Carla Caregiver." in page_of(client, report)


@pytest.mark.parametrize("path", ["", "status/"])
def test_stranger_finds_nothing_and_is_audited(stranger: Any, sent: Sent, path: str) -> None:
    report = sent(**URGENT)
    client = Client()
    client.force_login(stranger, backend=BACKEND)

    assert client.get(f"/reports/{report.pk}/{path}").status_code == 404
    assert AuditEvent.objects.filter(action="access.denied", actor_id=stranger.pk).count() == 1


def test_visitor_signs_in_first(client: Client, sent: Sent) -> None:
    assert client.get(f"/reports/{sent(**NONE).pk}/").url == "/sign-in/"


def test_history_pages_through_all_reports_of_my_patients_only(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    for minutes in range(25):
        factories.ReportFactory(
            patient=patient, author=caregiver, received_at=now - timedelta(minutes=minutes)
        )
    hidden = factories.ReportFactory(answers={"temp_value": "41.1", "temp_unit": "C"})

    first = device.get("/history/")
    cursor = first.context["history"].next_cursor
    second = device.get("/history/", {"before": cursor})
    shown = [line.id for page in (first, second) for line in page.context["history"].reports]

    assert len(shown) == len(set(shown)) == 25
    assert hidden.pk not in shown
    assert second.context["history"].next_cursor == ""
    said = [page.content.decode().count("Older reports are not on this paper.") for page in (first, second)]
    assert said == [1, 0]


def test_paper_says_whose_clinic_and_when(device: Client, sent: Sent, clinic: Any, now: Any) -> None:
    """Weeks later "today" would say nothing."""
    report = sent(**NONE)

    for address in (f"/reports/{report.pk}/", "/history/"):
        page = device.get(address).content.decode()
        assert "ui/paper.css" in page
        assert re.search(rf'<p class="on-paper[^>]*>{clinic.name} · \w+\s\d+,\s20\d\d, [^<]+</p>', page)


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "0001-01-01T00:00:00+23:59~6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11",
        "9999-12-31T23:59:59-23:59~6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11",
    ],
)
def test_history_with_a_nonsense_cursor_starts_at_the_newest(device: Client, sent: Sent, cursor: str) -> None:
    report = sent(**NONE)

    page = device.get("/history/", {"before": cursor})

    assert [line.id for line in page.context["history"].reports] == [report.pk]


def test_history_goes_by_when_it_was_seen_and_says_when_it_came(
    device: Client, patient: Any, caregiver: Any, now: datetime
) -> None:
    made = [
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            observed_at=now - timedelta(hours=seen),
            received_at=now - timedelta(hours=came),
            is_late=seen - came > 2,
        )
        for seen, came in ((20, 0), (2, 2))
    ]

    page = device.get("/history/")

    assert [line.id for line in page.context["history"].reports] == [made[1].pk, made[0].pk]
    text = words(page.content.decode())
    assert "seen today 1:00 AM, received today 9:00 PM" in text
    # In the table and in the list.
    assert text.count("AM, received") == 2


def test_report_by_telephone_is_shown_as_told(
    device: Client, patient: Any, caregiver: Any, nurse: Any, now: datetime
) -> None:
    answers = {**NONE, "temp_value": "39.4", "temp_unit": "C", "diarrhea": 2}
    report = factories.ReportFactory(patient=patient, author=nurse, answers=answers, received_at=now)
    told = ToldReport.objects.create(report=report, member=patient.care_team.get(), who=caregiver.name)

    assert "You told the clinic by phone" in words(device.get("/history/").content.decode())
    page = words(device.get(f"/reports/{report.pk}/").content.decode())
    assert "102.9" in page and "Loose stools:" in page
    assert "You told the clinic this by telephone." in page
    assert nurse.name not in page

    told.member, told.who = None, "Ned"
    told.save()
    assert "Ned told the clinic by phone" in words(device.get("/history/").content.decode())
    page = words(device.get(f"/reports/{report.pk}/").content.decode())
    assert "Ned told the clinic this by telephone." in page

    ReportMistake.objects.create(
        report=report, at=now, by=nurse, of_another_person=True, reason="Another patient's"
    )
    page = words(device.get(f"/reports/{report.pk}/").content.decode())
    assert "The clinic wrote this down by mistake. It does not count." in page
    assert "Is something new or worse? Send another report, or call." in page
    assert "see any of it" not in page, "nothing of it is shown"
    assert "Written down by mistake" in page
    assert "told the clinic this" not in page
    assert [word in page for word in ("Your report", "stays on record")] == [False, False]
    # What somebody else measured is not for this family.
    assert [word in page for word in ("102.9", "39.4", "Loose stools:")] == [False, False, False]
    line = words(device.get("/history/").content.decode())
    assert "The clinic wrote this down by mistake: it does not count" in line
    assert [word in page for word in ("What to do now", "Thank you for checking")] == [False, False]


@pytest.mark.parametrize(("answers", "is_beside"), [(EMERGENCY, True), (NONE, False)])
def test_card_stands_beside_the_steps_that_ask_for_it(
    device: Client, patient: Any, caregiver: Any, answers: dict[str, Any], is_beside: bool
) -> None:
    report = factories.ReportFactory(patient=patient, author=caregiver, answers=answers)

    page = device.get(f"/reports/{report.pk}/").content.decode()

    before, found, _ = page.partition("Show the emergency card")
    assert found and ("Your report" not in before) is is_beside
    assert page.count("Show the emergency card") == 1
