"""Whether the family can come tonight, and what follows from it."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.access import NotVisible
from clinic.models import AuditEvent
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.core.enums import Level
from clinic.services.checkins import transport
from clinic.services.patients import life_events
from clinic.services.reports.intake import advise_on_answers

FEVER = {"temp_value": 38.6, "temp_unit": "C"}
# 8 in the evening in New York, and the morning after.
EVENING, MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC), datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


def told(patient, now):
    advice = advise_on_answers(patient=patient, answers=FEVER, now=now)
    assert advice.level is Level.URGENT
    return advice


@pytest.mark.parametrize(
    ("minutes", "title"),
    [
        (15, "Call the 24-hour line now"),
        (60, "Call the 24-hour line now"),
        (61, "Leave now, and call the 24-hour line"),
        (90, "Leave now, and call the 24-hour line"),
        (None, "Leave now, and call the 24-hour line"),
    ],
)
def test_same_answers_are_advised_by_the_way_to_the_clinic(patient, now, minutes, title):
    patient.minutes_to_centre = minutes

    assert told(patient, now).title == title


def test_far_away_the_nearest_emergency_room_is_named(patient, now):
    patient.minutes_to_centre = 90
    assert "Go now to the nearest emergency room." in told(patient, now).steps[0]

    patient.nearest_emergency = "Mercy Hospital, Route 9"
    assert "Go now to Mercy Hospital, Route 9." in told(patient, now).steps[0]


def test_no_ride_holds_until_the_morning_and_is_on_record_once(patient, caregiver):
    for _turn in range(2):
        said = transport.say(patient_id=patient.pk, can_come=False, by=caregiver, now=EVENING)

    assert said.no_transport_until == MORNING
    assert told(said, EVENING).title == "Call the 24-hour line now. Say you have no ride"
    assert told(said, MORNING).title == "Call the 24-hour line now"
    assert context_of(said, MORNING - timedelta(seconds=1)).no_transport
    assert not context_of(said, MORNING).no_transport
    event = AuditEvent.objects.get(action="patient.transport_said")
    assert (event.actor_id, event.detail) == (caregiver.pk, {"can_come": False})


def test_ride_that_is_found_counts_at_once(patient, caregiver):
    transport.say(patient_id=patient.pk, can_come=False, by=caregiver, now=EVENING)

    said = transport.say(patient_id=patient.pk, can_come=True, by=caregiver, now=EVENING)

    assert said.no_transport_until is None


def test_whoever_goes_to_hospital_needs_no_ride_any_more(patient, caregiver, nurse):
    patient.created_at = EVENING - timedelta(days=9)
    patient.save(update_fields=["created_at"])
    transport.say(patient_id=patient.pk, can_come=False, by=caregiver, now=EVENING)
    life_events.admit(patient_id=patient.pk, at=EVENING, by=nurse, now=EVENING, reason="As told")

    patient.refresh_from_db()
    assert patient.no_transport_until is None
    with pytest.raises(transport.NotAtHome):
        transport.say(patient_id=patient.pk, can_come=False, by=caregiver, now=EVENING)


def test_nobody_else_says_it(patient, stranger, nurse):
    for person in (stranger, nurse):
        with pytest.raises(NotVisible):
            transport.say(patient_id=patient.pk, can_come=False, by=person, now=EVENING)
