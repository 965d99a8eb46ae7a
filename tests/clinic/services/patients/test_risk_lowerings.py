"""Less strict rules for a patient take two clinicians; stricter ones take anybody who manages patients."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, RiskLowering, SystemAlarm
from clinic.services.escalations import life_events
from clinic.services.patients import enrolment, risk_lowerings
from clinic.services.patients.enrolment import RiskFacts
from tests import factories

KEPT = (
    "tier",
    "immune_risk",
    "neutropenia",
    "platelets_low",
    "masked_until",
    "minutes_to_centre",
    "nearest_emergency",
)
HIGH = {"tier": "high", "neutropenia": True}


@pytest.fixture
def at_risk(patient, now):
    for name, value in HIGH.items():
        setattr(patient, name, value)
    patient.created_at = now - timedelta(days=9)
    patient.save(update_fields=[*HIGH, "created_at"])
    return patient


@pytest.fixture
def colleague(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician").user


def change(patient, by, now, reason="Counts are back, seen today", **changes):
    patient.refresh_from_db()
    facts = RiskFacts(**{**{name: getattr(patient, name) for name in KEPT}, **changes})
    return enrolment.change_facts(patient_id=patient.pk, by=by, facts=facts, reason=reason, now=now)


def on_file(patient):
    patient.refresh_from_db()
    return {name: getattr(patient, name) for name in HIGH}


def is_told(patient):
    return SystemAlarm.objects.filter(
        kind="risk_lowering", subject=str(patient.pk), clinic=patient.clinic, cleared_at=None
    ).exists()


def test_lower_tier_waits_and_the_higher_one_counts(at_risk, nurse, now):
    waits = change(at_risk, nurse, now, tier="standard")

    assert on_file(at_risk) == HIGH
    assert waits.changes == {"tier": {"from": "high", "to": "standard"}}
    assert is_told(at_risk)
    assert AuditEvent.objects.get(action="risk_lowering.proposed").patient_id == at_risk.pk
    assert not AuditEvent.objects.filter(action="patient.facts_changed").exists()


@pytest.mark.parametrize("role", ["nurse", "physician"])
def test_second_clinician_confirms(at_risk, nurse, clinic, now, role):
    waits = change(at_risk, nurse, now, tier="standard", neutropenia=False)
    second = factories.StaffFactory(clinic=clinic, role=role).user

    risk_lowerings.confirm(lowering_id=waits.pk, by=second, now=now)

    assert on_file(at_risk) == {"tier": "standard", "neutropenia": False}
    waits.refresh_from_db()
    assert (waits.end, waits.closed_by) == ("confirmed", second)
    assert not is_told(at_risk)
    row = AuditEvent.objects.get(action="patient.facts_changed")
    assert (row.actor_id, row.detail) == (second.pk, waits.changes)


def test_whoever_proposed_it_does_not_confirm(at_risk, nurse, now):
    waits = change(at_risk, nurse, now, tier="standard")

    with pytest.raises(risk_lowerings.LoweringRefused, match="second_person"):
        risk_lowerings.confirm(lowering_id=waits.pk, by=nurse, now=now)

    assert on_file(at_risk) == HIGH


def test_the_database_refuses_one_person_twice(at_risk, nurse, now):
    waits = change(at_risk, nurse, now, tier="standard")

    with pytest.raises(IntegrityError), transaction.atomic():
        RiskLowering.objects.filter(pk=waits.pk).update(end="confirmed", closed_at=now, closed_by=nurse)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_proposed(at_risk, nurse, now, reason):
    with pytest.raises(risk_lowerings.LoweringRefused, match="no_reason"):
        change(at_risk, nurse, now, reason=reason, neutropenia=False)

    assert not RiskLowering.objects.exists()


def test_administrator_raises_and_neither_lowers_nor_confirms(at_risk, nurse, clinic, now):
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user

    assert change(at_risk, lead, now, reason="", platelets_low=True) is None
    with pytest.raises(NotAllowed):
        change(at_risk, lead, now, tier="standard")
    waits = change(at_risk, nurse, now, tier="standard")
    with pytest.raises(NotAllowed):
        risk_lowerings.confirm(lowering_id=waits.pk, by=lead, now=now)

    at_risk.refresh_from_db()
    assert (at_risk.tier, at_risk.platelets_low) == ("high", True)


def test_what_is_raised_in_the_same_form_counts_at_once(at_risk, nurse, now):
    waits = change(at_risk, nurse, now, tier="standard", immune_risk=True)

    at_risk.refresh_from_db()
    assert (at_risk.tier, at_risk.immune_risk) == ("high", True)
    assert set(waits.changes) == {"tier"}


def test_form_that_was_open_while_a_colleague_raised_lowers_nothing(at_risk, nurse, now):
    """Its "standard" is what stood there when it was opened."""
    with pytest.raises(risk_lowerings.LoweringRefused, match="no_reason"):
        change(at_risk, nurse, now, reason="", tier="standard", minutes_to_centre=20)


def test_fewer_days_of_a_hidden_fever_are_lower_and_more_are_not(patient, nurse, now):
    today = now.date()
    change(patient, nurse, now, masked_until=today + timedelta(days=10))
    assert change(patient, nurse, now, reason="", masked_until=today + timedelta(days=12)) is None

    waits = change(patient, nurse, now, masked_until=today + timedelta(days=2))

    patient.refresh_from_db()
    assert patient.masked_until == today + timedelta(days=12)
    second = factories.StaffFactory(clinic=patient.clinic).user
    risk_lowerings.confirm(lowering_id=waits.pk, by=second, now=now)
    patient.refresh_from_db()
    assert patient.masked_until == today + timedelta(days=2)


def test_a_day_that_is_over_may_be_taken_away_alone(patient, nurse, now):
    patient.masked_until = date(2026, 1, 1)
    patient.save(update_fields=["masked_until"])

    assert change(patient, nurse, now, reason="", masked_until=None) is None


def test_one_proposal_at_a_time(at_risk, nurse, colleague, now):
    change(at_risk, nurse, now, tier="standard")

    with pytest.raises(risk_lowerings.LoweringRefused, match="waiting_already"):
        change(at_risk, colleague, now, neutropenia=False)


@pytest.mark.parametrize(("who", "end"), [("nurse", "withdrawn"), ("colleague", "refused")])
def test_taken_back_or_refused_nothing_changes_and_a_new_one_may_come(
    at_risk, nurse, colleague, now, who, end
):
    waits = change(at_risk, nurse, now, tier="standard")

    risk_lowerings.refuse(lowering_id=waits.pk, by={"nurse": nurse, "colleague": colleague}[who], now=now)

    waits.refresh_from_db()
    assert (waits.end, on_file(at_risk), is_told(at_risk)) == (end, HIGH, False)
    with pytest.raises(risk_lowerings.LoweringRefused, match="closed"):
        risk_lowerings.confirm(lowering_id=waits.pk, by=colleague, now=now)
    assert change(at_risk, nurse, now, tier="standard").pk != waits.pk


def test_another_course_overtakes_it(at_risk, nurse, colleague, now):
    waits = change(at_risk, nurse, now, tier="standard")
    life_events.record(patient_id=at_risk.pk, kind="infused", by=nurse, at=now, reason="", now=now)

    with pytest.raises(risk_lowerings.LoweringRefused, match="overtaken"):
        risk_lowerings.confirm(lowering_id=waits.pk, by=colleague, now=now)

    waits.refresh_from_db()
    assert (waits.end, waits.closed_by, on_file(at_risk)) == ("overtaken", None, HIGH)


def test_new_course_keeps_what_was_set(at_risk, nurse, now):
    life_events.record(patient_id=at_risk.pk, kind="infused", by=nurse, at=now, reason="", now=now)

    assert on_file(at_risk) == HIGH


def test_value_that_changed_meanwhile_overtakes_it(patient, nurse, colleague, now):
    today = now.date()
    change(patient, nurse, now, masked_until=today + timedelta(days=10))
    waits = change(patient, nurse, now, masked_until=today + timedelta(days=2))
    change(patient, colleague, now, reason="", masked_until=today + timedelta(days=20))

    assert risk_lowerings.close_overtaken(now=now) == 1

    waits.refresh_from_db()
    patient.refresh_from_db()
    assert (waits.end, patient.masked_until) == ("overtaken", today + timedelta(days=20))
    assert risk_lowerings.close_overtaken(now=now) == 0


def test_nobody_answers_for_three_days(at_risk, nurse, colleague, now):
    waits = change(at_risk, nurse, now, tier="standard")

    assert risk_lowerings.close_overtaken(now=now + timedelta(hours=71)) == 0
    assert risk_lowerings.close_overtaken(now=now + timedelta(hours=72)) == 1

    with pytest.raises(risk_lowerings.LoweringRefused, match="closed"):
        risk_lowerings.confirm(lowering_id=waits.pk, by=colleague, now=now + timedelta(hours=73))
    assert (on_file(at_risk), is_told(at_risk)) == (HIGH, False)


def test_only_the_patients_own_clinic_decides(at_risk, nurse, caregiver, other_nurse, now):
    waits = change(at_risk, nurse, now, tier="standard")

    for person in (caregiver, other_nurse):
        with pytest.raises((NotVisible, NotAllowed)):
            risk_lowerings.confirm(lowering_id=waits.pk, by=person, now=now)


def test_colleague_who_has_left_does_not_confirm(at_risk, nurse, colleague, now):
    waits = change(at_risk, nurse, now, tier="standard")
    colleague.staff_roles.update(ended_at=now, ended_by=nurse)

    with pytest.raises(NotVisible):
        risk_lowerings.confirm(lowering_id=waits.pk, by=colleague, now=now)
