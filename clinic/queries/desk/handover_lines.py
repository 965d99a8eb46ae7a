"""The open matters of a clinic for a handover: escalations, calls owed, silences. Each patient once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from phonenumber_field.phonenumber import PhoneNumber

from clinic.models import (
    CareTeamMember,
    Checkin,
    Clinic,
    Contact,
    Escalation,
    EscalationEvent,
    Patient,
    Worry,
)
from clinic.models.escalation import Cause
from clinic.models.escalation import EscalationState as State
from clinic.models.handover import LineKind
from clinic.models.system_alarm import AlarmKind
from clinic.queries.checkins import silences
from clinic.queries.desk import alarms
from clinic.queries.patients import look_alikes
from clinic.queries.reports import reasons
from clinic.queries.reports.reasons import LateReport
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.phases import day_of

# Alarms that end when somebody has phoned the family.
ASK_FOR_A_CALL = frozenset(
    {
        AlarmKind.OPTED_OUT,
        AlarmKind.TEXT_RECEIVED,
        AlarmKind.NO_NIGHT_WATCH,
        AlarmKind.STOP_ASKED,
        AlarmKind.NUMBER_BAD,
        AlarmKind.NUMBER_SILENT,
    }
)
_ORDER = list(LineKind)


@dataclass(frozen=True)
class PendingMatter:
    """What somebody waits for: worried, tried, unreached, aside, asked (by an alarm) or silent."""

    code: str
    at: datetime
    text: str = ""


@dataclass(frozen=True)
class FamilyPhone:
    """A caregiver with access now, and the number."""

    name: str
    relation: str
    phone: PhoneNumber


@dataclass(frozen=True)
class HandoverLine:
    """One line of the sheet; exactly one of escalation, alarm and check-in is set."""

    kind: LineKind
    patient_id: UUID
    patient_name: str
    day: int
    since: datetime
    level: Level | None = None
    state: str = ""
    held_by_id: UUID | None = None
    held_by: str = ""
    reasons: tuple[str, ...] = ()
    # The reasons are of a report that came late.
    late: LateReport | None = None
    waits_for: tuple[PendingMatter, ...] = ()
    escalation_id: UUID | None = None
    alarm_id: int | None = None
    checkin_id: UUID | None = None
    mark: look_alikes.Mark | None = None
    birth_date: date | None = None
    # Whom to phone, as things are now.
    family: tuple["FamilyPhone", ...] = ()

    @property
    def key(self) -> str:
        """Names the line in a form."""
        return f"{self.escalation_id or self.alarm_id or self.checkin_id}"


def open_lines(*, clinic: Clinic, language: str, now: datetime) -> tuple[HandoverLine, ...]:
    """Everything that is open at the clinic now: by kind, the worst first, of these what nobody has."""
    silent = _silences(clinic, now)
    escalated = list(_escalation_lines(clinic, silent, language, now))
    known = {line.patient_id for line in escalated}
    calls = [line for line in _call_back_lines(clinic, now) if line.patient_id not in known]
    known |= {line.patient_id for line in calls}
    silence_lines = [
        _silence_line(checkin, now) for checkin in silent.values() if checkin.patient_id not in known
    ]
    lines = sorted([*escalated, *calls, *silence_lines], key=_sort_key)
    marks = look_alikes.marks_of_ids(line.patient_id for line in lines)
    phones = family_phones(line.patient_id for line in lines)
    return tuple(
        replace(line, mark=marks.get(line.patient_id), family=phones.get(line.patient_id, ()))
        for line in lines
    )


def family_phones(patient_ids: Iterable[UUID]) -> dict[UUID, tuple[FamilyPhone, ...]]:
    """By patient, who of the family can be phoned, the longest-serving first; one query."""
    linked = CareTeamMember.objects.filter(patient__in=list(patient_ids), ended_at__isnull=True)
    found: dict[UUID, tuple[FamilyPhone, ...]] = {}
    for row in linked.select_related("user").order_by("started_at", "pk"):
        if row.user.phone:
            one = FamilyPhone(row.user.name, row.relation, row.user.phone)
            found[row.patient_id] = (*found.get(row.patient_id, ()), one)
    return found


def _sort_key(line: HandoverLine) -> tuple[int, int, bool, datetime]:
    rank = line.level.rank if line.level else 0
    return _ORDER.index(line.kind), -rank, bool(line.held_by_id), line.since


def _escalation_lines(
    clinic: Clinic, silent: dict[UUID, Checkin], language: str, now: datetime
) -> Iterator[HandoverLine]:
    rows = Escalation.objects.filter(
        ~Q(state=State.RESOLVED), clinic=clinic, is_drill=False, patient__is_synthetic=False
    )
    found = list(rows.select_related("patient", "acknowledged_by"))
    fired = reasons.of_escalations([row.pk for row in found], language)
    owed = Worry.objects.filter(escalation__in=found, called_back_at__isnull=True)
    worried = {worry.escalation_id: worry for worry in owed.order_by("-told_at")}
    missed = set(
        EscalationEvent.objects.filter(escalation__in=found, cause=Cause.MISSED_CHECKIN).values_list(
            "escalation_id", flat=True
        )
    )
    tried = _unanswered_calls(found)
    for row in found:
        silence = silent.get(row.patient_id) if row.pk in missed else None
        waits = tuple(_pending_matters(row, worried.get(row.pk), tried.get(row.pk), silence))
        yield HandoverLine(
            kind=_line_kind(waits),
            patient_id=row.patient_id,
            patient_name=row.patient.full_name,
            birth_date=row.patient.birth_date,
            day=day_of_patient(row.patient, now),
            since=row.acknowledged_at or row.waiting_since,
            level=Level(row.level),
            state=row.state,
            held_by_id=row.acknowledged_by_id,
            held_by=row.acknowledged_by.name if row.acknowledged_by else "",
            reasons=tuple(reason.why for reason in fired.get(row.pk, ())[: reasons.REASONS_SHOWN]),
            late=next((reason.late for reason in fired.get(row.pk, ())), None),
            waits_for=waits,
            escalation_id=row.pk,
        )


def _unanswered_calls(escalations: Iterable[Escalation]) -> dict[UUID, Contact]:
    """The last call to the family, where nobody answered it."""
    calls = Contact.objects.filter(escalation__in=list(escalations)).order_by("at", "pk")
    last = {call.escalation_id: call for call in calls}
    return {escalation_id: call for escalation_id, call in last.items() if not call.reached}


def _pending_matters(
    row: Escalation, worry: Worry | None, tried: Contact | None, silence: Checkin | None
) -> Iterator[PendingMatter]:
    if worry:
        yield PendingMatter("worried", worry.told_at)
    if tried and not row.unreached_at:
        yield PendingMatter("tried", tried.at)
    if row.unreached_at:
        yield PendingMatter("unreached", row.unreached_at)
    if row.snoozed_until:
        yield PendingMatter("aside", row.snoozed_until, row.snooze_reason)
    if silence:
        yield PendingMatter("silent", silence.due_at)


def _line_kind(waits: Iterable[PendingMatter]) -> LineKind:
    what = {wait.code for wait in waits}
    if what & {"worried", "tried", "unreached", "aside"}:
        return LineKind.CALL_BACK
    return LineKind.SILENT if "silent" in what else LineKind.ALERT


def _call_back_lines(clinic: Clinic, now: datetime) -> Iterator[HandoverLine]:
    """Alarms that ask somebody to phone a family; the oldest one of each patient stands for all of them."""
    asking = [
        alarm
        for alarm in alarms.open_alarms(clinics=[clinic])
        if alarm.kind in ASK_FOR_A_CALL and alarm.about and alarm.about.patient_id
    ]
    ids = [alarm.about.patient_id for alarm in asking if alarm.about and alarm.about.patient_id]
    patients = {row.pk: row for row in Patient.objects.filter(pk__in=ids, is_synthetic=False)}
    once: set[UUID] = set()
    for alarm in asking:
        patient = patients.get(alarm.about.patient_id) if alarm.about else None  # type: ignore[arg-type]
        if patient is None or patient.pk in once:
            continue
        once.add(patient.pk)
        yield HandoverLine(
            kind=LineKind.CALL_BACK,
            patient_id=patient.pk,
            patient_name=patient.full_name,
            birth_date=patient.birth_date,
            day=day_of_patient(patient, now),
            since=alarm.raised_at,
            waits_for=(PendingMatter("asked", alarm.raised_at, alarm.kind),),
            alarm_id=alarm.id,
        )


def _silences(clinic: Clinic, now: datetime) -> dict[UUID, Checkin]:
    """By patient, the check-in with which the silence began, or the second reading that is owed."""
    owed = silences.missing_rechecks(now).filter(patient__clinic=clinic).select_related("patient")
    by_patient = {row.patient_id: row for row in reversed(owed)}
    by_patient |= silences.beginnings(silences.unanswered(now).filter(patient__clinic=clinic), now)
    return by_patient


def _silence_line(checkin: Checkin, now: datetime) -> HandoverLine:
    return HandoverLine(
        kind=LineKind.SILENT,
        patient_id=checkin.patient_id,
        patient_name=checkin.patient.full_name,
        birth_date=checkin.patient.birth_date,
        day=day_of_patient(checkin.patient, now),
        since=checkin.due_at,
        waits_for=(PendingMatter("silent", checkin.due_at),),
        checkin_id=checkin.pk,
    )


def day_of_patient(patient: Patient, now: datetime) -> int:
    """The patient's day after the infusion, where they are."""
    return day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone))


def matters_to_json(waits: Iterable[PendingMatter]) -> list[dict[str, str]]:
    """As it is stored with a line that was handed over."""
    return [{"what": wait.code, "at": wait.at.isoformat(), "text": wait.text} for wait in waits]


def matters_from_json(stored: Iterable[Mapping[str, str]]) -> tuple[PendingMatter, ...]:
    """The same, read back."""
    return tuple(PendingMatter(one["what"], datetime.fromisoformat(one["at"]), one["text"]) for one in stored)
