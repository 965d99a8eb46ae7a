"""Reports as their family sees them: who, when, how serious in words, and whether staff have seen it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise

from caregiver.levels import LEVEL_WORDS
from clinic.access import get_report, patients_cared_for_by
from clinic.models import EscalationEvent, Patient, Report, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.enums import Level

PAGE_SIZE = 20


@dataclass(frozen=True)
class Status:
    """How far the clinic is with a report. `code`: received, seen, in_hand or closed."""

    code: str
    received_at: datetime
    # A person at the clinic is to look. True while scoring has not spoken: never "nobody" too early.
    is_watched: bool
    seen_at: datetime | None = None
    in_hand_since: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One report in a list."""

    id: UUID
    patient: Patient
    author: str
    is_mine: bool
    level: Level | None
    level_word: str | Promise
    temperature: str
    status: Status

    @property
    def received_at(self) -> datetime:
        return self.status.received_at


@dataclass(frozen=True)
class HistoryPage:
    """Some reports, newest first, and where the next page starts."""

    lines: tuple[Line, ...]
    next_cursor: str


def latest(*, patients: Iterable[Patient], by: User, count: int) -> dict[UUID, list[Line]]:
    """The last few reports of each patient; the number of queries does not grow with the patients."""
    found: dict[UUID, list[Line]] = {patient.pk: [] for patient in patients}
    newest = with_all(Report.objects.filter(patient__in=list(found), is_drill=False)).order_by(
        "-received_at", "-pk"
    )
    for report in newest[: count * max(1, len(found)) * 3]:
        lines = found[report.patient_id]
        if len(lines) < count:
            lines.append(_line(report, by))
    return found


def history(*, by: User, cursor: str) -> HistoryPage:
    """All reports on the people whom this person looks after, a page at a time."""
    mine = patients_cared_for_by(by).values("pk")
    reports = with_all(Report.objects.filter(patient__in=mine, is_drill=False))
    rows = list(_before(reports, cursor).order_by("-received_at", "-pk")[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    lines = tuple(_line(report, by) for report in rows[:PAGE_SIZE])
    last = rows[PAGE_SIZE - 1] if more else None
    return HistoryPage(lines, f"{last.received_at.isoformat()}~{last.pk}" if last else "")


def status(*, by: User, report_id: UUID) -> Status:
    """How far the clinic is with one visible report; NotVisible."""
    return status_of(get_report(by, report_id))


def status_of(report: Report) -> Status:
    """What staff did since this report came in. A look at an earlier report is not a look at this one."""
    event = next(iter(report.escalation_events.all()), None)
    if event is None:
        return Status("received", report.received_at, is_watched=_level(report) is not Level.NONE)
    escalation = event.escalation
    looks = [one.at for one in escalation.events.all() if one.kind == Kind.ACKNOWLEDGED]
    seen_at = min((at for at in looks if at >= event.at), default=None)
    in_hand = None if seen_at or escalation.acknowledged_at is None else escalation.acknowledged_at
    code = "seen" if seen_at else "in_hand" if in_hand else "received"
    return Status(
        code="closed" if escalation.resolved_at else code,
        received_at=report.received_at,
        is_watched=True,
        seen_at=seen_at,
        in_hand_since=in_hand,
        closed_at=escalation.resolved_at,
    )


def with_all(reports: QuerySet[Report]) -> QuerySet[Report]:
    """With everything that a line or a status needs."""
    events = EscalationEvent.objects.select_related("escalation").prefetch_related("escalation__events")
    return reports.select_related("author", "assessment", "patient__clinic").prefetch_related(
        Prefetch("escalation_events", queryset=events)
    )


def _before(reports: QuerySet[Report], cursor: str) -> QuerySet[Report]:
    moment, _, last_id = cursor.partition("~")
    try:
        at, pk = datetime.fromisoformat(moment).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError):
        return reports
    return reports.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))


def _line(report: Report, by: User) -> Line:
    level = _level(report)
    return Line(
        id=report.pk,
        patient=report.patient,
        author=report.author.name,
        is_mine=report.author_id == by.pk,
        level=level,
        level_word=LEVEL_WORDS[level] if level else "",
        temperature=_temperature(report),
        status=status_of(report),
    )


def _level(report: Report) -> Level | None:
    """What scoring decided; None while it has not."""
    assessment = getattr(report, "assessment", None)
    return Level(assessment.level) if assessment else None


def _temperature(report: Report) -> str:
    """As it was typed, with its unit."""
    value = report.answers.get("temp_value")
    return f"{value} °{report.answers.get('temp_unit') or 'C'}" if value not in (None, "") else ""
