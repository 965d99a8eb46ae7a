"""Situations that many tests start from, made through the services as they come about in life."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from clinic.models import Escalation, Page, Patient
from clinic.services.escalations import clinic_transfers, leases, scoring
from clinic.services.paging import bundles, chain, taken, unconfirmed
from clinic.services.protocols import versions
from clinic.services.reports import intake
from notifications.models import Message
from tests import factories

FEVER = {"temp_value": "38.6", "temp_unit": "C"}
FEVER_AND_CONFUSION = {**FEVER, "confusion": 1}
NAUSEA = {"temp_value": "36.8", "temp_unit": "C", "vomiting": 1}


def report_by_family(
    patient: Patient, answers: dict[str, Any], at: datetime, level_on_phone: str = ""
) -> Any:
    """A scored report by a caregiver of the patient, who is linked where nobody is yet."""
    link = patient.care_team.filter(ended_at__isnull=True).first()
    link = link or factories.CareTeamMemberFactory(patient=patient)
    report = intake.submit(
        report_id=uuid4(),
        patient=patient,
        by=link.user,
        protocol_version=versions.current_version(clinic=patient.clinic),
        observed_at=at,
        sent_at=at,
        language="en",
        answers=answers,
        now=at,
        level_on_phone=level_on_phone,
    ).report
    scoring.score(report_id=report.pk, now=at)
    return report


def escalate(patient: Patient, answers: dict[str, Any], at: datetime, level_on_phone: str = "") -> Escalation:
    """A report that puts the patient on the worklist."""
    report_by_family(patient, answers, at, level_on_phone)
    return Escalation.objects.exclude(state="resolved").get(patient=patient)


def run_engine(now: datetime, *, minutes: float, every: int = 30, arriving: bool = True) -> None:
    """The tick's paging steps with a clock of ours, `every` so many seconds, both ends included.

    `arriving`: whether the provider says of each page that it reached its phone.
    """
    for seconds in range(0, int(minutes * 60) + 1, every):
        at = now + timedelta(seconds=seconds)
        for step in (leases.end_expired, unconfirmed.move_chains_on, chain.send_due, bundles.send_due):
            step(now=at)
        if arriving:
            arrive(at)


def arrive(at: datetime) -> None:
    """The provider has taken every page that was in the outbox, and says that it reached its phone."""
    waiting = Message.objects.filter(purpose="page", state="pending")
    message_ids = list(waiting.values_list("pk", flat=True))
    waiting.update(state="delivered", due_at=None)
    for message_id in message_ids:
        taken.record(message_id=message_id, now=at)


def pages_sent() -> list[tuple[str, str, int]]:
    """Who was paged by what, in order: name (or the line), channel, seconds since the first page."""
    sent = list(Page.objects.filter(state="sent").select_related("staff__user").order_by("sent_at", "number"))
    return [
        (
            page.staff.user.name if page.staff else "the line",
            page.channel,
            int((page.sent_at - sent[0].sent_at).total_seconds()),
        )
        for page in sent
    ]


def transfer(patient: Patient, to: Any, at: datetime) -> Patient:
    """Another clinic has taken the patient and the whole family over; the record that goes on."""
    nurse = factories.StaffFactory(clinic=patient.clinic).user
    made = clinic_transfers.offer(
        patient_id=patient.pk, to_clinic_id=to.pk, reason="Moves house", by=nurse, now=at
    )
    family = list(patient.care_team.filter(ended_at=None).values_list("pk", flat=True))
    return clinic_transfers.accept(
        transfer_id=made.pk,
        acceptance=clinic_transfers.Acceptance(patient.time_zone, family),
        by=factories.StaffFactory(clinic=to).user,
        now=at,
    )
