"""Protocols of a clinic for those who change them: versions, the draft under way, what it would do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from clinic.access import Permission, can, clinics_with, get_protocol_draft
from clinic.models import Patient, ProtocolDraft, ProtocolRehearsal, ProtocolVersion, User
from clinic.models.protocol_draft import UNDER_WAY, DraftState
from clinic.protocols import default_vignettes
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff
from clinic.rules.protocols import editing
from clinic.rules.protocols.simulation.cohort import AS_ASSUMED, Mix
from clinic.rules.protocols.simulation.figures import SpanFigures, figures
from clinic.rules.protocols.simulation.tally import Tally

VERSIONS_SHOWN = 20
RULES_SHOWN = 12


@dataclass(frozen=True)
class ClinicProtocol:
    """One clinic: the version in force, earlier ones, and the draft that somebody is on."""

    clinic_id: UUID
    clinic_name: str
    versions: tuple[ProtocolVersion, ...]
    draft: ProtocolDraft | None
    may_see_draft: bool
    may_edit: bool

    @property
    def current(self) -> ProtocolVersion | None:
        return self.versions[0] if self.versions else None


@dataclass(frozen=True)
class RehearsedChange:
    """A past report that the draft scores otherwise, by name."""

    report_id: str
    patient_id: str
    patient: str
    at: datetime
    before: Level
    after: Level
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def rises(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True)
class CohortRule:
    """A rule that makes another share of an invented cohort's reports urgent than it did."""

    rule: str
    before: float
    after: float


@dataclass(frozen=True)
class CohortPart:
    """A phase, or the days to 30 or after, under the published rules and under the draft."""

    name: str
    before: SpanFigures
    after: SpanFigures
    rules: tuple[CohortRule, ...]


@dataclass(frozen=True)
class RehearsedCohort:
    """What the draft changes for invented people; the figures are there once all of them are counted.

    `mix` says in what they are like the clinic's own.
    """

    people: int
    is_done: bool
    mix: Mix = AS_ASSUMED
    phases: tuple[CohortPart, ...] = ()
    early: CohortPart | None = None
    late: CohortPart | None = None


@dataclass(frozen=True)
class Rehearsal:
    """What the draft would have done; `current` is False once the draft has been changed again."""

    is_done: bool
    since: datetime
    reports: int
    total_changes: int
    changes: tuple[RehearsedChange, ...]
    level_differences: tuple[tuple[Level, int], ...]
    pages_more: int
    pages_fewer: int
    # Each with its title, in English as the shipped cases are.
    cases: tuple[dict[str, str], ...]
    case_count: int
    viewed_by: tuple[str, ...]
    cohort: RehearsedCohort


@dataclass(frozen=True)
class DraftOverview:
    """A draft with all that its author and the second person need to judge it."""

    draft: ProtocolDraft
    clinic_name: str
    problems: tuple[str, ...]
    differences: tuple[editing.FieldChange, ...]
    fields: Mapping[str, editing.EditableField]
    items: tuple[editing.ProtocolItem, ...]
    changed_items: frozenset[str]
    rehearsal: Rehearsal | None
    rehearsal_row: ProtocolRehearsal | None
    may_edit: bool
    may_approve: bool
    is_own_work: bool
    # Everybody who saved it, in the order in which they began.
    written_by: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.draft.state in UNDER_WAY

    @property
    def is_edited(self) -> bool:
        return self.draft.state == DraftState.EDITING

    @property
    def is_submitted(self) -> bool:
        return self.draft.state == DraftState.SUBMITTED

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Shipped cases that come out differently and nobody has said why."""
        cases = self.rehearsal.cases if self.rehearsal else ()
        return tuple(case["id"] for case in cases if case["id"] not in self.draft.accepted_cases)


def overview(*, user: User) -> tuple[ClinicProtocol, ...]:
    """The clinics whose protocols this person may read. As many queries, however many there are."""
    clinics = list(clinics_with(user, Permission.READ_PROTOCOLS).order_by("name"))
    viewable = set(clinics_with(user, Permission.VIEW_PROTOCOLS).values_list("pk", flat=True))
    editable = set(clinics_with(user, Permission.EDIT_PROTOCOLS).values_list("pk", flat=True))
    versions = (
        ProtocolVersion.objects.filter(protocol__clinic__in=clinics, protocol__code="car-t")
        .select_related("protocol", "published_by")
        .defer("document")
        .order_by("-number")
    )
    drafts = (
        ProtocolDraft.objects.filter(protocol__clinic__in=clinics, state__in=UNDER_WAY)
        .select_related("protocol", "saved_by")
        .defer("document")
    )
    by_clinic: dict[UUID, list[ProtocolVersion]] = {clinic.pk: [] for clinic in clinics}
    for version in versions:
        by_clinic[version.protocol.clinic_id].append(version)
    under_way = {draft.protocol.clinic_id: draft for draft in drafts}
    return tuple(
        ClinicProtocol(
            clinic_id=clinic.pk,
            clinic_name=clinic.name,
            versions=tuple(by_clinic[clinic.pk][:VERSIONS_SHOWN]),
            draft=under_way.get(clinic.pk),
            may_see_draft=clinic.pk in viewable,
            may_edit=clinic.pk in editable,
        )
        for clinic in clinics
    )


def draft_overview(*, user: User, draft_id: UUID) -> DraftOverview:
    """One draft beside the version that it started from. NotVisible."""
    draft = get_protocol_draft(user, draft_id)
    base = draft.base_version.document
    fields = {field.place: field for field in editing.every_field(draft.document)}
    differences = editing.differences(base, draft.document)
    row = draft.rehearsals.filter(document_hash=draft.document_hash).first()
    clinic_id = draft.protocol.clinic_id
    return DraftOverview(
        draft=draft,
        clinic_name=draft.protocol.clinic.name,
        problems=editing.problems(draft.document),
        differences=differences,
        fields=fields,
        items=editing.items(draft.document),
        changed_items=frozenset(
            editing.item_key_of(fields[change.place].path, draft.document)
            for change in differences
            if change.place in fields
        ),
        rehearsal=_rehearsal(row, clinic_id) if row else None,
        rehearsal_row=row,
        may_edit=can(user, Permission.EDIT_PROTOCOLS, clinic_id),
        may_approve=can(user, Permission.APPROVE_PROTOCOLS, clinic_id),
        is_own_work=user.pk in authors(draft),
        written_by=tuple(draft.authors.order_by("first_at", "pk").values_list("user__name", flat=True)),
    )


def authors(draft: ProtocolDraft) -> set[UUID]:
    """Nobody of these approves it: who ever saved it, whoever saved it after them, and who handed it in."""
    people = {draft.created_by_id, draft.saved_by_id, draft.submitted_by_id}
    people |= set(draft.authors.values_list("user_id", flat=True))
    return {one for one in people if one}


def _rehearsal(row: ProtocolRehearsal, clinic_id: UUID) -> Rehearsal:
    named = _changes_with_names(row.changes, clinic_id)
    sums = Counter(change["after"] for change in row.changes)
    sums.subtract(Counter(change["before"] for change in row.changes))
    rises = [(Level(change["before"]), Level(change["after"])) for change in row.changes]
    return Rehearsal(
        is_done=row.finished_at is not None,
        since=row.since,
        reports=row.reports,
        total_changes=len(row.changes),
        changes=named,
        level_differences=tuple((level, sums[level]) for level in reversed(Level) if sums[level]),
        pages_more=sum(pages_staff(after) and not pages_staff(before) for before, after in rises),
        pages_fewer=sum(pages_staff(before) and not pages_staff(after) for before, after in rises),
        cases=tuple({**case, "title": _titles().get(case["id"], "")} for case in row.cases),
        case_count=row.case_count,
        viewed_by=tuple(row.views.order_by("at").values_list("user__name", flat=True)),
        cohort=_cohort(row),
    )


@lru_cache
def _titles() -> dict[str, str]:
    """What each shipped case is about."""
    return {one["id"]: one["title"] for one in default_vignettes()}


def _cohort(row: ProtocolRehearsal) -> RehearsedCohort:
    published, draft = (figures(Tally.from_json(row.cohort.get(name, {}))) for name in ("published", "draft"))
    if row.simulated_at is None:
        return RehearsedCohort(people=draft.people, is_done=False)
    before = {part.name: part for part in (*published.phases, *published.spans)}
    parts = [_part(before[one.name], one) for one in (*draft.phases, *draft.spans) if one.name in before]
    by_name = {part.name: part for part in parts}
    return RehearsedCohort(
        people=draft.people,
        is_done=True,
        mix=Mix(**row.cohort.get("mix", {})),
        phases=tuple(part for part in parts if part.name not in ("early", "late")),
        early=by_name.get("early"),
        late=by_name.get("late"),
    )


def _part(before: SpanFigures, after: SpanFigures) -> CohortPart:
    was = {one.rule: one.share or 0 for one in before.rules}
    will = {one.rule: one.share or 0 for one in after.rules}
    differing = [
        CohortRule(rule, was.get(rule, 0), will.get(rule, 0))
        for rule in was | will
        if was.get(rule, 0) != will.get(rule, 0)
    ]
    most_first = sorted(differing, key=lambda one: (-abs(one.after - one.before), one.rule))
    return CohortPart(after.name, before, after, tuple(most_first[:RULES_SHOWN]))


# Worst changes first: what would be told less urgently than it was.
CHANGES_SHOWN = 100


def _changes_with_names(changes: list[dict[str, Any]], clinic_id: UUID) -> tuple[RehearsedChange, ...]:
    found = [
        RehearsedChange(
            report_id=one["report"],
            patient_id=one["patient"],
            patient="",
            at=datetime.fromisoformat(one["at"]),
            before=Level(one["before"]),
            after=Level(one["after"]),
            added=tuple(one["added"]),
            removed=tuple(one["gone"]),
        )
        for one in changes
    ]
    shown = sorted(found, key=lambda one: (one.rises, -one.before.rank, one.at))[:CHANGES_SHOWN]
    names = {
        str(patient.pk): patient.full_name
        for patient in Patient.objects.filter(clinic=clinic_id, pk__in={one.patient_id for one in shown})
    }
    return tuple(RehearsedChange(**{**vars(one), "patient": names.get(one.patient_id, "")}) for one in shown)
