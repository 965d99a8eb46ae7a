from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Worry
from clinic.queries.desk import timeline
from clinic.services.core import audit
from clinic.services.escalations import clinic_transfers, contacts, leases, lifecycle
from clinic.services.escalations.clinic_transfers import Acceptance
from clinic.services.patients import enrolment, preparation
from clinic.services.reports import home_checks
from notifications.models import InboundSms, Message
from tests import cases, factories

WELL = {"temp_value": "36.8", "temp_unit": "C"}


def stream(patient, older="", size=50):
    return timeline.of_patient(patient=patient, language="en", older_than=older, size=size)


def told(patient):
    return [(one.label, one.who) for one in stream(patient).entries]


def text_to(phone, at, **changes):
    return Message.objects.create(
        **{
            "dedupe_key": str(uuid4()),
            "to": phone,
            "body": "The words of the text",
            "purpose": "reminder",
            "service": "reminders",
            "priority": 4,
            "state": "delivered",
            "due_at": None,
            "expires_at": at,
            "created_at": at,
            **changes,
        }
    )


def text_from(phone, at, kind="text"):
    return InboundSms.objects.create(
        sid=str(uuid4()),
        from_phone=phone,
        body="Her fever is back",
        kind=kind,
        service="reminders",
        created_at=at,
    )


@pytest.fixture
def family_since(caregiver, patient, now):
    """The caregiver's number, linked long enough to have been texted."""
    patient.care_team.update(started_at=now - timedelta(days=3))
    return str(caregiver.phone)


def test_everything_stands_in_one_stream_newest_first(patient, caregiver, nurse, family_since, now):
    def later(minutes):
        return now + timedelta(minutes=minutes)

    text_to(family_since, now - timedelta(minutes=5))
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=later(1))
    member = patient.care_team.get()
    contacts.log(
        escalation_id=escalation.pk,
        by=nurse,
        member_id=member.pk,
        who="",
        reached=True,
        note="Came up",
        now=later(2),
    )
    leases.snooze(escalation_id=escalation.pk, by=nurse, until=later(8), reason="Calls back", now=later(3))
    leases.end_expired(now=later(8))
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=later(8.5))
    lifecycle.resolve(
        escalation_id=escalation.pk, by=nurse, outcome="clinic_visit", note="At ten", now=later(9)
    )
    text_from(family_since, later(10), "stop")
    until = now + timedelta(days=1)
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=until, reason="In hospital", now=later(11)
    )

    entries = stream(patient).entries

    assert [(one.label, one.who) for one in entries] == [
        ("Monitoring paused", nurse.name),
        ("Text from the family", caregiver.name),
        ("Closed", nurse.name),
        ("Text: What staff did, for the family", f"to {caregiver.name}"),
        ("Taken", nurse.name),
        ("Set-aside time is over: waits again", ""),
        ("Set aside", nurse.name),
        ("Called the family: reached", nurse.name),
        ("Taken", nurse.name),
        ("Text: What staff did, for the family", f"to {caregiver.name}"),
        ("Opened", caregiver.name),
        ("Report", caregiver.name),
        ("Text: Reminder", f"to {caregiver.name}"),
    ]
    by_label = {one.label: one for one in entries}
    assert by_label["Closed"].text == "Coming to the clinic\nAt ten"
    assert by_label["Text: Reminder"].text == "Arrived"
    assert by_label["Text from the family"].text == "Stops our texts"
    assert (by_label["Report"].level, by_label["Opened"].is_open) == ("urgent", False)


def test_no_text_is_repeated_word_for_word(patient, family_since, now):
    text_to(family_since, now)
    text_from(family_since, now)

    assert "words of the text" not in repr(stream(patient))
    assert "fever" not in repr(stream(patient))


def test_texts_from_outside_the_days_of_the_link_and_pages_stay_out(patient, caregiver, family_since, now):
    text_to(family_since, now - timedelta(days=4))
    text_to(family_since, now, purpose="page")
    text_from("+16175550000", now)
    patient.care_team.update(ended_at=now, ended_by=caregiver)
    text_from(family_since, now + timedelta(minutes=1))

    assert told(patient) == []


def test_invitation_shows_what_became_of_its_text(patient, now):
    invitation = factories.InvitationFactory(
        patient=patient, name="Ines", invited_at=now, expires_at=now + timedelta(days=3)
    )
    text_to(str(invitation.phone), now, purpose="invite", state="failed")

    (one,) = stream(patient).entries
    assert (one.label, one.who, one.text) == ("Text: Invitation", "to Ines", "Not delivered")


def test_worry_is_open_until_somebody_has_called(patient, caregiver, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    worry = Worry.objects.create(
        patient=patient,
        author=caregiver,
        escalation=escalation,
        told_at=now,
        received_at=now + timedelta(minutes=1),
    )

    (first, *_others) = stream(patient).entries
    Worry.objects.filter(pk=worry.pk).update(called_back_at=now, called_back_by=nurse)

    assert (first.label, first.is_open) == ("Worried, asks to be called", True)
    assert not stream(patient).entries[0].is_open


def test_pages_follow_each_other_without_gap_or_repeat(patient, family_since, now):
    # Seven at one moment, more than a page.
    for _each in range(4):
        text_to(family_since, now)
    for _each in range(3):
        text_from(family_since, now)
    for minutes in range(1, 4):
        cases.report_by_family(patient, WELL, now - timedelta(minutes=minutes))
        text_to(family_since, now - timedelta(minutes=minutes))

    everything, seen, older = stream(patient).entries, [], ""
    while True:
        page = stream(patient, older, size=3)
        seen += page.entries
        older = page.older
        if not older:
            break

    assert len(everything) == 13
    assert tuple(seen) == everything


@pytest.mark.parametrize(
    "key", ["x", "2026-11-22T02:00:00_1", "2026-11-22T02:00:00+00:00_x", "2026-11-22T02:00:00+00:00_-1"]
)
def test_unreadable_key_shows_the_newest(patient, now, key):
    cases.report_by_family(patient, WELL, now)

    page = stream(patient, key)
    assert (len(page.entries), page.is_newest) == (1, True)


def test_stream_takes_as_many_queries_for_one_of_each_as_for_many(patient, nurse, family_since, now):
    def look():
        with CaptureQueriesContext(connection) as queries:
            stream(patient)
        return len(queries)

    def happen(at):
        text_to(family_since, at)
        text_from(family_since, at)
        escalation = cases.escalate(patient, cases.FEVER, at)
        lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=at)
        lifecycle.resolve(
            escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="Told them", now=at
        )
        until = at + timedelta(hours=2)
        enrolment.pause_monitoring(patient_id=patient.pk, by=nurse, until=until, reason="In hospital", now=at)

    happen(now)
    one = look()
    for hours in range(1, 4):
        happen(now + timedelta(hours=hours))

    assert look() == one


def test_changes_of_risks_and_usual_values_tell_old_and_new(patient, nurse, now, caplog):
    before = enrolment.RiskFacts("standard", False, False, False, None, None, "")
    patient.baseline = {"sbp": 120}
    patient.save(update_fields=["baseline"])
    facts = replace(
        before, tier="high", neutropenia=True, masked_until=date(2026, 12, 1), minutes_to_centre=40
    )
    enrolment.change_facts(patient_id=patient.pk, by=nurse, facts=facts, now=now)
    later = now + timedelta(minutes=1)
    values = {"sbp": 130, "spo2": 97.5}
    preparation.store_baseline(patient_id=patient.pk, by=nurse, values=values, now=later)
    home_checks.set_baseline(patient_id=patient.pk, by=nurse, score=9, language="en", now=later)

    patient.refresh_from_db()
    score, usual, risks = [(one.label, one.who, one.text) for one in stream(patient).entries]

    assert risks == (
        "Risks changed",
        "Nora Nurse",
        "Risk tier: Standard → High · Low neutrophils now: No → Yes · "
        "Medicine may hide a fever until: – → Dec 1, 2026 · Minutes to the clinic: 20 → 40",
    )
    assert usual[0] == score[0] == "Usual values stored"
    assert usual[2].split(" · ")[0].endswith(": 120 → 130")
    assert usual[2].split(" · ")[1].endswith(": – → 97.5")
    assert score[2].endswith(": – → 9")
    assert caplog.text == ""


def test_row_from_before_values_were_kept_names_no_values(patient, nurse, now):
    audit.record_about(patient, "patient.baseline_stored", nurse, now, {"items": ["sbp"]})

    assert [(one.label, one.text) for one in stream(patient).entries] == [("Usual values stored", "")]


def test_report_stands_where_it_was_seen_with_when_it_came(patient, caregiver, now):
    """36.9 this morning; 39.2, seen twenty hours ago, came after it."""
    for degrees, seen, came in (("36.9", 2, 2), ("39.2", 20, 0)):
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            answers={"temp_value": degrees, "temp_unit": "C"},
            observed_at=now - timedelta(hours=seen),
            received_at=now - timedelta(hours=came),
            is_late=seen - came > 2,
        )

    shown = [one.report for one in stream(patient).entries if one.report]

    assert [one.answers[0].text for one in shown] == ["36.9\u00a0°C", "39.2\u00a0°C"]
    assert [(one.observed_at, one.received_at) for one in shown if one.is_late] == [
        (now - timedelta(hours=20), now)
    ]
    pages = [stream(patient, size=1)]
    while pages[-1].older:
        pages.append(stream(patient, older=pages[-1].older, size=1))
    assert [one.report.id for page in pages for one in page.entries if one.report] == [
        one.id for one in shown
    ]


def test_new_clinics_record_begins_with_where_it_came_from(clinic, nurse, other_nurse, other_clinic, now):
    patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
    made = clinic_transfers.offer(
        patient_id=patient.pk, to_clinic_id=other_clinic.pk, reason="Moves", by=nurse, now=now
    )
    acceptance = Acceptance("America/Chicago", [], frozenset())
    new = clinic_transfers.accept(transfer_id=made.pk, acceptance=acceptance, by=other_nurse, now=now)

    found = [one for one in stream(new).entries if one.label == f"Taken over from {patient.clinic.name}"]

    assert [(one.at, one.who) for one in found] == [(now, other_nurse.name)]
    assert not [one for one in stream(patient).entries if one.label.startswith("Taken over")]
