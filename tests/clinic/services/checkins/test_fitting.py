"""What a clinic has switched on reaches check-ins, silence, the phone and the patient's page."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps

from caregiver.services.phone import packs
from clinic.models import Escalation, Patient, Reminder, RiskRun
from clinic.queries.patients.facts import facts
from clinic.queries.risk import known
from clinic.services.checkins import plan
from clinic.services.escalations import life_events, missed
from clinic.services.risk import fact_sheets, labs
from clinic.services.risk.labs import TypedLab


@pytest.fixture
def late(patient, now):
    """On day 18, when everybody else is asked once a day; at high risk."""
    patient.infusion_date -= timedelta(days=14)
    patient.tier = "high"
    patient.created_at = now - timedelta(days=20)
    patient.save(update_fields=["infusion_date", "tier", "created_at"])
    return patient


def due_hours(patient):
    return [hour(one) for one in patient.checkins.filter(state="planned").order_by("due_at")]


def hour(checkin):
    """By the patient's clock."""
    return (checkin.due_at - timedelta(hours=5)).hour


def test_check_ins_are_planned_as_the_clinic_adds_them(late, caregiver, switched_on, now):
    plan.plan_all(now=now)
    assert due_hours(late) == [9, 20, 9, 20]

    # The tier is lowered: what is ahead and unsent goes by that.
    Patient.objects.filter(pk=late.pk).update(tier="standard")
    plan.plan_all(now=now)
    assert due_hours(late) == [9, 9]


def test_report_of_the_morning_leaves_the_evening_open(late, caregiver, switched_on, now):
    plan.plan_all(now=now)

    assert facts(late, now).fitted == ("High risk tier: twice a day for longer",)
    assert Reminder.objects.filter(checkin__patient=late).exists()


def test_a_week_at_home_after_a_severe_reaction_is_asked_twice_a_day(
    patient, caregiver, nurse, switched_on, now
):
    patient.infusion_date -= timedelta(days=30)
    patient.findings = "toxicity"
    patient.minutes_to_centre = 10
    patient.created_at = now - timedelta(days=40)
    patient.save(update_fields=["infusion_date", "findings", "minutes_to_centre", "created_at"])
    plan.plan_all(now=now)
    assert due_hours(patient) == [9, 9]

    for kind, at in (("admitted", now), ("discharged", now + timedelta(days=1))):
        life_events.record(patient_id=patient.pk, kind=kind, by=nurse, at=at, reason="", now=at)
    home = now + timedelta(days=1)
    plan.plan_all(now=home)

    patient.refresh_from_db()
    ahead = patient.checkins.filter(state="planned", due_at__gte=home).order_by("due_at")
    assert {hour(one) for one in ahead} == {9, 20}
    assert packs.known_of(patient, home)["context"]["home_day"] == patient_day(patient, home)
    week = home + timedelta(days=8)
    plan.plan_all(now=week)
    ahead = patient.checkins.filter(state="planned", due_at__gte=week)
    assert {hour(one) for one in ahead} == {9}


def patient_day(patient, at):
    return (known.today_of(patient, at) - patient.infusion_date).days


def test_silence_alarms_sooner_for_whoever_is_far(patient, caregiver, switched_on, now):
    patient.minutes_to_centre = None
    patient.save(update_fields=["minutes_to_centre"])
    plan.plan_all(now=now)
    first = patient.checkins.earliest("due_at").due_at

    missed.escalate_due(now=first + timedelta(hours=7, minutes=59))
    assert not Escalation.objects.exists()
    missed.escalate_due(now=first + timedelta(hours=8))
    assert Escalation.objects.get().level == "same_day"


def test_staff_call_the_family_of_somebody_frail_when_the_second_reminder_is_due(
    patient, caregiver, switched_on, now
):
    patient.findings, patient.minutes_to_centre = "frailty", 10
    patient.save(update_fields=["findings", "minutes_to_centre"])
    plan.plan_all(now=now)
    first = patient.checkins.earliest("due_at").due_at
    second = first + timedelta(hours=1)

    missed.escalate_due(now=second - timedelta(minutes=1))
    assert not Escalation.objects.exists()
    missed.escalate_due(now=second)
    assert Escalation.objects.get().level == "same_day"
    # The text goes too: at that hour nobody may be there who could call.
    assert Reminder.objects.filter(state="planned", due_at=second, caregiver=caregiver).exists()


def test_how_a_family_is_reached_counts_without_any_score_and_goes_when_it_changes(patient, nurse, now):
    def save(told):
        newest = known.newest_sheet(patient)
        seen = str(newest.pk) if newest else ""
        fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="home", told=told, seen=seen, now=now)
        patient.refresh_from_db()
        return patient.findings.split()

    assert save({"interpreter": True, "phone": "plain", "lives_alone": True}) == [
        "caregiver",
        "interpreter",
        "no_smartphone",
        "product",
    ]
    runs = RiskRun.objects.count()
    assert save({"interpreter": False, "phone": "smartphone", "lives_alone": True}) == [
        "caregiver",
        "product",
    ]
    # Nothing that a score uses has changed.
    assert RiskRun.objects.count() == runs


def test_findings_of_an_assessment_stand_with_the_patient_and_reach_the_phone(patient, nurse, now):
    value = TypedLab("igg", "300", "mg/dL", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)

    patient.refresh_from_db()
    assert "immunity" in patient.findings.split()
    assert "immunity" in packs.known_of(patient, now)["context"]["findings"]


def test_whoever_was_assessed_before_gets_the_findings_by_the_upgrade(patient, nurse, now):
    value = TypedLab("igg", "300", "mg/dL", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    patient.refresh_from_db()
    before = patient.findings
    Patient.objects.update(findings="")

    upgrade = import_module("clinic.migrations.0050_findings_on_record")
    upgrade.copy_findings(apps, SimpleNamespace())

    patient.refresh_from_db()
    assert patient.findings == before != ""
    assert RiskRun.objects.count() == 1
