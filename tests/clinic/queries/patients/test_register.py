from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.access import NotVisible
from clinic.queries.desk import patient_panel
from clinic.queries.patients import register
from clinic.queries.reports import listing
from clinic.services.escalations import clinic_transfers
from clinic.services.escalations.clinic_transfers import Acceptance
from tests import cases, factories


def add(clinic, *names):
    for name in names:
        given, family = name.split()
        factories.PatientFactory(clinic=clinic, given_name=given, family_name=family)


def names_found(user, now, search="", after="", status=""):
    found = register.search(user=user, words=search, cursor=after, status=status, now=now)
    return [row.name for row in found.rows]


def test_patients_are_listed_by_family_name_and_only_those_of_my_clinics(clinic, other_clinic, nurse, now):
    add(clinic, "Zoe Adams", "Al Zimmer", "Bo Adams")
    add(other_clinic, "Not Mine")

    assert names_found(nurse, now) == ["Bo Adams", "Zoe Adams", "Al Zimmer"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        # Who is followed no more does not stand among those who are.
        ({}, ["In Adams", "At Baker", "On Clark", "To Davis"]),
        ({"status": "all"}, ["In Adams", "At Baker", "On Clark", "To Davis", "Was Evans", "Late Frank"]),
        ({"status": "ended"}, ["Was Evans"]),
        ({"status": "died"}, ["Late Frank"]),
        ({"status": "nonsense"}, ["In Adams", "At Baker", "On Clark", "To Davis"]),
        # Whoever searches looks for somebody, wherever they are.
        ({"search": "evans"}, ["Was Evans"]),
        ({"search": "late"}, ["Late Frank"]),
        ({"search": "late", "status": "ended"}, []),
    ],
)
def test_list_is_of_those_in_care_and_a_search_finds_everybody(clinic, nurse, now, asked, found):
    people = {
        "In Adams": "admitted",
        "At Baker": "active",
        "On Clark": "paused",
        "To Davis": "preparing",
        "Was Evans": "ended",
        "Late Frank": "died",
    }
    for name, status in people.items():
        given, family = name.split()
        factories.PatientFactory(
            clinic=clinic,
            given_name=given,
            family_name=family,
            status=status,
            paused_until=now + timedelta(days=1) if status == "paused" else None,
        )

    assert names_found(nurse, now, **asked) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [("adams", ["Zoe Adams"]), ("zo ad", ["Zoe Adams"]), ("z", ["Zoe Adams", "Al Zimmer"]), ("%", [])],
)
def test_every_word_of_a_search_must_be_in_the_name(clinic, nurse, now, search, found):
    add(clinic, "Zoe Adams", "Al Zimmer")

    assert names_found(nurse, now, search) == found


def test_pages_follow_each_other_without_gap_or_repeat(clinic, nurse, now, monkeypatch):
    monkeypatch.setattr(register, "ROWS_AT_ONCE", 2)
    add(clinic, "A One", "A One", "B One", "A Two", "A Zed")

    seen, after = [], ""
    for _ in range(3):
        page = register.search(user=nurse, words="", cursor=after, now=now)
        seen += [row.name for row in page.rows]
        after = page.next_cursor

    assert seen == ["A One", "A One", "B One", "A Two", "A Zed"]
    assert after == ""


def test_unreadable_page_key_shows_the_first_page(clinic, nurse, now):
    add(clinic, "A One")

    assert names_found(nurse, now, after="nonsense") == ["A One"]
    assert names_found(nurse, now, after="00000000-0000-4000-8000-000000000000") == ["A One"]


def test_row_tells_the_last_report_and_what_is_on_the_worklist(nurse, patient, now):
    cases.report_by_family(patient, {"temp_value": "36.8", "temp_unit": "C"}, now - timedelta(days=1))
    escalation = cases.escalate(patient, cases.FEVER, now)

    (row,) = register.search(user=nurse, words="", cursor="", now=now).rows

    assert (row.last_report_at, row.last_level, row.day) == (now, "urgent", 4)
    assert (row.escalation_id, row.escalation_level) == (escalation.pk, "urgent")


def test_list_takes_as_many_queries_for_one_patient_as_for_three(clinic, nurse, now):
    def look():
        with CaptureQueriesContext(connection) as queries:
            found = register.search(user=nurse, words="", cursor="", now=now)
        return len(found.rows), len(queries)

    cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    one = look()
    for _ in range(2):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    three = look()

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


def test_panel_says_the_patients_risks_and_age_in_words(nurse, clinic, now):
    patient = factories.PatientFactory(
        clinic=clinic,
        tier="high",
        neutropenia=True,
        masked_until=date(2026, 11, 21),
        birth_date=date(1960, 11, 22),
        baseline={"spo2": 91},
    )

    facts = patient_panel.panel(user=nurse, patient_id=patient.pk, older_than="", days=3, now=now).patient

    assert facts.flags == ("High risk tier", "Low neutrophils", "Fever may be hidden")
    # It is still 21 November where the patient is.
    assert facts.age == 65
    assert facts.baseline == (("Oxygen (%)", "91"),)


def test_panel_shows_family_open_invitations_and_past_escalations(nurse, patient, caregiver, now):
    factories.InvitationFactory(patient=patient, name="Ines", expires_at=now + timedelta(hours=1))
    factories.InvitationFactory(patient=patient, name="Late", expires_at=now)
    factories.InvitationFactory(patient=patient, name="Gone", revoked_at=now, revoked_by=nurse)
    cases.escalate(patient, cases.FEVER, now)

    panel = patient_panel.panel(user=nurse, patient_id=patient.pk, older_than="", days=3, now=now)

    assert [person.name for person in panel.caregivers] == ["Carla Caregiver"]
    assert {(one.name, one.expired) for one in panel.invitations} == {("Ines", False), ("Late", True)}
    assert [(one.label, one.level) for one in panel.timeline.entries if one.is_open] == [("Opened", "urgent")]
    assert panel.may_manage


def test_other_clinics_nurse_and_family_get_no_panel(other_nurse, patient, caregiver, now):
    for person in (other_nurse, caregiver):
        with pytest.raises(NotVisible):
            patient_panel.panel(user=person, patient_id=patient.pk, older_than="", days=3, now=now)


def test_unscored_report_has_no_level(patient, caregiver):
    factories.ReportFactory(patient=patient, author=caregiver)

    (report,) = listing.newest(patient=patient, language="en", size=5)

    assert report.level is None


def test_whoever_went_to_another_clinic_is_not_called_ended(clinic, nurse, other_nurse, other_clinic, now):
    patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
    made = clinic_transfers.offer(
        patient_id=patient.pk, to_clinic_id=other_clinic.pk, reason="Moves", by=nurse, now=now
    )
    clinic_transfers.accept(
        transfer_id=made.pk,
        acceptance=Acceptance("America/Chicago", [], frozenset()),
        by=other_nurse,
        now=now,
    )

    for person, label in ((nurse, "Transferred to another clinic"), (other_nurse, "Monitored")):
        (row,) = register.search(user=person, words="", cursor="", status="all", now=now).rows
        assert row.status_label == label
