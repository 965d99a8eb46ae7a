from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Escalation, GuidanceReading, Page, TrialText, User
from clinic.queries.desk import patient_panel, worklist
from clinic.queries.patients import go_home_check
from clinic.services.escalations import scoring
from clinic.services.patients import go_home_drills, preparation
from notifications.models import Message
from notifications.models.consent import ConsentEnd
from notifications.services import consents
from tests import factories


@pytest.fixture
def preparing(patient):
    patient.status = "preparing"
    patient.save(update_fields=["status"])
    return patient


@pytest.fixture
def ready(preparing, clinic, caregiver, submit, nurse, now):
    """Everything proven, the way it comes about."""
    nurse.staff_roles.update(phone_verified_at=now, phone_tested_at=now)
    factories.OnCallFactory(staff=nurse.staff_roles.get(), position=0)
    factories.CareTeamMemberFactory(patient=preparing)
    preparation.store_baseline(patient_id=preparing.pk, by=nurse, values={"home_check": 10}, now=now)
    preparation.send_trial_texts(patient_id=preparing.pk, by=nurse, now=now)
    Message.objects.update(state="delivered")
    go_home_drills.answer(escalation_id=drill(submit, now).pk, by=nurse, now=now)
    for number in range(5):
        GuidanceReading.objects.create(
            patient=preparing,
            user=caregiver,
            slug=f"page-{number}",
            title="Page",
            language="en",
            version=1,
            read_at=now,
            passed_at=now,
        )
    return preparing


def drill(submit, at):
    report = submit(answers={"red_flags": ["seizure"]}, is_drill=True, now=at).report
    scoring.score(report_id=report.pk, now=at)
    return Escalation.objects.filter(is_drill=True).latest("opened_at")


def missing(patient, now):
    return [line.code for line in go_home_check.of_patient(patient=patient, now=now).missing]


def test_everything_is_missing_at_first_and_nothing_once_it_is_done(preparing, now):
    assert missing(preparing, now) == ["joined", "second", "text", "drill", "baseline", "guidance", "rota"]


def test_green_list_lets_monitoring_start(ready, nurse, now):
    ready.refresh_from_db()
    assert missing(ready, now) == []

    started = preparation.start_monitoring(patient_id=ready.pk, by=nurse, reason="", now=now)

    assert (started.status, started.monitored_since, started.start_override) == ("active", now, "")
    row = AuditEvent.objects.get(action="patient.monitoring_started")
    assert (row.actor_id, row.detail) == (nurse.pk, {"missing": []})


def test_proof_is_good_for_two_days(ready, now):
    ready.refresh_from_db()

    assert missing(ready, now + timedelta(hours=48)) == []
    assert missing(ready, now + timedelta(hours=48, seconds=1)) == ["text", "drill"]


def test_text_that_has_not_arrived_at_the_second_phone_is_missing_with_the_name(ready, now):
    last = TrialText.objects.latest("pk")
    Message.objects.filter(pk=last.message_id).update(state="sent")

    [line] = [
        line for line in go_home_check.of_patient(patient=ready, now=now).requirements if line.code == "text"
    ]

    assert (line.is_met, line.names) == (False, (last.member.user.name,))


def test_start_without_proof_needs_a_reason_that_stays_in_sight(preparing, nurse, now):
    with pytest.raises(preparation.NotReady):
        preparation.start_monitoring(patient_id=preparing.pk, by=nurse, reason="  ", now=now)

    preparation.start_monitoring(
        patient_id=preparing.pk, by=nurse, reason="Lives next door to the ward", now=now
    )

    panel = patient_panel.panel(user=nurse, patient_id=preparing.pk, older_than="", days=3, now=now)
    assert panel.patient.start_override == "Lives next door to the ward"
    assert "drill" in AuditEvent.objects.get(action="patient.monitoring_started").detail["missing"]
    with pytest.raises(preparation.NotReady):
        preparation.drop_override(patient_id=preparing.pk, by=nurse, now=now)


def test_flag_goes_once_everything_is_proven(ready, nurse, now):
    ready.status, ready.start_override = "active", "In a hurry"
    ready.save(update_fields=["status", "start_override"])

    assert preparation.drop_override(patient_id=ready.pk, by=nurse, now=now).start_override == ""


def test_monitoring_starts_once(patient, nurse, now):
    with pytest.raises(preparation.NotPreparing):
        preparation.start_monitoring(patient_id=patient.pk, by=nurse, reason="x", now=now)


def test_reason_stands_in_for_a_second_caregiver(preparing, caregiver, nurse, now):
    preparation.explain_single_caregiver(patient_id=preparing.pk, by=nurse, reason="Lives alone", now=now)

    preparing.refresh_from_db()
    assert "second" not in missing(preparing, now)


def line(patient, code, now):
    found = go_home_check.of_patient(patient=patient, now=now).requirements
    return next((one for one in found if one.code == code), None)


def test_no_reason_stands_in_for_the_second_contact_of_whoever_is_alone(
    ready, caregiver, nurse, switched_on, now
):
    second = ready.care_team.exclude(user=caregiver).get().user
    ready.refresh_from_db()
    assert line(ready, "second_contact", now) is None

    ready.findings = "caregiver"
    ready.single_caregiver_reason = "Lives alone"
    ready.save(update_fields=["findings", "single_caregiver_reason"])
    assert missing(ready, now) == []
    # Two people on one phone are one contact: nobody else hears of a check-in that stays open.
    User.objects.filter(pk=second.pk).update(phone=caregiver.phone)
    asked = line(ready, "second_contact", now)
    assert line(ready, "second", now) is None
    assert (asked.is_met, asked.note) == (
        False,
        "asked for by “Alone, or one adult: the second contact sooner”",
    )
    ready.care_team.filter(user=second).update(ended_at=now, ended_by=nurse)
    assert "second_contact" in missing(ready, now)

    with pytest.raises(preparation.NotReady):
        preparation.start_monitoring(patient_id=ready.pk, by=nurse, reason="", now=now)
    started = preparation.start_monitoring(
        patient_id=ready.pk, by=nurse, reason="Moves in with us tonight", now=now
    )
    assert started.start_override == "Moves in with us tonight"
    row = AuditEvent.objects.get(action="patient.monitoring_started")
    assert row.detail == {"missing": ["second_contact"]}


def test_who_takes_no_texts_is_no_second_contact(ready, caregiver, switched_on, now):
    ready.refresh_from_db()
    ready.findings = "caregiver"
    second = ready.care_team.exclude(user=caregiver).get().user
    consents.withdraw(phone=str(second.phone), because=ConsentEnd.WITHDRAWN, now=now)

    asked = line(ready, "second_contact", now)

    assert (asked.is_met, asked.names) == (False, (caregiver.name,))


def test_usual_pressure_of_a_weak_heart_is_stored_before_monitoring_starts(ready, nurse, switched_on, now):
    ready.refresh_from_db()
    ready.findings = "lvef"
    ready.save(update_fields=["findings"])
    asked = line(ready, "baseline", now)
    assert (asked.is_met, asked.names) == (False, ("Blood pressure, top number",))

    preparation.store_baseline(patient_id=ready.pk, by=nurse, values={"sbp": 118}, now=now)

    ready.refresh_from_db()
    assert line(ready, "baseline", now).is_met


def test_nothing_is_asked_for_before_a_clinic_switches_it_on(ready, now):
    ready.refresh_from_db()
    ready.findings = "caregiver lvef"

    assert missing(ready, now) == []


def test_outsiders_prepare_nobody(preparing, other_nurse, caregiver, now):
    with pytest.raises(NotVisible):
        preparation.start_monitoring(patient_id=preparing.pk, by=other_nurse, reason="x", now=now)
    with pytest.raises(NotAllowed):
        preparation.start_monitoring(patient_id=preparing.pk, by=caregiver, reason="x", now=now)
    with pytest.raises(preparation.NoPhone):
        caregiver.care_links.update(ended_at=now, ended_by=caregiver)
        preparation.send_trial_texts(
            patient_id=preparing.pk,
            by=factories.StaffFactory(clinic=preparing.clinic).user,
            now=now,
        )


def test_drill_pages_nobody_and_stands_apart(preparing, clinic, submit, nurse, now):
    nurse.staff_roles.update(phone_verified_at=now, phone_tested_at=now)
    factories.OnCallFactory(staff=nurse.staff_roles.get(), position=0)

    found = drill(submit, now)

    shown = worklist.worklist(user=nurse, clinic_slug="", now=now)
    assert (found.level, found.is_drill, Page.objects.count()) == ("emergency", True, 0)
    assert (shown.waiting, shown.waiting_total, [row.id for row in shown.drills]) == ((), 0, [found.pk])
    assert not Message.objects.filter(purpose="page").exists()


def test_real_alarm_opens_beside_a_drill_and_the_drill_changes_no_trend(preparing, submit, nurse, now):
    found = drill(submit, now)
    report = submit(answers={"temp_value": "38.6", "temp_unit": "C"}, now=now).report

    assessment = scoring.score(report_id=report.pk, now=now)

    real = Escalation.objects.get(is_drill=False)
    assert (real.level, real.patient, found.state) == ("urgent", preparing, "open")
    assert assessment.inputs["history"] == []
    assert Page.objects.get().escalation == real


def test_drill_is_answered_once_and_by_staff_of_the_clinic(preparing, submit, nurse, other_nurse, now):
    found = drill(submit, now)
    with pytest.raises(NotVisible):
        go_home_drills.answer(escalation_id=found.pk, by=other_nurse, now=now)

    go_home_drills.answer(escalation_id=found.pk, by=nurse, now=now)

    with pytest.raises(go_home_drills.DrillAlreadyAnswered):
        go_home_drills.answer(escalation_id=found.pk, by=nurse, now=now)
    found.refresh_from_db()
    assert (found.state, found.acknowledged_by, found.resolved_by) == ("resolved", nurse, nurse)
    assert AuditEvent.objects.get(action="drill.answered").actor_id == nurse.pk


def test_second_drill_joins_the_one_that_waits(preparing, submit, now):
    assert drill(submit, now) == drill(submit, now + timedelta(minutes=1))


def test_usual_values_leave_old_and_new_in_the_trail_and_only_what_changed(preparing, nurse, now):
    for values in ({"sbp": 120, "spo2": 97}, {"sbp": 130, "spo2": 97}, {"sbp": 130}):
        preparation.store_baseline(patient_id=preparing.pk, by=nurse, values=values, now=now)

    rows = AuditEvent.objects.filter(action="patient.baseline_stored").order_by("pk")
    assert [row.detail for row in rows] == [
        {"sbp": {"from": None, "to": 120}, "spo2": {"from": None, "to": 97}},
        {"sbp": {"from": 120, "to": 130}},
    ]
