"""A run is stored whenever something that goes in changes; what nobody answers counts after a day."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed
from clinic.models import AuditEvent, Patient, RiskRun, SystemAlarm
from clinic.models.patient import PatientStatus
from clinic.models.risk_lowering import LoweringReason
from clinic.models.system_alarm import AlarmKind
from clinic.queries.risk import known
from clinic.queries.risk.document import rules
from clinic.services.escalations import life_events
from clinic.services.patients import enrolment, risk_lowerings
from clinic.services.risk import answers, fact_sheets, labs, runs
from clinic.services.risk.answers import AnswerRefused
from clinic.services.risk.labs import TypedLab
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def physician(clinic):
    return StaffFactory(clinic=clinic, role="physician").user


@pytest.fixture
def low(patient, nurse, now):
    """A low count: suggests low neutrophils; without the other facts also the high tier."""
    value = TypedLab("anc", "0.4", "10^9/L", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    return RiskRun.objects.get(patient=patient, is_current=True)


def asked(patient):
    return SystemAlarm.objects.filter(
        kind=AlarmKind.RISK_SUGGESTED, subject=str(patient.pk), cleared_at=None
    ).exists()


def test_a_suggestion_waits_with_an_alarm_and_changes_nothing_yet(patient, low):
    patient.refresh_from_db()
    assert set(low.waiting) == {"tier", "neutropenia"}
    assert (patient.tier, patient.neutropenia) == ("standard", False)
    assert asked(patient)


def test_nobody_is_asked_about_somebody_who_has_died(patient, low, nurse, now):
    Patient.objects.update(created_at=now - DAY)
    death = life_events.record_death(patient_id=patient.pk, by=nurse, at=now, reason="", now=now)
    assert not asked(patient)
    later = now + timedelta(hours=1)
    runs.recompute_due(now=later)
    assert not asked(patient)

    told = "Another patient"
    life_events.take_back(patient_id=patient.pk, event_id=death.pk, by=nurse, reason=told, now=later)
    runs.recompute_due(now=later)

    assert asked(patient)


def test_nothing_new_makes_no_new_run(patient, low, now):
    assert runs.compute(patient=patient, trigger="labs", now=now) == low
    assert RiskRun.objects.count() == 1


@pytest.mark.parametrize(("after", "counts"), [(DAY - timedelta(minutes=1), False), (DAY, True)])
def test_unanswered_it_counts_after_a_day_and_not_before(patient, low, now, after, counts):
    runs.recompute_due(now=now + after)

    patient.refresh_from_db()
    assert (patient.tier == "high", patient.neutropenia) == (counts, counts)
    assert asked(patient) is not counts
    trail = AuditEvent.objects.filter(action="risk.raised_unanswered")
    assert trail.count() == counts
    if counts:
        assert trail.get().actor_id is None
        assert trail.get().detail["tier"] == {"from": "standard", "to": "high"}


def test_a_late_or_second_tick_changes_nothing_more(patient, low, now):
    for hours in (24, 25, 200):
        runs.recompute_due(now=now + timedelta(hours=hours))

    assert AuditEvent.objects.filter(action="risk.raised_unanswered").count() == 1


def test_what_is_suggested_later_has_a_day_of_its_own(patient, nurse, low, now):
    later = now + timedelta(hours=20)
    value = TypedLab("platelets", "20", "10^9/L", known.today_of(patient, later))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=later)

    runs.recompute_due(now=now + DAY)
    patient.refresh_from_db()
    assert (patient.neutropenia, patient.platelets_low) == (True, False)

    runs.recompute_due(now=later + DAY)
    patient.refresh_from_db()
    assert patient.platelets_low


def test_a_clinician_takes_it_up_at_once(patient, nurse, low, now):
    answers.take_up(patient_id=patient.pk, run_id=str(low.pk), by=nurse, now=now)

    patient.refresh_from_db()
    assert (patient.tier, patient.neutropenia, asked(patient)) == ("high", True, False)
    assert AuditEvent.objects.get(action="risk.raised").actor_id == nurse.pk
    current = RiskRun.objects.get(patient=patient, is_current=True)
    assert current.waiting == {}
    with pytest.raises(AnswerRefused):
        answers.take_up(patient_id=patient.pk, run_id=str(current.pk), by=nurse, now=now)


def test_an_answer_to_an_older_assessment_is_asked_again(patient, nurse, low, now):
    value = TypedLab("platelets", "20", "10^9/L", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)

    with pytest.raises(AnswerRefused):
        answers.take_up(patient_id=patient.pk, run_id=str(low.pk), by=nurse, now=now)


def test_an_administrator_does_not_answer(patient, clinic, low, now):
    administrator = StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(NotAllowed):
        answers.take_up(patient_id=patient.pk, run_id=str(low.pk), by=administrator, now=now)


def below(patient, by, now, **changes):
    told = {
        "subjects": ["tier", "neutropenia"],
        "reason_code": "clinical_judgement",
        "text": "",
        "ends_on": known.today_of(patient, now) + timedelta(days=10),
        **changes,
    }
    return answers.propose_below(patient_id=patient.pk, by=by, now=now, **told)


def test_two_clinicians_stay_below_until_a_day_and_then_it_counts(patient, nurse, physician, low, now):
    lowering = below(patient, nurse, now)
    with pytest.raises(risk_lowerings.LoweringRefused):
        risk_lowerings.confirm(lowering_id=lowering.pk, by=nurse, now=now)
    risk_lowerings.confirm(lowering_id=lowering.pk, by=physician, now=now)

    for days in (1, 9):
        runs.recompute_due(now=now + days * DAY)
        patient.refresh_from_db()
        assert (patient.tier, patient.neutropenia) == ("standard", False)
        assert not asked(patient)

    runs.recompute_due(now=now + 10 * DAY)
    patient.refresh_from_db()
    assert (patient.tier, patient.neutropenia) == ("high", True)


def test_a_proposal_that_nobody_confirmed_holds_nothing_back(patient, nurse, low, now):
    below(patient, nurse, now)

    runs.recompute_due(now=now + DAY)

    patient.refresh_from_db()
    assert patient.tier == "high"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subjects": []}, "nothing_waits"),
        ({"subjects": ["platelets_low"]}, "nothing_waits"),
        ({"reason_code": ""}, "no_reason"),
        ({"reason_code": "other", "text": "short"}, "text_too_short"),
        ({"ends_on": None}, "no_end"),
        ({"ends_on": -1}, "end_not_ahead"),
        ({"ends_on": 31}, "end_too_late"),
    ],
)
def test_staying_below_needs_a_reason_and_an_end(patient, nurse, low, now, changes, code):
    if isinstance(days := changes.get("ends_on"), int):
        changes = {"ends_on": known.today_of(patient, now) + timedelta(days=days)}

    with pytest.raises(AnswerRefused) as error:
        below(patient, nurse, now, **changes)

    assert error.value.codes == (code,)


def test_what_was_lowered_on_the_form_ends_after_the_longest_time(patient, nurse, physician, low, now):
    answers.take_up(patient_id=patient.pk, run_id=str(low.pk), by=nurse, now=now)
    lowering = enrolment.change_facts(
        patient_id=patient.pk,
        by=nurse,
        facts=enrolment.RiskFacts("standard", False, True, False, None, None, ""),
        now=now,
        reason="Known and stable",
    )
    risk_lowerings.confirm(lowering_id=lowering.pk, by=physician, now=now)
    assert lowering.ends_on == known.today_of(patient, now) + timedelta(days=30)

    runs.recompute_due(now=now + 2 * DAY)
    patient.refresh_from_db()
    assert patient.tier == "standard"
    # On that day it is suggested again, and has a day to be answered.
    runs.recompute_due(now=now + 30 * DAY)
    runs.recompute_due(now=now + 31 * DAY)
    patient.refresh_from_db()
    assert patient.tier == "high"


def test_who_has_died_is_asked_about_no_more(patient, low, now):
    patient.status = PatientStatus.DIED
    patient.save()

    assert runs.recompute_due(now=now + DAY) == 0
    patient.refresh_from_db()
    assert patient.tier == "standard"


def test_it_is_computed_again_on_the_days_of_the_document(patient, nurse, now):
    told = {"sex": "female", "ecog": 0}
    fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="person", told=told, seen="", now=now)
    day = RiskRun.objects.get().day

    runs.recompute_due(now=now + (30 - day) * DAY)

    assert RiskRun.objects.get(is_current=True).day == 30


def test_a_half_done_step_is_kept_and_the_rest_stays_unknown(patient, nurse, now):
    first = fact_sheets.save_step(
        patient_id=patient.pk, by=nurse, step="person", told={"ecog": 1}, seen="", now=now
    )
    fact_sheets.save_step(
        patient_id=patient.pk, by=nurse, step="home", told={"lives_alone": True}, seen=str(first.pk), now=now
    )

    assert known.sheet_of(patient) == {"ecog": 1, "lives_alone": True}
    run = RiskRun.objects.get(is_current=True)
    assert run.facts["surroundings"]["adults"] is None
    assert "frailty" in run.result["suggestion"]["not_known"]
    assert "comorbidity" in run.result["suggestion"]["missing"]


def test_the_same_step_saved_meanwhile_is_not_overwritten(patient, nurse, physician, now):
    fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="person", told={"ecog": 1}, seen="", now=now)

    with pytest.raises(fact_sheets.Overtaken):
        fact_sheets.save_step(
            patient_id=patient.pk, by=physician, step="person", told={"ecog": 2}, seen="", now=now
        )


@pytest.mark.parametrize("told", [{"ecog": 5}, {"frailty": 0}])
def test_a_fact_outside_its_scale_is_refused(patient, nurse, now, told):
    with pytest.raises(fact_sheets.WrongFact):
        fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="person", told=told, seen="", now=now)


def test_reasons_are_those_of_the_document():
    assert set(LoweringReason.values) == set(rules().document.answers.reasons)


def test_a_lowering_says_its_reason_in_words(patient, nurse, low, now):
    without = below(patient, nurse, now)
    assert without.reason_in_words == "Clinical judgment"
    without.reason = "Seen at the bedside"
    assert without.reason_in_words == "Clinical judgment. Seen at the bedside"
