"""What has gone wrong in a life elsewhere, tried at the doors of staff: each as the whole kind of it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent, Course, Escalation, FactCorrection, Patient, Reminder, SystemAlarm
from clinic.queries.core import products
from clinic.queries.protocols import patient_context
from clinic.rules.patients.facts import WrongFacts
from clinic.services.checkins import plan, reminders
from clinic.services.escalations import missed
from clinic.services.patients import enrolment
from notifications.models import Message
from tests import factories
from tests.clinic.console.patients.test_fact_corrections import correction

HOUR = timedelta(hours=1)


@pytest.fixture
def console(nurse: Any) -> Client:
    client = Client()
    client.force_login(nurse)
    return client


def test_last_access_that_ends_asks_who_watches_and_nothing_leaves(console: Client, patient: Any) -> None:
    """Every caregiver's access ended one by one, with a reminder queued for each before."""
    now = timezone.now()
    links = [factories.CareTeamMemberFactory(patient=patient) for _ in range(3)]
    plan.plan_patient(patient=patient, now=now)
    due = Reminder.objects.filter(to_backup=False).earliest("due_at").due_at
    reminders.queue_due(now=due)
    assert Message.objects.filter(state="pending").exists()

    for link in links:
        assert not SystemAlarm.objects.filter(kind="nobody_watches", cleared_at=None).exists()
        console.post(f"/console/patients/{patient.pk}/caregivers/{link.pk}/end/")

    assert "who watches" in console.get("/console/").content.decode().lower()
    for hours in range(60):
        at = due + hours * HOUR
        plan.plan_all(now=at)
        reminders.queue_due(now=at)
        missed.escalate_due(now=at)
    family = [str(link.user.phone) for link in links]
    assert not Message.objects.filter(to__in=family).exclude(state="suppressed").exists()
    assert not Escalation.objects.filter(patient=patient).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("given_name", "Ada"),
        ("family_name", "O’Brien-Nuñez"),
        ("birth_date", "1950-02-03"),
        ("hospital_number", "H 42"),
        ("product", "cilta-cel"),
        ("disease", "MM"),
        ("language", "es"),
        ("time_zone", "America/Denver"),
        ("infusion_date", "2026-10-30"),
    ],
)
def test_every_fact_can_be_put_right_by_both_doors(
    console: Client, nurse: Any, patient: Any, name: str, value: str
) -> None:
    """Once on the page and once over the API: the second time there is nothing left to change."""
    console_sends = correction(patient, **{name: value})

    assert console.post(f"/console/patients/{patient.pk}/correct/", console_sends).status_code == 302

    row = FactCorrection.objects.get()
    assert name in row.changes and row.reason == "entered wrongly"
    assert AuditEvent.objects.filter(action="patient.facts_corrected", patient_id=patient.pk).count() == 1
    told = {name: value, "reason": "Said twice"}
    again = console.patch(f"/api/v1/patients/{patient.pk}/", told, content_type="application/json")
    assert (again.status_code, FactCorrection.objects.count()) == (200, 1)


def test_second_infusion_is_a_course_and_the_first_stays(console: Client, patient: Any) -> None:
    first = Patient.objects.get().infusion_date
    Patient.objects.update(created_at=timezone.now() - timedelta(days=300))
    at = timezone.localtime(timezone.now() - HOUR, ZoneInfo("America/New_York"))

    told = {"event-kind": "infused", "event-at": f"{at:%Y-%m-%dT%H:%M}", "event-product": "cilta-cel"}
    answer = console.post(f"/console/patients/{patient.pk}/events/", told)

    assert answer.status_code == 302
    courses = Course.objects.filter(patient=patient).order_by("number")
    assert [(one.number, one.is_current) for one in courses] == [(1, False), (2, True)]
    assert courses[0].infusion_date == first
    assert "Infused before" in console.get(f"/console/patients/{patient.pk}/").content.decode()


@pytest.mark.parametrize("typed", ["Carvykti", "carvykti", "cilta-cel", "CILTA-CEL", "Abecma", "ide-cel"])
@pytest.mark.parametrize("target", ["CD19", ""])
def test_typed_product_never_brings_another_target(
    clinic: Any, nurse: Any, now: Any, typed: str, target: str
) -> None:
    """A product against BCMA is one however it is written, and with the wrong target it is refused."""
    facts = {"given_name": "A", "family_name": "B", "infusion_date": now.date(), "product": typed}
    made = enrolment.Enrolment(**facts, target=target, birth_date=(now - 400 * 30 * timedelta(days=1)).date())
    if target:
        with pytest.raises(WrongFacts):
            enrolment.enrol(clinic=clinic, by=nurse, enrolment=made, now=now)
        return
    patient = enrolment.enrol(clinic=clinic, by=nurse, enrolment=made, now=now)

    assert products.find(patient.product) is not None
    assert patient_context.context_of(patient, now).target == "BCMA"
    assert patient.window_plans.exists()
