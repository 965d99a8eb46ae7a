"""Alarms about the system itself, and whether the engine moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from phonenumber_field.phonenumber import PhoneNumber

from clinic import row_scope
from clinic.access import Permission, clinics_with
from clinic.models import (
    CareTeamMember,
    Clinic,
    ClinicTransfer,
    EngineRound,
    Escalation,
    Patient,
    Report,
    Staff,
    SystemAlarm,
    SystemClient,
    Tick,
    User,
)
from clinic.models.system_alarm import FOR_LEADS, WAITS_FOR_DECISION, AlarmKind
from clinic.prepared import PreparedQuery, PreparedRows
from clinic.queries.patients import look_alikes, shared_numbers
from clinic.queries.rota import alarm_subjects

# As in /health/engine: an engine that has not ticked for so long scores no report and pages nobody.
ENGINE_LATE_AFTER = timedelta(seconds=60)
# The one scores and pages, the other sends.
ENGINES = ("clinic", "notifications")
# These are put right on the rota.
ROTA_ALARMS = frozenset(
    {
        AlarmKind.NO_ON_CALL,
        AlarmKind.NO_ROLE_ON_CALL,
        AlarmKind.ROTA_GAP,
        AlarmKind.UNREACHABLE,
        AlarmKind.SHIFT_UNCONFIRMED,
        AlarmKind.DRILL_MISSED,
    }
)
# The program clears these when their cause is gone; the others end when a person says that it is dealt with.
CLEARED_BY_PROGRAM = (
    ROTA_ALARMS
    | WAITS_FOR_DECISION
    | {
        AlarmKind.UNSCORED,
        AlarmKind.UNWATCHED,
        AlarmKind.TEST_UNANSWERED,
        AlarmKind.HANDOVER_UNSIGNED,
        AlarmKind.PROVIDER_DOWN,
        AlarmKind.NOBODY_WATCHES,
        AlarmKind.TRANSFER_OFFERED,
    }
)
CLEARED_BY_PEOPLE = frozenset(AlarmKind) - CLEARED_BY_PROGRAM
# Reports or pages fail, or somebody asks for a person now: above the alerts that wait. The rest is below.
STAND_FIRST = frozenset(
    {
        AlarmKind.UNSCORED,
        AlarmKind.NO_ON_CALL,
        AlarmKind.NO_ROLE_ON_CALL,
        AlarmKind.PAGE_FAILED,
        AlarmKind.TEXTS_HELD,
        AlarmKind.PROVIDER_DOWN,
        AlarmKind.HELP_ASKED,
    }
)
# A day, a report's id: what staff tell to whoever looks into it.
_NAMED_BY_SUBJECT = frozenset(
    {AlarmKind.LEDGER_WRONG, AlarmKind.REPLAY_DIFFERS, AlarmKind.AUDIT_BROKEN, AlarmKind.RULES_PUBLISHED}
)


@dataclass(frozen=True)
class AlarmSubject:
    """What an alarm is about: a patient with the escalation or the caregiver, a member of the team, or a
    system that reads records, which stands where a member of the team does."""

    patient_id: UUID | None = None
    patient_name: str = ""
    escalation_id: UUID | None = None
    caregiver_name: str = ""
    caregiver_phone: PhoneNumber | None = None
    staff_name: str = ""
    mark: look_alikes.Mark | None = None
    person_id: UUID | None = None
    transfer_id: UUID | None = None


@dataclass(frozen=True)
class OpenAlarm:
    """One open alarm of one clinic."""

    id: int
    kind: str
    label: str
    raised_at: datetime
    clinic_name: str
    about: AlarmSubject | None
    can_clear: bool
    detail: str = ""
    clinic_slug: str = ""
    of_rota: bool = False
    for_leads: bool = False

    @property
    def stands_first(self) -> bool:
        return self.kind in STAND_FIRST


_open_at = PreparedQuery(
    lambda clinic_ids: (
        SystemAlarm.objects.filter(clinic__in=clinic_ids, cleared_at__isnull=True)
        # Whoever reads the list is watching.
        .exclude(kind=AlarmKind.UNWATCHED)
        .select_related("clinic")
        .order_by("raised_at", "pk")
    ),
    list[UUID],
)


def open_alarms(*, clinics: Iterable[Clinic], user: User | None = None) -> tuple[OpenAlarm, ...]:
    """Open alarms of these clinics, oldest first; those for the leads only where this person is one."""
    rows = _without_those_of_leads(_open_at([clinic.pk for clinic in clinics]), user)
    kinds = _LOOK_UPS.keys() & {row.kind for row in rows}
    subjects = {kind: _LOOK_UPS[kind](_subjects_of(kind, rows)) for kind in kinds}
    details = alarm_subjects.details(rows)
    marks = look_alikes.marks_of_ids(
        about.patient_id for found in subjects.values() for about in found.values() if about.patient_id
    )
    return tuple(
        OpenAlarm(
            id=row.pk,
            kind=row.kind,
            label=row.get_kind_display(),
            raised_at=row.raised_at,
            clinic_name=row.clinic.name,
            about=_marked(subjects.get(row.kind, {}).get(row.subject), marks),
            can_clear=row.kind in CLEARED_BY_PEOPLE,
            detail=row.subject if row.kind in _NAMED_BY_SUBJECT else details.get(row.pk, ""),
            clinic_slug=row.clinic.slug,
            of_rota=row.kind in ROTA_ALARMS,
            for_leads=row.kind in FOR_LEADS,
        )
        for row in rows
    )


def _without_those_of_leads(rows: list[SystemAlarm], user: User | None) -> list[SystemAlarm]:
    """One query more, and only while there is such an alarm."""
    if not any(row.kind in FOR_LEADS for row in rows):
        return rows
    led = set(clinics_with(user, Permission.VIEW_AUDIT).values_list("pk", flat=True)) if user else set()
    return [row for row in rows if row.kind not in FOR_LEADS or row.clinic_id in led]


@dataclass(frozen=True)
class Engine:
    """Whether reports are scored and pages sent: what staff must know before they rely on the screen."""

    # When both parts last moved; None before the first time.
    at: datetime | None
    is_late: bool
    # Parts that move, but in which something has failed for a minute, as /health/engine calls them.
    failing: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        return not (self.is_late or self.failing)


_ticks = PreparedRows(lambda: Tick.objects.filter(name__in=ENGINES).values_list("name", "at"))
_rounds = PreparedQuery(lambda: EngineRound.objects.filter(name__in=ENGINES))


def engine(*, now: datetime) -> Engine:
    """How the engines do, in two queries."""
    whole: dict[str, datetime] = {row[0]: row[1] for row in _ticks()}
    rounds = {row.name: row for row in _rounds()}
    moved = [_moved_at(whole.get(name), rounds.get(name)) for name in ENGINES]
    known = [at for at in moved if at is not None]
    return Engine(
        at=min(known, default=None),
        is_late=any(is_engine_late(at, now) for at in moved),
        failing=tuple(
            f"tick:{name} ({', '.join(rounds[name].failing)})"
            for name in ENGINES
            if name in rounds and rounds[name].failing and is_engine_late(whole.get(name), now)
        ),
    )


def is_unwatched(*, clinics: Iterable[Clinic]) -> bool:
    """Whether nobody watches the worklist of one of these clinics, though somebody should."""
    return SystemAlarm.objects.filter(
        clinic__in=[clinic.pk for clinic in clinics], kind=AlarmKind.UNWATCHED, cleared_at__isnull=True
    ).exists()


def stands(*, clinic_id: UUID, kind: AlarmKind, subject: UUID) -> bool:
    """Whether this alarm about somebody is open."""
    return SystemAlarm.objects.filter(
        clinic=clinic_id, kind=kind, subject=str(subject), cleared_at__isnull=True
    ).exists()


def is_engine_late(at: datetime | None, now: datetime) -> bool:
    """Whether an engine that was last seen then has been away for too long."""
    return at is None or now - at > ENGINE_LATE_AFTER


def _moved_at(whole_at: datetime | None, last: EngineRound | None) -> datetime | None:
    """The end of its last round, whole or not."""
    seen = [at for at in (whole_at, last.ended_at if last else None) if at is not None]
    return max(seen, default=None)


def _subjects_of(kind: str, rows: Iterable[SystemAlarm]) -> list[str]:
    return [row.subject for row in rows if row.kind == kind]


def _reports(ids: list[str]) -> dict[str, AlarmSubject]:
    found = Report.objects.filter(pk__in=ids).select_related("patient").defer("answers")
    return {str(row.pk): _patient(row.patient) for row in found}


def _escalations(ids: list[str]) -> dict[str, AlarmSubject]:
    found = Escalation.objects.filter(pk__in=ids).select_related("patient")
    return {str(row.pk): _patient(row.patient, escalation_id=row.pk) for row in found}


def _caregivers(ids: list[str]) -> dict[str, AlarmSubject]:
    found = CareTeamMember.objects.filter(pk__in=ids).select_related("patient", "user")
    return {
        str(row.pk): _patient(
            row.patient, caregiver_name=_names_on_phone(row), caregiver_phone=row.user.phone or None
        )
        for row in found
    }


def _names_on_phone(member: CareTeamMember) -> str:
    """Whoever of the family shares the phone is named too: nobody can tell which of them wrote."""
    people = shared_numbers.sharers_of(user=member.user, patient=member.patient)
    return ", ".join(person.name for person in people) or str(member.user.name)


def _patients(ids: list[str]) -> dict[str, AlarmSubject]:
    return {str(row.pk): _patient(row) for row in Patient.objects.filter(pk__in=ids)}


@row_scope.everything()
def _offers(ids: list[str]) -> dict[str, AlarmSubject]:
    """The name alone, of a patient of another clinic: whoever answers opens the offer."""
    found = ClinicTransfer.objects.filter(pk__in=ids).select_related("patient")
    return {
        str(row.pk): AlarmSubject(patient_name=row.patient.full_name, transfer_id=row.pk) for row in found
    }


def _team(ids: list[str]) -> dict[str, AlarmSubject]:
    found = Staff.objects.filter(pk__in=ids).select_related("user")
    return {str(row.pk): AlarmSubject(staff_name=row.user.name) for row in found}


def _marked(about: AlarmSubject | None, marks: Mapping[UUID, look_alikes.Mark]) -> AlarmSubject | None:
    if about is None or about.patient_id is None:
        return about
    return replace(about, mark=marks.get(about.patient_id))


def _people(ids: list[str]) -> dict[str, AlarmSubject]:
    found = User.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): AlarmSubject(staff_name=name, person_id=pk) for pk, name in found}


def _systems(ids: list[str]) -> dict[str, AlarmSubject]:
    found = SystemClient.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): AlarmSubject(staff_name=name, person_id=pk) for pk, name in found}


def _callers(ids: list[str]) -> dict[str, AlarmSubject]:
    """A person, or another system that tries more than it may."""
    people = _people(ids)
    return people | _systems([one for one in ids if one not in people])


def _patient(patient: Patient, **more: Any) -> AlarmSubject:
    return AlarmSubject(patient_id=patient.pk, patient_name=patient.full_name, **more)


_LOOK_UPS: dict[str, Callable[[list[str]], dict[str, AlarmSubject]]] = {
    AlarmKind.UNSCORED: _reports,
    AlarmKind.REPLAY_DIFFERS: _reports,
    AlarmKind.PAGE_FAILED: _escalations,
    AlarmKind.OPTED_OUT: _caregivers,
    AlarmKind.TEXT_RECEIVED: _caregivers,
    AlarmKind.NO_NIGHT_WATCH: _patients,
    AlarmKind.STOP_ASKED: _caregivers,
    AlarmKind.HELP_ASKED: _caregivers,
    AlarmKind.DEATH_TOLD: _caregivers,
    AlarmKind.NUMBER_BAD: _caregivers,
    AlarmKind.NUMBER_SILENT: _caregivers,
    AlarmKind.STAFF_NUMBER: _team,
    AlarmKind.NOBODY_WATCHES: _patients,
    AlarmKind.HOME_AGAIN: _patients,
    AlarmKind.CALL_FAMILY: _patients,
    AlarmKind.TRANSFER_OFFERED: _offers,
    AlarmKind.TRANSFER_DECLINED: _patients,
    AlarmKind.REFUSALS: _callers,
    AlarmKind.SYSTEM_LET_IN: _systems,
    AlarmKind.ACCESS_GIVEN: _people,
    AlarmKind.PASSWORDS_TRIED: _people,
    AlarmKind.CODES_ASKED: _caregivers,
    AlarmKind.DEVICE_WAITS: _caregivers,
    AlarmKind.DEVICE_REFUSED: _caregivers,
    AlarmKind.RISK_LOWERING: _patients,
    AlarmKind.RISK_SUGGESTED: _patients,
}
