"""More than five refusals an hour are a notice to the leads, and to nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.access import NotAllowed, NotVisible, get_patient
from clinic.models import AuditEvent, SystemAlarm, SystemCaller
from clinic.queries.desk import worklist
from clinic.services.core import alarms, audit
from clinic.services.watch import refusals
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def refuse(user, clinics, times, at):
    for _ in range(times):
        audit.record_at_clinics(action="access.refused", by=user, now=at, clinic_ids=clinics)


def test_five_are_none_and_six_are_one_notice_where_they_belong_and_where_they_tried(
    nurse, clinic, other_clinic, now
):
    refuse(nurse, [other_clinic.pk], 5, now)
    assert refusals.tell_leads(now=now) == 0

    refuse(nurse, [other_clinic.pk], 1, now)

    assert refusals.tell_leads(now=now) == 2
    assert refusals.tell_leads(now=now) == 0
    told = SystemAlarm.objects.filter(kind="refusals", subject=str(nurse.pk))
    assert {alarm.clinic_id for alarm in told} == {clinic.pk, other_clinic.pk}


def test_one_act_at_two_clinics_counts_once(nurse, clinic, other_clinic, now):
    refuse(nurse, [clinic.pk, other_clinic.pk], 5, now)

    assert refusals.tell_leads(now=now) == 0


def test_those_of_an_hour_ago_are_past(nurse, clinic, now):
    refuse(nurse, [clinic.pk], 3, now - HOUR)
    refuse(nurse, [clinic.pk], 3, now)

    assert refusals.tell_leads(now=now) == 0


def test_what_a_lead_has_put_away_comes_again_only_with_new_ones(nurse, clinic, lead, now):
    refuse(nurse, [clinic.pk], 6, now)
    refusals.tell_leads(now=now)
    alarms.dismiss(alarm_id=SystemAlarm.objects.get().pk, by=lead, now=now)

    assert refusals.tell_leads(now=now + HOUR / 4) == 0
    refuse(nurse, [clinic.pk], 6, now + HOUR / 4)
    assert refusals.tell_leads(now=now + HOUR / 4) == 1


def test_notice_is_the_leads_alone(nurse, clinic, lead, now):
    refuse(nurse, [clinic.pk], 6, now)
    refusals.tell_leads(now=now)
    alarm = SystemAlarm.objects.get()

    seen = [
        [one.kind for one in worklist.worklist(user=user, clinic_slug="", now=now).alarms]
        for user in (lead, nurse)
    ]

    assert seen == [["refusals"], []]
    with pytest.raises(NotAllowed):
        alarms.dismiss(alarm_id=alarm.pk, by=nurse, now=now)


def test_refusal_names_the_clinic_and_the_patient_that_were_asked_for(other_nurse, patient):
    for patient_id in (patient.pk, uuid4()):
        with pytest.raises(NotVisible):
            get_patient(other_nurse, patient_id)

    rows = AuditEvent.objects.filter(action="access.denied").order_by("pk")
    assert list(rows.values_list("clinic_id", "patient_id", "actor_id")) == [
        (patient.clinic_id, patient.pk, other_nurse.pk),
        (None, None, other_nurse.pk),
    ]


def test_system_that_tries_elsewhere_is_told_where_it_was_let_in_too(clinic, other_clinic, lead, now):
    system = factories.SystemClientFactory(clinic=clinic, name="Engine")
    caller = SystemCaller(pk=system.pk, clinic_id=clinic.pk, allowed=frozenset())
    refuse(caller, [other_clinic.pk], 6, now)

    assert refusals.tell_leads(now=now) == 2

    (alarm,) = [
        one for one in worklist.worklist(user=lead, clinic_slug="", now=now).alarms if one.kind == "refusals"
    ]
    assert alarm.about.staff_name == "Engine"
