"""Calls noted from the patient's page."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Contact, PhoneCall
from clinic.queries.desk import timeline
from clinic.services.escalations import lifecycle, phone_calls
from clinic.services.reports import tellers
from tests import factories


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get()


@pytest.fixture
def note(patient, nurse, member, now):
    def make(*, by=nurse, **changes):
        facts = {
            "call_id": uuid4(),
            "at": now,
            "teller": tellers.Teller(member.pk),
            "direction": "out",
            "reached": True,
            "words": "Drinks well.",
        }
        call = phone_calls.CallNote(**{**facts, **changes})
        return phone_calls.note(patient_id=patient.pk, by=by, call=call, now=now)

    return make


def lines(patient):
    entries = timeline.of_patient(patient=patient, language="en", older_than="").entries
    return [(one.label, one.who, one.text) for one in entries]


def test_call_stands_on_the_timeline_with_who_and_what(note, patient):
    note()
    note(direction="in", teller=tellers.Teller(None, "Ned", "neighbor"), words="")
    note(reached=False, words="")

    assert sorted(lines(patient)) == [
        ("Called the family: not reached", "Nora Nurse", "Carla Caregiver (daughter)"),
        ("Called the family: reached", "Nora Nurse", "Carla Caregiver (daughter)\nDrinks well."),
        ("The family called", "Nora Nurse", "Ned (neighbor)"),
    ]
    assert AuditEvent.objects.filter(action="phone_call.noted", patient_id=patient.pk).count() == 3


def test_the_same_form_twice_is_one_call(note, nurse, clinic):
    call_id = uuid4()
    assert note(call_id=call_id) == note(call_id=call_id, words="Drinks well, again.")
    assert PhoneCall.objects.get().words == "Drinks well."

    colleague = factories.StaffFactory(clinic=clinic).user
    with pytest.raises(phone_calls.CallConflict):
        note(call_id=call_id, by=colleague)


def test_call_about_the_open_alert_is_a_contact_of_it_and_one_line(note, escalate, nurse, patient, now):
    escalation = escalate()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    first = note(reached=False, for_alert=True)
    second = note(direction="in", reached=True, for_alert=True)

    assert list(Contact.objects.order_by("pk").values_list("reached", "who", "note")) == [
        (False, "Carla Caregiver", "Drinks well."),
        (True, "Carla Caregiver", "They called.\nDrinks well."),
    ]
    assert {first.contact.escalation, second.contact.escalation} == {escalation}
    calls = [one for one in lines(patient) if "Drinks well." in one[2]]
    assert len(calls) == 2


def test_call_stays_on_record_where_the_alert_was_closed_meanwhile(note):
    call = note(for_alert=True)

    assert call.contact is None


def test_a_family_that_called_was_reached(note):
    assert note(direction="in", reached=False).reached


def test_what_is_to_come_is_refused(note, now):
    with pytest.raises(phone_calls.CallAhead):
        note(at=now + timedelta(hours=1))


def test_only_who_answers_alerts_here_notes_one(note, clinic, other_nurse, caregiver):
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user
    with pytest.raises(NotVisible):
        note(by=other_nurse)
    for person in (lead, caregiver):
        with pytest.raises(NotAllowed):
            note(by=person)
