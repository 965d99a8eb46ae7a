"""The audit of a clinic as its leads read it: who did or saw what, newest first."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from clinic.access import Permission, choose_clinic
from clinic.models import AuditEvent, CareTeamMember, Clinic, Patient, Staff, SystemClient, User
from clinic.models.audit_event import OTHER_SYSTEM
from clinic.queries.watch import audit_words
from clinic.rules.core.cells import harmless
from clinic.rules.core.wall_clock import within_calendar

ROWS_AT_ONCE = 50
PART = 1000
HEAD = (
    *("id", "at", "actor_kind", "actor_id", "actor", "action", "subject_type", "subject_id"),
    *("patient_id", "source", "detail"),
)


@dataclass(frozen=True)
class Wanted:
    """Which rows: all of the clinic where nothing is named. Days are the clinic's, both included."""

    person: UUID | None = None
    patient: UUID | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AccessRow:
    """One act; `words` is empty where only its code is known."""

    id: int
    at: datetime
    person_id: UUID | None
    person: str
    actor_kind: str
    action: str
    words: str
    patient_id: UUID | None
    patient: str
    about: str
    source: str
    over_api: bool


@dataclass(frozen=True)
class AccessPage:
    """One page; `older` fetches the next, empty on the last one."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[AccessRow, ...]
    older: str
    people: tuple[tuple[UUID, str], ...]
    # Those that are asked for, where this clinic knows them.
    person: str
    patient: str
    # Chosen by a link: the list of people to choose from holds staff alone.
    is_of_family: bool


def page(*, user: User, clinic_slug: str, wanted: Wanted, before: str) -> AccessPage:
    """Nine queries at most, however many rows there are. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.VIEW_AUDIT)
    found = list(_before(_rows(clinic, wanted), before)[: ROWS_AT_ONCE + 1])
    shown = found[:ROWS_AT_ONCE]
    patients = _patients(clinic, [*(row.patient_id for row in shown), wanted.patient])
    people = _names(_people_of(shown, wanted)) | _names_of_systems(clinic, shown, wanted)
    team = Staff.objects.filter(clinic=clinic).order_by("user__name").values_list("user_id", "user__name")
    return AccessPage(
        clinic=clinic,
        clinics=clinics,
        rows=tuple(_row(row, people, patients) for row in shown),
        older=f"{shown[-1].at.isoformat()}~{shown[-1].pk}" if len(found) > ROWS_AT_ONCE else "",
        people=tuple(dict(team).items()),
        person=people.get(wanted.person, "") if wanted.person else "",
        patient=patients.get(wanted.patient, "") if wanted.patient else "",
        is_of_family=bool(wanted.person) and wanted.person not in {pk for pk, _name in team},
    )


def parts(*, clinic: Clinic, wanted: Wanted) -> Iterator[list[tuple[str, ...]]]:
    """All of it as cells of a table, PART rows at a time, newest first; the head comes first."""
    yield [HEAD]
    before = ""
    while found := list(_before(_rows(clinic, wanted), before)[:PART]):
        names = _names({row.actor_id for row in found if row.actor_id})
        names |= _names_of_systems(clinic, found, wanted)
        yield [_cells(row, names) for row in found]
        before = f"{found[-1].at.isoformat()}~{found[-1].pk}"


def _rows(clinic: Clinic, wanted: Wanted) -> QuerySet[AuditEvent]:
    """What a person does at no clinic, such as signing in as family, is shown where the person is known."""
    rows = AuditEvent.objects.order_by("-at", "-pk")
    if wanted.person and _is_known(wanted.person, clinic):
        rows = rows.filter(Q(clinic_id=clinic.pk) | Q(clinic_id__isnull=True))
    else:
        rows = rows.filter(clinic_id=clinic.pk)
    if wanted.person:
        rows = rows.filter(actor_id=wanted.person)
    if wanted.patient:
        rows = rows.filter(patient_id=wanted.patient)
    if actions := audit_words.actions_of(wanted.kind):
        rows = rows.filter(action__in=actions)
    zone = ZoneInfo(clinic.time_zone)
    if wanted.since:
        rows = rows.filter(at__gte=datetime.combine(within_calendar(wanted.since), time(), tzinfo=zone))
    if wanted.until:
        after = within_calendar(wanted.until) + timedelta(days=1)
        rows = rows.filter(at__lt=datetime.combine(after, time(), tzinfo=zone))
    return rows


def _before(rows: QuerySet[AuditEvent], before: str) -> QuerySet[AuditEvent]:
    """Behind the last row shown; all of them for what is no place, as it comes from an address."""
    at, _tilde, pk = before.partition("~")
    try:
        moment, last = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return rows
    if moment.tzinfo is None or moment.date() != within_calendar(moment.date()) or not 0 < last < 2**63:
        return rows
    # The first condition alone is what an index begins with.
    return rows.filter(Q(at__lt=moment) | Q(pk__lt=last), at__lte=moment)


def _is_known(person_id: UUID, clinic: Clinic) -> bool:
    family = CareTeamMember.objects.filter(user=person_id, patient__clinic=clinic)
    return Staff.objects.filter(user=person_id, clinic=clinic).exists() or family.exists()


def _people_of(rows: Iterable[AuditEvent], wanted: Wanted) -> set[UUID]:
    people = {row.actor_id for row in rows} | {wanted.person}
    return {one for one in people | {_concerned(row) for row in rows} if one}


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


def _names_of_systems(clinic: Clinic, rows: Iterable[AuditEvent], wanted: Wanted) -> dict[UUID, str]:
    """Those of this clinic that acted, or that are asked for."""
    systems = {row.actor_id for row in rows if row.actor_kind == OTHER_SYSTEM and row.actor_id}
    if wanted.person:
        systems.add(wanted.person)
    return dict(SystemClient.objects.filter(pk__in=systems, clinic=clinic).values_list("pk", "name"))


def _concerned(row: AuditEvent) -> UUID | None:
    """Whose sign-in it is about, where that is not the one who acted."""
    if row.subject_type != "user":
        return None
    try:
        return UUID(row.subject_id)
    except ValueError:
        return None


def _patients(clinic: Clinic, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    rows = Patient.objects.filter(pk__in={one for one in ids if one}, clinic=clinic, is_synthetic=False)
    return {patient.pk: patient.full_name for patient in rows}


def _row(row: AuditEvent, people: dict[UUID, str], patients: dict[UUID, str]) -> AccessRow:
    concerned = _concerned(row)
    return AccessRow(
        id=row.pk,
        at=row.at,
        person_id=row.actor_id,
        person=people.get(row.actor_id, "") if row.actor_id else "",
        actor_kind=row.actor_kind,
        action=row.action,
        words=audit_words.in_words(row.action),
        patient_id=row.patient_id if row.patient_id in patients else None,
        patient=patients.get(row.patient_id, "") if row.patient_id else "",
        about=people.get(concerned, "") if concerned and concerned != row.actor_id else "",
        source=row.source or "",
        over_api=row.detail.get("over") == "api",
    )


def _cells(row: AuditEvent, names: dict[UUID, str]) -> tuple[str, ...]:
    cells: tuple[Any, ...] = (
        row.pk,
        row.at.isoformat(timespec="milliseconds"),
        row.actor_kind,
        row.actor_id or "",
        names.get(row.actor_id, "") if row.actor_id else "",
        row.action,
        row.subject_type,
        row.subject_id,
        row.patient_id or "",
        row.source or "",
        json.dumps(row.detail, sort_keys=True) if row.detail else "",
    )
    return tuple(harmless(str(cell)) for cell in cells)
