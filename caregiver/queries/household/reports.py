"""Reports as their family sees them: who, when, how serious in words, and whether staff have seen it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from caregiver.levels import LEVEL_WORDS, WORDS_OF_THEN
from caregiver.queries.household import report_counts
from caregiver.queries.household.report_counts import ReportCounts
from clinic.access import get_report, patients_cared_for_by, reports_visible_to
from clinic.models import Escalation, EscalationEvent, Patient, Report, User
from clinic.models.checkin import CheckinState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.patient import PatientStatus
from clinic.queries.escalations.looks import first_told
from clinic.queries.reports import authors
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff
from clinic.rules.protocols.scoring.numbers import temperature_for_reader
from clinic.rules.reports import phone_levels

REPORTS_AT_ONCE = 20
# As long as a check by somebody else may save one of one's own.
RECENT = timedelta(hours=12)
RECENT_SHOWN = 3


@dataclass(frozen=True)
class ReportProgress:
    """How far the clinic is with a report. `code`: received, seen, in_hand or closed."""

    code: str
    received_at: datetime
    # A person at the clinic is to look. True while scoring has not spoken: never "nobody" too early.
    is_watched: bool
    # It came as staff had said that it might: nobody is alerted, whatever was marked.
    is_expected: bool = False
    # Staff are paged about it until one has it; when a page left, where that was asked for.
    is_paged: bool = False
    told_at: datetime | None = None
    seen_at: datetime | None = None
    # First name and role, as far as a family should know: "Nora, nurse".
    seen_by: str = ""
    in_hand_since: datetime | None = None
    closed_at: datetime | None = None
    # Measure once more then; nothing once that is done.
    recheck_at: datetime | None = None


@dataclass(frozen=True)
class ReportListItem:
    """One report in a list."""

    id: UUID
    patient: Patient
    author: str
    is_mine: bool
    level: Level | None
    level_word: str | Promise
    temperature: str
    # When it was seen; how far the clinic is with it goes by when it came.
    observed_at: datetime
    is_late: bool
    status: ReportProgress
    # Told to staff on the telephone, by `author`.
    is_told: bool = False
    # Another version has taken its place; or it has taken another's.
    is_corrected: bool = False
    is_correction: bool = False
    # The clinic says that it entered it wrongly: it counts no more.
    is_mistake: bool = False
    # And put it right: it was not about somebody else.
    is_put_right: bool = False

    @property
    def received_at(self) -> datetime:
        return self.status.received_at


@dataclass(frozen=True)
class ReportHistory:
    """Some reports, newest first, and where the next page starts."""

    reports: tuple[ReportListItem, ...]
    next_cursor: str
    counters: ReportCounts


def latest(*, patients: Iterable[Patient], by: User, count: int) -> dict[UUID, list[ReportListItem]]:
    """The last reports of each patient by when they were seen. The queries do not grow with the patients."""
    found: dict[UUID, list[ReportListItem]] = {patient.pk: [] for patient in patients}
    standing = Report.objects.standing().filter(patient__in=list(found), is_drill=False)
    newest = with_progress(standing).order_by("-observed_at", "-received_at", "-pk")
    for report in newest[: count * max(1, len(found)) * 3]:
        lines = found[report.patient_id]
        if len(lines) < count:
            lines.append(_list_item(report, by))
    return found


def recent(*, patient: Patient, by: User, now: datetime) -> tuple[ReportListItem, ...]:
    """What the household has sent in the last hours; a report that was changed since is left out."""
    lines = latest(patients=[patient], by=by, count=RECENT_SHOWN)[patient.pk]
    return tuple(one for one in lines if now - one.observed_at <= RECENT and not one.is_corrected)


def history(*, by: User, cursor: str, now: datetime) -> ReportHistory:
    """All reports on the people whom this person looks after, a page at a time."""
    # By their ids: as a part of the query PostgreSQL looks for them among the reports of everybody.
    mine = list(patients_cared_for_by(by).values_list("pk", flat=True))
    reports = with_progress(Report.objects.filter(patient__in=mine, is_drill=False))
    rows = list(_before_cursor(reports, cursor).order_by("-observed_at", "-pk")[: REPORTS_AT_ONCE + 1])
    more = len(rows) > REPORTS_AT_ONCE
    lines = tuple(_list_item(report, by) for report in rows[:REPORTS_AT_ONCE])
    last = rows[REPORTS_AT_ONCE - 1] if more else None
    next_cursor = f"{last.observed_at.isoformat()}~{last.pk}" if last else ""
    return ReportHistory(lines, next_cursor, report_counts.of_family(by=by, now=now))


def of_device(*, by: User) -> tuple[ReportListItem, ...]:
    """What was sent from the device at work while it waits, newest first."""
    reports = with_progress(reports_visible_to(by).filter(author=by, is_drill=False))
    return tuple(_list_item(one, by) for one in reports.order_by("-observed_at", "-pk")[:REPORTS_AT_ONCE])


def progress_by_id(*, by: User, report_id: UUID) -> ReportProgress:
    """How far the clinic is with one visible report; NotVisible."""
    return with_told(get_report(by, report_id))


def with_told(report: Report) -> ReportProgress:
    """How far the clinic is, with when staff were paged: for one report, since it takes two more queries."""
    progress = progress_of(report)
    if not progress.is_paged or progress.seen_at:
        return progress
    event = next(iter(report.escalation_events.all()))
    return replace(progress, told_at=first_told(event.escalation, since=report.received_at))


def progress_of(report: Report) -> ReportProgress:
    """What staff did since this report came in. A look at an earlier report is not a look at this one."""
    event = next(iter(report.escalation_events.all()), None)
    if event is None or _is_left_with_a_closed_one(event):
        watched = event is None and _level(report) is not Level.NONE
        return ReportProgress(
            "received",
            report.received_at,
            watched,
            is_expected=event is not None,
            recheck_at=_recheck_at(report),
        )
    escalation = event.escalation
    acknowledgement = first_acknowledgement(escalation, since=event.at)
    seen_at = acknowledgement.at if acknowledgement else None
    in_hand = None if seen_at or escalation.acknowledged_at is None else escalation.acknowledged_at
    code = "seen" if seen_at else "in_hand" if in_hand else "received"
    return ReportProgress(
        code="closed" if escalation.resolved_at else code,
        received_at=report.received_at,
        is_watched=True,
        is_paged=_is_paged(escalation),
        seen_at=seen_at,
        seen_by=staff_name(acknowledgement, escalation) if acknowledgement else "",
        in_hand_since=in_hand,
        closed_at=escalation.resolved_at,
        recheck_at=_recheck_at(report),
    )


def _is_paged(escalation: Escalation) -> bool:
    """A test alarm goes the same way, and pages nobody."""
    is_open = escalation.resolved_at is None and not escalation.is_drill
    return is_open and pages_staff(Level(escalation.level))


def _is_left_with_a_closed_one(event: EscalationEvent) -> bool:
    """It came as staff expected: it is on record there, and nobody looks at it."""
    closed_at = event.escalation.resolved_at
    return event.kind == Kind.EXPECTED and closed_at is not None and closed_at <= event.at


def _recheck_at(report: Report) -> datetime | None:
    recheck = getattr(report, "recheck", None)
    if recheck is None or report.patient.status == PatientStatus.DIED:
        return None
    return recheck.due_at if recheck.state == CheckinState.PLANNED else None


def first_acknowledgement(escalation: Escalation, *, since: datetime) -> EscalationEvent | None:
    """The first time from then on that somebody at the clinic took it."""
    looks = [one for one in escalation.events.all() if one.kind == Kind.ACKNOWLEDGED and one.at >= since]
    return min(looks, key=lambda one: one.at, default=None)


def staff_name(acknowledgement: EscalationEvent, escalation: Escalation) -> str:
    """Who looked, by first name and role; never by surname."""
    return name_and_role(acknowledgement.by, escalation.clinic_id) if acknowledgement.by else ""


def name_and_role(person: User, clinic_id: UUID) -> str:
    """A member of staff as families know them, such as "Nora, nurse"."""
    roles = [one for one in person.staff_roles.all() if one.clinic_id == clinic_id]
    first, *others = person.name.split() or [""]
    # A name that begins with a title, such as "Dr.", has no first name to show.
    known = first if others and not first.endswith(".") else ""
    role = str(roles[0].get_role_display()).lower() if roles else ""
    return _("%(name)s, %(role)s") % {"name": known, "role": role} if known and role else known or role


def with_progress(reports: QuerySet[Report]) -> QuerySet[Report]:
    """With everything that a line or a status needs."""
    looks = EscalationEvent.objects.select_related("by").prefetch_related("by__staff_roles")
    events = EscalationEvent.objects.select_related("escalation").prefetch_related(
        Prefetch("escalation__events", queryset=looks)
    )
    return reports.select_related(
        *("author", "told__member", "assessment", "correction", "mistake", "recheck", "patient__clinic")
    ).prefetch_related(Prefetch("escalation_events", queryset=events))


def _before_cursor(reports: QuerySet[Report], cursor: str) -> QuerySet[Report]:
    moment, _, last_id = cursor.partition("~")
    try:
        at, pk = datetime.fromisoformat(moment).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError):
        return reports
    return reports.filter(Q(observed_at__lt=at) | Q(observed_at=at, pk__lt=pk))


def _list_item(report: Report, by: User) -> ReportListItem:
    level, told, progress = _level(report), authors.told_of(report), progress_of(report)
    words = WORDS_OF_THEN if progress.code == "closed" else LEVEL_WORDS
    mistake = getattr(report, "mistake", None)
    return ReportListItem(
        id=report.pk,
        patient=report.patient,
        author=told.who if told else report.author.name,
        is_mine=authors.speaker_of(report) == by.pk,
        is_told=told is not None,
        level=level,
        level_word=words[level] if level else "",
        temperature=_temperature(report, by.temperature_unit),
        observed_at=report.observed_at,
        is_late=report.is_late,
        status=progress,
        is_corrected=hasattr(report, "correction"),
        is_correction=report.corrects_id is not None,
        is_mistake=mistake is not None,
        is_put_right=mistake is not None and not report.is_about_another,
    )


def _level(report: Report) -> Level | None:
    """The level that counts; None while nobody has scored it."""
    assessment = getattr(report, "assessment", None)
    return phone_levels.counted(assessment.level, report.level_on_phone) if assessment else None


def _temperature(report: Report, unit: str) -> str:
    """In the unit that the reader reads, whichever it was typed in."""
    value = report.answers.get("temp_value")
    if value in (None, ""):
        return ""
    return temperature_for_reader(value, report.answers.get("temp_unit") or "C", unit)
