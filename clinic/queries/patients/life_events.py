"""What has happened in a patient's life, and what may be put on record now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import LifeEvent, Patient, Reminder
from clinic.models.checkin import CheckinState, ReminderState
from clinic.models.clinic_transfer import ClinicTransferState
from clinic.models.escalation import EscalationState
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus
from clinic.rules.core.enums import Level
from clinic.rules.patients import life_events as rules
from clinic.rules.patients.life_events import Fact, Kind, Refusal, Standing, Status

# What staff read where an event cannot be put on record.
WHY_NOT: dict[Refusal, Promise] = {
    Refusal.IN_FUTURE: _("This time is still to come. Record it once it has happened."),
    Refusal.BEFORE_ENROLMENT: _("This is before the patient was enrolled here."),
    Refusal.BEFORE_LAST: _("This is before something on record. Check the time, or take that back first."),
    Refusal.AFTER_DEATH: _("A death is on record. If that is a mistake, take it back first."),
    Refusal.AFTER_END: _(
        "Monitoring has ended. If that is a mistake, take it back first. After another infusion, record that."
    ),
    Refusal.IN_HOSPITAL_ALREADY: _("The patient is in hospital already."),
    Refusal.NOT_IN_HOSPITAL: _("The patient is not in hospital. Record the admission first."),
    Refusal.TWICE: _("This is on record already, at the same time."),
    Refusal.REASON_NEEDED: _("Say why monitoring ends."),
    Refusal.INFUSED_THAT_DAY: _("The infusion of this day is on record already. It is day 0."),
    Refusal.BEFORE_DAY_0: _(
        "This is before the last infusion on record. If the day of that one is wrong, correct it instead."
    ),
    Refusal.NEEDS_ACCEPTANCE: _(
        "Offer the patient to the other clinic on the patient’s page. The transfer is on record once that "
        "clinic accepts. Until then monitoring stays with you."
    ),
    Refusal.AFTER_TRANSFER: _("Another clinic has taken this patient over. This record stays as it is."),
}


# What staff read where a transfer cannot be taken back.
TAKEN_OVER = _("Another clinic has taken this patient over. Only that clinic can offer them back.")

# Of a form or a body: what another time, reason or kind would mend. The others clash with the record.
FIELDS: dict[Refusal, str] = {
    Refusal.IN_FUTURE: "at",
    Refusal.BEFORE_ENROLMENT: "at",
    Refusal.BEFORE_LAST: "at",
    Refusal.REASON_NEEDED: "reason",
    Refusal.INFUSED_THAT_DAY: "at",
    Refusal.BEFORE_DAY_0: "at",
    Refusal.NEEDS_ACCEPTANCE: "kind",
}


@dataclass(frozen=True)
class Waiting:
    """What is planned and open about a patient, for a last look before a death is recorded."""

    checkins: int
    reminders: int
    links: int
    caregivers: tuple[str, ...]
    escalation_id: UUID | None
    level: Level | None
    holder: str


@dataclass(frozen=True)
class LifeEventLine:
    """One event as staff read it; `may_take_back`: nothing that came after it stands in the way."""

    id: UUID
    kind: str
    label: str
    at: datetime
    recorded_at: datetime
    by: str
    reason: str
    taken_back_at: datetime | None
    taken_back_by: str
    taken_back_reason: str
    may_take_back: bool


def of_patient(patient: Patient) -> QuerySet[LifeEvent]:
    """All of them, taken back or not, the newest first."""
    return (
        LifeEvent.objects.filter(patient=patient)
        .select_related("recorded_by", "taken_back_by")
        .order_by("-at", "-recorded_at", "-pk")
    )


def lines(patient: Patient) -> tuple[LifeEventLine, ...]:
    """The same for a page."""
    rows = list(of_patient(patient))
    is_over = any(row.kind == Kind.TRANSFERRED for row in rows)
    return tuple(
        LifeEventLine(
            id=row.pk,
            kind=row.kind,
            label=row.get_kind_display(),
            at=row.at,
            recorded_at=row.recorded_at,
            by=row.recorded_by.name,
            reason=row.reason,
            taken_back_at=row.taken_back_at,
            taken_back_by=row.taken_back_by.name if row.taken_back_by else "",
            taken_back_reason=row.taken_back_reason,
            may_take_back=row.taken_back_at is None and not is_over and _nothing_came_after(row, rows),
        )
        for row in rows
    )


def standing_of(patient: Patient) -> Standing:
    """The facts that stand, for the rules."""
    rows = [row for row in of_patient(patient) if row.taken_back_at is None]
    admission = next((row for row in rows if row.kind == Kind.ADMITTED), None)
    in_hospital = patient.status == PatientStatus.ADMITTED and admission is not None
    return Standing(
        status=Status(patient.status),
        enrolled_at=patient.created_at,
        facts=tuple(Fact(row.kind, row.at, changes_monitoring(row)) for row in rows),
        day_0=_day_0(patient),
        before_hospital=Status(admission.status_before) if in_hospital and admission else None,
    )


def _day_0(patient: Patient) -> tuple[datetime, datetime]:
    midnight = datetime.combine(patient.infusion_date, time(), tzinfo=ZoneInfo(patient.time_zone))
    return midnight, midnight + timedelta(days=1)


def is_taken_over(patient: Patient) -> bool:
    """Whether another clinic has accepted this patient: nothing of this record is taken back any more."""
    return LifeEvent.objects.filter(patient=patient, kind=Kind.TRANSFERRED).exists()


def is_last(event: LifeEvent) -> bool:
    """Whether nothing stands that came after it and would have to be taken back first."""
    return _nothing_came_after(event, of_patient(event.patient))


def changes_monitoring(event: LifeEvent) -> bool:
    """Whether monitoring was another after it; what changed nothing stands beside the others."""
    return event.kind in rules.CHANGING or event.status_before != event.status_after


def fitting(patient: Patient) -> tuple[tuple[str, str], ...]:
    """What may be put on record now: codes and labels."""
    return tuple((kind.value, str(LifeEventKind(kind).label)) for kind in rules.fitting(standing_of(patient)))


def closed_by(patient: Patient) -> Refusal | None:
    """Why nothing is asked for on this record any more; None while it may go on, also after an end."""
    if patient.status == PatientStatus.DIED:
        return Refusal.AFTER_DEATH
    moved = patient.clinic_transfers.filter(state=ClinicTransferState.ACCEPTED)
    return Refusal.AFTER_TRANSFER if patient.status == PatientStatus.ENDED and moved.exists() else None


def status_now(event: LifeEvent) -> str:
    """The patient's status at this moment, whatever the event led to."""
    return str(Patient.objects.values_list("status", flat=True).get(pk=event.patient_id))


def recordable() -> tuple[tuple[str, str], ...]:
    """Everything that a form may send; whether it fits is the rules' to say."""
    return tuple((kind.value, str(LifeEventKind(kind).label)) for kind in rules.fitting_ever())


def refusal_now(patient: Patient, *, kind: Kind, at: datetime, reason: str, now: datetime) -> Refusal | None:
    """Why this could not be put on record at this moment."""
    return rules.refusal(kind, at=at, reason=reason, of=standing_of(patient), now=now)


def waiting_for(patient: Patient, *, now: datetime) -> Waiting:
    """What a death would withdraw and close."""
    planned = patient.checkins.filter(state=CheckinState.PLANNED)
    reminders = Reminder.objects.filter(checkin__in=planned, state=ReminderState.PLANNED)
    links = patient.invitations.filter(redeemed_at=None, revoked_at=None, expires_at__gt=now)
    team = patient.care_team.filter(ended_at=None).select_related("user").order_by("started_at", "pk")
    unresolved = patient.escalations.exclude(state=EscalationState.RESOLVED).filter(is_drill=False)
    escalation = unresolved.select_related("acknowledged_by").first()
    holder = escalation.acknowledged_by if escalation else None
    return Waiting(
        checkins=planned.filter(due_at__gte=now).count(),
        reminders=reminders.count(),
        links=links.count(),
        caregivers=tuple(member.user.name for member in team),
        escalation_id=escalation.pk if escalation else None,
        level=Level(escalation.level) if escalation else None,
        holder=holder.name if holder else "",
    )


def _nothing_came_after(event: LifeEvent, rows: Iterable[LifeEvent]) -> bool:
    """Of what changed monitoring, and of the infusions, the last that stands is taken back first."""
    standing = [row for row in rows if row.taken_back_at is None]
    chains = []
    if changes_monitoring(event):
        chains.append([row for row in standing if changes_monitoring(row)])
    if event.kind == Kind.INFUSED:
        chains.append([row for row in standing if row.kind == Kind.INFUSED])
    return all(
        max(chain, key=lambda row: (row.recorded_at, row.at), default=None) == event for chain in chains
    )
