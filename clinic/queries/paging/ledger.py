"""The suppression ledger: everything that should page, and what came of it, counted from both ends.

What should page is read from the assessments of reports, from the phone's word about them and from the
causes without a report; what came of it, from the pages that left and the rows that say why none did.
Practice and the weekly test are in neither.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from clinic.access import Permission, choose_clinic
from clinic.models import (
    Assessment,
    Clinic,
    Escalation,
    EscalationEvent,
    LedgerDay,
    Page,
    Suppression,
    User,
)
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.models.page import PageState
from clinic.models.suppression import SuppressionRule
from clinic.queries.patients import look_alikes
from clinic.queries.patients.look_alikes import Mark
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff
from notifications.queries import states_of
from notifications.rules.states import TAKEN, State

DAYS_A_WEEK = 7
# An alarm younger than this may not have had its first page yet.
FIRST_PAGE_WITHIN = timedelta(minutes=5)
ROWS_SHOWN = 200
_NUMBERS = ("alarms", "paged", "answered_first", "held_back", "unaccounted", "lost_pages")
_PAGING = [level.value for level in Level if pages_staff(level)]
_NOT_TAKEN = "not_taken"
# Whoever records a death closes what is open without having taken it.
_ANSWERED = (EventKind.ACKNOWLEDGED, EventKind.RESOLVED)
_STARTED = frozenset({EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED})


@dataclass(frozen=True)
class UnaccountedAlarm:
    """Should have paged; neither a page nor a reason is on record."""

    at: datetime
    patient_id: UUID
    patient_name: str
    escalation_id: UUID | None
    mark: Mark | None = None


@dataclass(frozen=True)
class Tally:
    """A stretch of time, counted: `alarms` is what should page, the others are what came of it."""

    alarms: int = 0
    paged: int = 0
    answered_first: int = 0
    held_back: int = 0
    missing: tuple[UnaccountedAlarm, ...] = ()
    lost_pages: int = 0

    @property
    def unaccounted(self) -> int:
        return len(self.missing)


@dataclass(frozen=True)
class DayCount:
    """One column of the week: counted in the night after it; today, and where no night has counted, now."""

    day: date
    alarms: int
    paged: int
    answered_first: int
    held_back: int
    unaccounted: int
    lost_pages: int
    is_today: bool = False

    @property
    def is_right(self) -> bool:
        return not (self.unaccounted or self.lost_pages)


@dataclass(frozen=True)
class HeldBack:
    """A page that did not go out at once: to whom it would have gone, about whom, why not, what then."""

    at: datetime
    whom: str
    patient_name: str
    escalation_id: UUID | None
    rule: str
    reason: str
    sent_later_at: datetime | None
    answered_first: bool
    mark: Mark | None = None


@dataclass(frozen=True)
class LedgerWeek:
    """One clinic's week."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    monday: date
    earlier: date
    later: date | None
    days: tuple[DayCount, ...]
    missing: tuple[UnaccountedAlarm, ...]
    rules: tuple[tuple[str, int], ...]
    held_back: tuple[HeldBack, ...]
    held_back_total: int

    @cached_property
    def total(self) -> DayCount:
        """The sum of the days."""
        sums = {name: sum(getattr(day, name) for day in self.days) for name in _NUMBERS}
        return DayCount(day=self.monday, **sums)


def week(*, user: User, clinic_slug: str, week_of: date | None, now: datetime) -> LedgerWeek:
    """The week that holds the day, or the last whole one; of the named clinic or the first. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.VIEW_PATIENTS)
    today = now.astimezone(ZoneInfo(clinic.time_zone)).date()
    shown = min(week_of or today - timedelta(days=DAYS_A_WEEK), today)
    monday = monday_of(shown)
    days, missing = _days(clinic, monday, now)
    marks = look_alikes.marks_of_ids(one.patient_id for one in missing)
    start, end = bounds(clinic, monday)[0], bounds(clinic, monday + timedelta(days=DAYS_A_WEEK - 1))[1]
    rows = suppressions_of(clinic.pk, start, end)
    return LedgerWeek(
        clinic=clinic,
        clinics=clinics,
        monday=monday,
        earlier=monday - timedelta(days=DAYS_A_WEEK),
        later=monday + timedelta(days=DAYS_A_WEEK) if monday + timedelta(days=DAYS_A_WEEK) <= today else None,
        days=days,
        missing=tuple(replace(one, mark=marks.get(one.patient_id)) for one in missing),
        rules=_by_rule(rows),
        held_back=_held_back(rows.order_by("-at", "-pk")[:ROWS_SHOWN]),
        held_back_total=rows.count(),
    )


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def bounds(clinic: Clinic, day: date) -> tuple[datetime, datetime]:
    """From the first to the last moment of a day by the clinic's clock."""
    zone = ZoneInfo(clinic.time_zone)
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def suppressions_of(clinic_id: UUID, start: datetime, end: datetime) -> QuerySet[Suppression]:
    """What was held back about real patients in this time."""
    return Suppression.objects.filter(clinic=clinic_id, at__gte=start, at__lt=end).exclude(
        Q(patient__is_synthetic=True) | Q(escalation__is_drill=True)
    )


def count_alarms(clinic: Clinic, start: datetime, end: datetime) -> Tally:
    """Count what came in from `start` up to but not at `end`: a fixed number of queries."""
    scored, of_reports = _paging_reports(clinic, start, end)
    events = [*of_reports, *_events_without_report(clinic, start, end)]
    fates = _outcomes_by_event(events)
    by_report = {event.report_id: event for event in events if event.report_id}
    without_event = [one for one in scored if one.report_id not in by_report]
    reports_held_back = _of_the_dead(without_event)
    unaccounted = [one for one in without_event if one not in reports_held_back]
    lost = [_unaccounted_report(one) for one in unaccounted]
    lost += [_unaccounted_event(event) for event in events if fates[event.pk] == "missing"]
    beside = _causes_held_back(clinic, start, end)
    outcomes = list(fates.values())
    return Tally(
        alarms=len(events) + beside + len(reports_held_back) + len(unaccounted),
        paged=outcomes.count("paged"),
        answered_first=outcomes.count("answered_first"),
        held_back=outcomes.count("held_back") + beside + len(reports_held_back),
        missing=tuple(sorted(lost, key=lambda one: one.at)),
        lost_pages=_lost_pages({event.escalation_id for event in events}),
    )


def _causes_held_back(clinic: Clinic, start: datetime, end: datetime) -> int:
    """Causes without a report for which nothing was opened, so that only the row tells of them."""
    rows = suppressions_of(clinic.pk, start, end).filter(event=None, escalation=None, page=None)
    alone = rows.filter(rule__in=[SuppressionRule.PAUSED, SuppressionRule.IN_HOSPITAL]).count()
    # A report of somebody who had died has such a row, too, written at the moment of its scoring.
    scored = Assessment.objects.filter(report__patient=OuterRef("patient"), assessed_at=OuterRef("at"))
    return alone + rows.filter(~Exists(scored), rule=SuppressionRule.DIED).count()


def _of_the_dead(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Those that would have paged, had the patient not died."""
    found = list(assessments)
    rows = Suppression.objects.filter(
        rule=SuppressionRule.DIED, patient__in=[one.report.patient_id for one in found]
    )
    held = set(rows.values_list("patient_id", "at")) if found else set()
    return [one for one in found if (one.report.patient_id, one.assessed_at) in held]


def counted_columns(counted: Tally | LedgerDay) -> dict[str, int]:
    """What was counted, by name: the columns of a stored day, and of one on the page."""
    return {name: getattr(counted, name) for name in _NUMBERS}


def _paging_reports(
    clinic: Clinic, start: datetime, end: datetime
) -> tuple[list[Assessment], list[EscalationEvent]]:
    """Reports that should page, by the rules or by the phone's word, and their events.

    A word that came after the report had entered an escalation below that is a cause of its own.
    """
    scored = _paging_assessments(clinic, start, end)
    events = _events_of_reports([one.report_id for one in scored])
    by_phone = {one.report_id for one in scored if one.level not in _PAGING}
    later = {one.report_id for one in events if one.report_id in by_phone and one.level not in _PAGING}
    return (
        [one for one in scored if one.report_id not in later],
        [one for one in events if one.report_id not in later],
    )


def _paging_assessments(clinic: Clinic, start: datetime, end: datetime) -> list[Assessment]:
    rows = Assessment.objects.filter(
        Q(level__in=_PAGING) | Q(report__level_on_phone__in=_PAGING),
        report__patient__clinic=clinic,
        report__patient__is_synthetic=False,
        report__is_drill=False,
        report__received_at__gte=start,
        report__received_at__lt=end,
    )
    return list(rows.select_related("report__patient").defer("inputs", "reasons", "report__answers"))


def _events_of_reports(report_ids: list[UUID]) -> list[EscalationEvent]:
    rows = EscalationEvent.objects.filter(report__in=report_ids)
    return list(rows.select_related("escalation__patient", "suppression"))


def _events_without_report(clinic: Clinic, start: datetime, end: datetime) -> list[EscalationEvent]:
    rows = EscalationEvent.objects.filter(
        escalation__clinic=clinic,
        escalation__is_drill=False,
        escalation__patient__is_synthetic=False,
        at__gte=start,
        at__lt=end,
        level__in=_PAGING,
    ).exclude(cause="")
    return list(rows.select_related("escalation__patient", "suppression"))


def _outcomes_by_event(events: list[EscalationEvent]) -> dict[int, str]:
    """By event: paged, answered_first, held_back or missing."""
    started = {event.escalation_id for event in events if event.kind in _STARTED}
    rows = list(
        Page.objects.filter(escalation__in=started).values_list(
            "escalation_id", "created_at", "state", "message_id"
        )
    )
    told = states_of(message_id for *_, message_id in rows if message_id)
    pages = [
        (owner, at, _standing(state, told.get(message_id) if message_id else None))
        for owner, at, state, message_id in rows
    ]
    acknowledgements = list(
        EscalationEvent.objects.filter(escalation__in=started, kind__in=_ANSWERED).values_list(
            "escalation_id", "at"
        )
    )
    return {event.pk: _outcome_of_event(event, pages, acknowledgements) for event in events}


def _outcome_of_event(
    event: EscalationEvent,
    pages: Iterable[tuple[UUID, datetime, str]],
    taken: Iterable[tuple[UUID, datetime]],
) -> str:
    # What somebody expects may open or raise something below urgent: it is held back all the same.
    if hasattr(event, "suppression"):
        return "held_back"
    if event.kind not in _STARTED:
        return "missing"
    later = {state for owner, at, state in pages if owner == event.escalation_id and at >= event.at}
    if PageState.SENT in later:
        return "paged"
    was_taken = any(owner == event.escalation_id and at >= event.at for owner, at in taken)
    nothing_left = bool(later) and later <= {PageState.CANCELLED, _NOT_TAKEN}
    return "answered_first" if was_taken and nothing_left else "missing"


def _standing(state: str, message: State | None) -> str:
    """A page went out when the phone company took it, or a mail server in its place, not when our outbox did.

    One that the outbox took back, because a person had answered, never left. What failed, expired or was
    never confirmed is neither: if no other page of its chain went out, nobody can say that anybody was paged.
    """
    if state != PageState.SENT or message is None or message in TAKEN:
        return state
    return PageState.CANCELLED if message is State.SUPPRESSED else _NOT_TAKEN


def _lost_pages(escalation_ids: Iterable[UUID]) -> int:
    """Pages of one escalation are numbered from 1 without a gap; one that is missing was deleted."""
    numbered = Page.objects.filter(escalation__in=list(escalation_ids)).values("escalation")
    rows = numbered.annotate(last=Max("number"), there=Count("pk")).values_list("last", "there")
    return sum(last - there for last, there in rows)


def _unaccounted_report(one: Assessment) -> UnaccountedAlarm:
    patient = one.report.patient
    return UnaccountedAlarm(one.report.received_at, patient.pk, patient.full_name, None)


def _unaccounted_event(event: EscalationEvent) -> UnaccountedAlarm:
    escalation: Escalation = event.escalation
    return UnaccountedAlarm(event.at, escalation.patient_id, escalation.patient.full_name, escalation.pk)


def _days(
    clinic: Clinic, monday: date, now: datetime
) -> tuple[tuple[DayCount, ...], tuple[UnaccountedAlarm, ...]]:
    """What the nights have counted; what no night has counted yet, or counted wrong, is looked at now."""
    today = now.astimezone(ZoneInfo(clinic.time_zone)).date()
    counted = {
        row.day: row for row in clinic.ledger_days.filter(day__range=(monday, monday + timedelta(days=6)))
    }
    days: list[DayCount] = []
    missing: list[UnaccountedAlarm] = []
    for day in (monday + timedelta(days=n) for n in range(DAYS_A_WEEK)):
        row = counted.get(day)
        if day > today:
            break
        if row is None or not row.is_right:
            start, end = bounds(clinic, day)
            tally = count_alarms(clinic, start, min(end, now - FIRST_PAGE_WITHIN))
            missing += tally.missing
        days.append(DayCount(day=day, is_today=day == today, **counted_columns(row or tally)))
    return tuple(days), tuple(missing)


def _by_rule(rows: QuerySet[Suppression]) -> tuple[tuple[str, int], ...]:
    counts = rows.order_by().values("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    return tuple((str(SuppressionRule(row["rule"]).label), row["n"]) for row in counts)


def _held_back(found: QuerySet[Suppression]) -> tuple[HeldBack, ...]:
    rows = list(found.select_related("would_page__user", "patient", "page"))
    marks = look_alikes.marks_of(row.patient for row in rows if row.patient)
    return tuple(
        HeldBack(
            at=row.at,
            whom=row.would_page.user.name if row.would_page else "",
            patient_name=row.patient.full_name if row.patient else "",
            escalation_id=row.escalation_id,
            rule=row.rule,
            reason=row.get_rule_display(),
            sent_later_at=row.page.sent_at if row.page and not _is_lost(row) else None,
            answered_first=bool(row.page and row.page.state == PageState.CANCELLED and not _is_lost(row)),
            mark=marks.get(row.patient_id) if row.patient_id else None,
        )
        for row in rows
    )


def _is_lost(row: Suppression) -> bool:
    """Whether its page never left, because a newer one did."""
    return row.rule == SuppressionRule.OVERTAKEN
