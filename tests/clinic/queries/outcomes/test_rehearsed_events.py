"""What a draft would have caught and lost among a clinic's own admissions and deaths."""

from datetime import timedelta

import pytest
from django.test import Client

from clinic.models import ProtocolRehearsal
from clinic.models.outcome import ReviewVerdict
from clinic.queries.outcomes.rehearsed_events import of_rehearsal
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.outcomes import reviews
from clinic.services.protocols import drafts, rehearsals
from tests import cases, factories

HOUR = timedelta(hours=1)
HIGHER_LINE = {"tables[temp].rows[2].from": 38.5, "tables[temp].rows[3].to": 38.4}
LOWER_LINE = {"tables[temp].rows[2].from": 37.6, "tables[temp].rows[3].to": 37.5}


@pytest.fixture
def rehearse(clinic, nurse, now):
    def rehearse(values):
        draft = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
        drafts.save(draft_id=draft.pk, revision=draft.revision, values=values, by=nurse, now=now)
        rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
        rehearsals.rehearse_next_chunk(now=now)
        return ProtocolRehearsal.objects.get()

    return rehearse


@pytest.fixture
def admitted(clinic, nurse, now):
    """Somebody who reported this temperature so many hours before they were admitted."""

    def admitted(temperature, hours_before=10):
        patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
        at = now - 2 * HOUR
        answers = {"temp_value": temperature, "temp_unit": "C"}
        cases.report_by_family(patient, answers, at - timedelta(hours=hours_before))
        return life_events.record(
            patient_id=patient.pk, kind=Kind.ADMITTED, by=nurse, at=at, reason="", now=now
        )

    return admitted


def test_event_that_a_higher_line_would_lose_is_named(rehearse, admitted):
    lost = admitted("38.2")
    admitted("39.4")
    admitted("38.2", hours_before=100)

    found = of_rehearsal(rehearse(HIGHER_LINE))

    assert (found.change.events, found.change.seen, found.seen_by_draft) == (3, 2, 1)
    assert (found.lost, found.caught) == ((lost,), ())
    assert found.percentages is None


def test_event_that_a_lower_line_would_catch_is_named(rehearse, admitted):
    caught = admitted("37.7")

    found = of_rehearsal(rehearse(LOWER_LINE))

    assert (found.lost, found.caught) == ((), (caught,))


def test_planned_stays_other_clinics_and_what_was_taken_back_are_left_out(
    rehearse, admitted, nurse, other_nurse, other_clinic, now
):
    planned, mistake = admitted("38.2"), admitted("38.2")
    reviews.review(
        patient_id=planned.patient_id,
        event_id=planned.pk,
        verdict=ReviewVerdict.PLANNED,
        note="",
        by=nurse,
        now=now,
    )
    life_events.take_back(
        patient_id=mistake.patient_id, event_id=mistake.pk, by=nurse, reason="Somebody else", now=now
    )
    elsewhere = factories.PatientFactory(clinic=other_clinic, created_at=now - timedelta(days=9))
    life_events.record(
        patient_id=elsewhere.pk, kind=Kind.ADMITTED, by=other_nurse, at=now, reason="", now=now
    )

    assert of_rehearsal(rehearse(HIGHER_LINE)).change.events == 0


def test_nothing_is_said_before_the_rehearsal_is_done(rehearse, admitted):
    assert of_rehearsal(None) is None
    rehearsal = rehearse(HIGHER_LINE)
    rehearsal.finished_at = None
    assert of_rehearsal(rehearsal) is None


def test_page_of_the_draft_lists_them(rehearse, admitted, nurse):
    lost = admitted("38.2")
    rehearsal = rehearse(HIGHER_LINE)
    client = Client()
    client.force_login(nurse)

    page = client.get(f"/console/protocols/drafts/{rehearsal.draft_id}/")

    assert page.status_code == 200
    assert "No longer preceded by an urgent report:" in page.text
    assert f"/console/patients/{lost.patient_id}/" in page.text
    assert "Fewer than 30: too few to change a rule by." in page.text
