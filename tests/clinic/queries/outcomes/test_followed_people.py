"""Which groups somebody counts in: as last written down in that course; what nobody wrote is a group."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.models import EscalationEvent
from clinic.queries.outcomes import followed_people
from clinic.services.risk import fact_sheets
from tests import factories

pytestmark = pytest.mark.django_db


def save(patient, nurse, now, seen=None, **told):
    step = "person" if "sex" in told else "illnesses"
    before = str(seen.pk) if seen else ""
    return fact_sheets.save_step(patient_id=patient.pk, by=nurse, step=step, told=told, seen=before, now=now)


def bands(clinic, now):
    (one,) = followed_people.of_clinic(clinic, now=now)
    return one.bands["sex"], one.bands["hct_ci"]


def test_sex_and_other_illness_are_those_of_the_newest_sheet(patient, clinic, nurse, now):
    assert bands(clinic, now) == ("not recorded", "not recorded")

    sheet = save(patient, nurse, now, sex="female")
    assert bands(clinic, now) == ("female", "not recorded")

    # Nobody named any: that is known, and not the same as nothing written down.
    sheet = save(patient, nurse, now, seen=sheet, comorbidities=[])
    assert bands(clinic, now) == ("female", "0")

    sheet = save(patient, nurse, now, seen=sheet, comorbidities=["diabetes", "prior_tumor"])
    assert bands(clinic, now) == ("female", "3 or more")

    save(patient, nurse, now, seen=sheet, sex=None)
    assert bands(clinic, now) == ("not recorded", "3 or more")


def test_what_another_clinic_wrote_is_not_read(patient, other_clinic, nurse, now):
    save(patient, nurse, now, sex="male")

    assert followed_people.of_clinic(other_clinic, now=now) == ()


def test_tier_in_force_stands_beside_the_one_suggested_last(patient, clinic, nurse, now):
    def tiers():
        (one,) = followed_people.of_clinic(clinic, now=now)
        return one.tiers

    assert tiers() == {"set": "standard", "suggested": "not recorded"}

    # Required facts are missing, so that the high tier is suggested; nobody has answered yet.
    save(patient, nurse, now, sex="female")
    assert tiers() == {"set": "standard", "suggested": "high"}


def test_silence_that_raised_an_alarm_is_told_by_its_hour(patient, clinic, now):
    escalation = factories.EscalationFactory(patient=patient, clinic=clinic)
    at = now - timedelta(hours=5)
    EscalationEvent.objects.create(
        escalation=escalation, kind="opened", level="same_day", cause="missed_checkin", at=at
    )
    EscalationEvent.objects.create(
        escalation=escalation, kind="cause_added", level="urgent", cause="worry", at=now
    )

    (one,) = followed_people.of_clinic(clinic, now=now)
    zone = ZoneInfo(patient.time_zone)
    midnight = datetime.combine(patient.infusion_date, time(), tzinfo=zone)
    assert one.followed.silences == ((at - midnight) / timedelta(hours=1),)


def test_confirmed_lowerings_against_a_suggestion_are_counted_by_reason(patient, clinic, other_clinic, now):
    day = now.date() + timedelta(days=20)
    facts = {"patient": patient, "end": "confirmed", "ends_on": day, "closed_at": now}
    second = factories.StaffFactory(clinic=clinic, role="physician").user
    for code in ("known_baseline", "known_baseline", "palliative_plan"):
        factories.RiskLoweringFactory(**facts, reason_code=code, closed_by=second)
    # Of no suggestion, and not confirmed.
    factories.RiskLoweringFactory(**{**facts, "ends_on": None}, reason_code="other", closed_by=second)
    factories.RiskLoweringFactory(patient=patient, ends_on=day, reason_code="other")

    assert followed_people.overrides(clinic) == {"known_baseline": 2, "palliative_plan": 1}
    assert followed_people.overrides(other_clinic) == {}
