"""Care tasks on record: one tap, taken back with a reason, and what follows when life goes on."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, CareTaskEntry, Patient
from clinic.models.care_task import CareTaskAct
from clinic.protocols import default_document
from clinic.queries.risk import care_tasks as queries
from clinic.queries.risk import known
from clinic.services.escalations import life_events
from clinic.services.protocols import versions
from clinic.services.risk import care_tasks, fact_sheets, labs
from clinic.services.risk.care_tasks import TaskRefused
from clinic.services.risk.labs import TypedLab
from tests.factories import StaffFactory

DAY = timedelta(days=1)


def publish(clinic, nurse, now, *, active):
    document = default_document("car-t")
    for row in document["additions"]:
        row["active"] = active
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)


@pytest.fixture
def switched_on(clinic, nurse, now):
    publish(clinic, nurse, now, active=True)


@pytest.fixture
def high(patient, now, switched_on):
    """At high risk and near, on day 3, at home since day 0: the second call of three is due."""
    patient.infusion_date = known.today_of(patient, now) - 3 * DAY
    patient.tier, patient.minutes_to_centre = "high", 10
    patient.created_at = now - 10 * DAY
    patient.save(update_fields=["infusion_date", "tier", "minutes_to_centre", "created_at"])
    return patient


def states(patient, now):
    patient.refresh_from_db()
    return {one.task.key: str(one.task.state) for one in queries.of_patient(patient, now)}


def close(patient, by, now, task="nurse_call", day=3, act=CareTaskAct.DONE, words=""):
    return care_tasks.close(patient_id=patient.pk, by=by, task=task, day=day, act=act, words=words, now=now)


def record(patient, kind, by, at):
    return life_events.record(patient_id=patient.pk, kind=kind, by=by, at=at, reason="Because", now=at)


def test_a_tap_closes_what_is_due_and_a_second_one_changes_nothing(high, nurse, now):
    first = close(high, nurse, now)

    assert close(high, nurse, now + timedelta(minutes=1)) == first
    assert states(high, now)[("nurse_call", 3)] == "closed"
    row = AuditEvent.objects.get(action="care_task.done")
    assert (row.patient_id, row.detail) == (high.pk, {"task": "nurse_call", "day": 3})


def test_one_that_was_missed_can_still_be_noted_and_one_that_is_ahead_cannot(high, nurse, now):
    close(high, nurse, now, day=1)

    assert states(high, now)[("nurse_call", 1)] == "closed"
    for task, day in (("nurse_call", 7), ("marrow_review", 0), ("nurse_call", 2), ("dance", 0)):
        with pytest.raises(TaskRefused) as refused:
            close(high, nurse, now, task=task, day=day)
        assert refused.value.code == "not_asked"


def test_not_needed_and_a_mistake_want_a_reason(high, nurse, now):
    for words in ("", "  "):
        with pytest.raises(TaskRefused, match="no_reason"):
            close(high, nurse, now, act=CareTaskAct.NOT_NEEDED, words=words)
    entry = close(high, nurse, now, act=CareTaskAct.NOT_NEEDED, words="Seen in clinic today")

    with pytest.raises(TaskRefused, match="no_reason"):
        care_tasks.take_back(patient_id=high.pk, entry_id=entry.pk, by=nurse, words=" ", now=now)
    care_tasks.take_back(patient_id=high.pk, entry_id=entry.pk, by=nurse, words="Wrong row", now=now)

    assert states(high, now)[("nurse_call", 3)] == "due"
    assert list(CareTaskEntry.objects.order_by("number").values_list("number", "act", "words")) == [
        (1, "not_needed", "Seen in clinic today"),
        (2, "taken_back", "Wrong row"),
    ]
    with pytest.raises(TaskRefused, match="taken_back_already"):
        care_tasks.take_back(patient_id=high.pk, entry_id=entry.pk, by=nurse, words="Again", now=now)


def test_the_database_refuses_to_change_what_was_noted(high, nurse, now):
    entry = close(high, nurse, now)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CareTaskEntry.objects.filter(pk=entry.pk).update(words="Something else")


def test_only_staff_of_the_clinic_note_it(high, caregiver, other_nurse, clinic, nurse, now):
    educator = StaffFactory(clinic=clinic, role="educator").user
    entry = close(high, nurse, now)

    for person, error in ((caregiver, NotAllowed), (other_nurse, NotVisible), (educator, NotVisible)):
        with pytest.raises(error):
            close(high, person, now, day=1)
        with pytest.raises(error):
            care_tasks.take_back(patient_id=high.pk, entry_id=entry.pk, by=person, words="No", now=now)


def test_a_stay_in_hospital_begins_the_calls_anew(high, nurse, now):
    close(high, nurse, now)
    record(high, "admitted", nurse, now + timedelta(hours=1))
    assert ("nurse_call", 3) not in states(high, now + timedelta(hours=2))

    discharged = record(high, "discharged", nurse, now + 4 * DAY)
    later = now + 5 * DAY
    assert states(high, later)[("nurse_call", 1)] == "due"
    assert states(high, later)[("nurse_call", 3)] == "ahead"
    life_events.take_back(
        patient_id=high.pk, event_id=discharged.pk, by=nurse, reason="The wrong person", now=later
    )
    assert ("nurse_call", 1) not in states(high, later)


@pytest.mark.parametrize("kind", ["ended", "died"])
def test_nothing_is_asked_once_care_is_over(high, nurse, now, kind):
    close(high, nurse, now)
    record(high, kind, nurse, now)

    assert states(high, now) == {}
    assert [one.label for one in queries.card(high, now).acts] == ["Call by a nurse (day 3 at home)"]
    with pytest.raises(TaskRefused, match="not_asked"):
        close(high, nurse, now, day=1)


def test_another_infusion_asks_anew_and_what_was_done_stays_with_its_course(high, nurse, now):
    close(high, nurse, now)
    record(high, "infused", nurse, now + DAY)

    assert states(high, now + 4 * DAY)[("nurse_call", 3)] == "due"
    assert queries.card(high, now + 4 * DAY).acts == ()


def test_a_switch_taken_off_and_a_lower_tier_ask_for_nothing_more(high, clinic, nurse, now):
    close(high, nurse, now)
    Patient.objects.filter(pk=high.pk).update(tier="standard")
    assert ("nurse_call", 3) not in states(high, now)
    Patient.objects.filter(pk=high.pk).update(tier="high")
    publish(clinic, nurse, now + timedelta(minutes=1), active=False)

    assert states(high, now) == {}
    # What somebody did is on record, and can be taken back.
    (act,) = queries.card(high, now).acts
    assert act.counts
    care_tasks.take_back(patient_id=high.pk, entry_id=act.entry.pk, by=nurse, words="Mistake", now=now)


def test_a_struck_value_takes_its_task_along(patient, nurse, switched_on, now):
    value = TypedLab("igg", "300", "mg/dL", known.today_of(patient, now))
    (row,) = labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    assert states(patient, now)[("prophylaxis_end", 0)] == "due"

    labs.strike(patient_id=patient.pk, result_id=row.pk, by=nurse, reason="Another's", now=now)

    assert ("prophylaxis_end", 0) not in states(patient, now)


def test_diabetes_asks_for_a_plan_once_steroids_are_on_record(patient, nurse, switched_on, now):
    def save(step, told):
        seen = str(known.newest_sheet(patient).pk) if known.newest_sheet(patient) else ""
        fact_sheets.save_step(patient_id=patient.pk, by=nurse, step=step, told=told, seen=seen, now=now)

    save("illnesses", {"comorbidities": ["diabetes"]})
    assert ("glucose_plan", 0) not in states(patient, now)
    save("since", {"steroid_last_on": known.today_of(patient, now).isoformat()})

    assert states(patient, now)[("glucose_plan", 0)] == "due"
