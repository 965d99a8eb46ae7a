"""One patient's timeline, newest first: reports, worries, calls, alerts, life events, texts, staff's acts.

A cursor holds a moment and how many entries of that moment were shown. So no source needs to know the
others, and older entries cost as much as new ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import AuditEvent, EscalationEvent, FactCorrection, Patient, PhoneCall, User, Worry
from clinic.models.escalation import Cause, EscalationState, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.phone_call import CallDirection
from clinic.queries.core.moments import local_day_and_clock
from clinic.queries.escalations import history
from clinic.queries.patients import changes, clinic_transfers, family_texts, life_events
from clinic.queries.reports import listing
from clinic.rules.core.enums import Level
from notifications import queries as messages

ENTRIES_AT_ONCE = 25
# What staff write down so long after it happened carries both moments.
RECORDED_LATE_AFTER = timedelta(hours=1)

# A report stands for itself, with its level; single pages are on the escalation's own page, where a night
# of them is one line.
_SHOWN_ELSEWHERE = (Kind.REPORT_ATTACHED, Kind.IMPROVED, Kind.PAGED)
_ICONS = {
    Kind.OPENED: "bell",
    Kind.ROSE: "bell",
    Kind.WORSENED: "bell",
    Kind.LEASE_ENDED: "bell",
    Kind.RELEASED: "bell",
    Kind.ANSWER_OWED: "bell",
    Kind.LEAD_TEXTED: "bell",
    Kind.SNOOZE_ENDED: "bell",
    Kind.SNOOZED: "moon",
    Kind.CALLED: "phone",
    Kind.CALLED_IN_VAIN: "phone",
    Kind.COULD_NOT_REACH: "phone",
    Kind.NOTE: "note",
    Kind.RESOLVED: "closed",
    Kind.LOWERED: "edit",
    Kind.ENTERED_IN_ERROR: "edit",
    Kind.CAUSE_ADDED: "bell",
    Kind.ACKNOWLEDGED: "person",
    Kind.TAKEN_OVER: "person",
}


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. `who` is empty where the system acted; `icon` names one of ours."""

    at: datetime
    icon: str
    label: str
    who: str = ""
    text: str = ""
    level: Level | None = None
    escalation_id: UUID | None = None
    is_open: bool = False
    report: listing.ReportLine | None = None


class TimelineKind(models.TextChoices):
    """What somebody may ask for alone."""

    REPORTS = "reports", gettext_lazy("Reports")
    ALERTS = "alerts", gettext_lazy("Alerts")
    CALLS = "calls", gettext_lazy("Calls and worries")
    TEXTS = "texts", gettext_lazy("Texts")
    STAFF = "staff", gettext_lazy("Changes by staff")


@dataclass(frozen=True)
class Timeline:
    """One page; `older` is the key that fetches the next, empty on the last one.

    `kind` is what is shown alone, empty where everything is.
    """

    entries: tuple[TimelineEntry, ...]
    older: str
    is_newest: bool
    kind: str = ""
    kinds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Cursor:
    """Where a page begins: at that moment, so many of whose entries were shown before."""

    until: datetime | None
    shown: int = 0


def of_patient(
    *, patient: Patient, language: str, older_than: str, size: int | None = None, kind: str = ""
) -> Timeline:
    """One page of a patient whom the caller may see, of one kind or of all.

    An unreadable key means the newest page, an unknown kind all of them.
    """
    size = size or ENTRIES_AT_ONCE
    kind = kind if kind in TimelineKind.values else ""
    cut = _parse_cursor(older_than)
    asked = size + cut.shown + 1
    until = cut.until
    sources: tuple[tuple[TimelineKind, Callable[[], Iterable[TimelineEntry]]], ...] = (
        (TimelineKind.ALERTS, lambda: _event_entries(patient, until, asked)),
        (TimelineKind.REPORTS, lambda: _report_entries(patient, language, until, asked)),
        (TimelineKind.CALLS, lambda: _worry_entries(patient, until, asked)),
        (TimelineKind.CALLS, lambda: _call_entries(patient, until, asked)),
        (TimelineKind.TEXTS, lambda: _text_entries(patient, until, asked)),
        (TimelineKind.STAFF, lambda: _staff_entries(patient, language, until, asked)),
        (TimelineKind.STAFF, lambda: _correction_entries(patient, until, asked)),
        (TimelineKind.STAFF, lambda: _life_entries(patient, until)),
        (TimelineKind.STAFF, lambda: _arrival_entries(patient, until)),
    )
    found = [entry for of_kind, entries in sources if kind in ("", of_kind) for entry in entries()]
    # Stable: at one moment what follows from a report stands above it, on every page.
    found.sort(key=attrgetter("at"), reverse=True)
    begin = min(cut.shown, sum(one.at == until for one in found))
    shown = found[begin : begin + size]
    older = _cursor_after(found[: begin + size]) if len(found) > begin + size else ""
    kinds = tuple((one.value, str(one.label)) for one in TimelineKind)
    return Timeline(tuple(shown), older, until is None, kind, kinds)


def _parse_cursor(key: str) -> _Cursor:
    """The key comes from an address that people may cut short."""
    at, _sep, shown = key.partition("_")
    try:
        until, count = datetime.fromisoformat(at), int(shown)
    except ValueError:
        return _Cursor(None)
    if timezone.is_naive(until) or not 0 < count <= 1000:
        return _Cursor(None)
    return _Cursor(until, count)


def _cursor_after(seen: list[TimelineEntry]) -> str:
    last = seen[-1].at
    return f"{last.isoformat()}_{sum(one.at == last for one in seen)}"


def _report_entries(
    patient: Patient, language: str, until: datetime | None, size: int
) -> Iterable[TimelineEntry]:
    for report in listing.newest(patient=patient, language=language, until=until, size=size):
        yield TimelineEntry(
            # Where it stands is when it was seen; when it came stands beside.
            at=report.observed_at,
            icon="list",
            label=_report_label(report),
            who=report.author_name,
            text=" · ".join(dict.fromkeys(fired.why for fired in report.reasons)),
            level=report.level,
            report=report,
        )


def _report_label(report: listing.ReportLine) -> str:
    if report.is_told:
        return _("Report by telephone")
    return _("Changed report") if report.corrects_at else _("Report")


def _call_entries(patient: Patient, until: datetime | None, size: int) -> Iterable[TimelineEntry]:
    """A call that is in an alert's log stands there."""
    rows = PhoneCall.objects.filter(patient=patient, contact=None).select_related("by")
    if until is not None:
        rows = rows.filter(at__lte=until)
    for row in rows.order_by("-at", "-pk")[:size]:
        person = f"{row.who} ({row.relation})" if row.relation else row.who
        late = row.noted_at - row.at >= RECORDED_LATE_AFTER
        noted = _("Recorded %(at)s") % {"at": _clock(row.noted_at)} if late else ""
        yield TimelineEntry(
            at=row.at,
            icon="phone",
            label=_call_label(row),
            who=row.by.name,
            text="\n".join(filter(None, [person, row.words, noted])),
        )


def _call_label(row: PhoneCall) -> str:
    if row.direction == CallDirection.IN:
        return str(CallDirection.IN.label)
    return str(Kind.CALLED.label if row.reached else Kind.CALLED_IN_VAIN.label)


def _worry_entries(patient: Patient, until: datetime | None, size: int) -> Iterable[TimelineEntry]:
    rows = Worry.objects.filter(patient=patient).select_related("author", "escalation")
    if until is not None:
        rows = rows.filter(received_at__lte=until)
    for row in rows.order_by("-received_at", "-pk")[:size]:
        yield TimelineEntry(
            at=row.received_at,
            icon="phone",
            label=_("Very worried, asks to be called") if row.is_strong else _("Worried, asks to be called"),
            who=row.author.name,
            text=row.words,
            escalation_id=row.escalation_id,
            is_open=row.called_back_at is None
            and row.escalation is not None
            and row.escalation.state != EscalationState.RESOLVED,
        )


def _event_entries(patient: Patient, until: datetime | None, size: int) -> Iterable[TimelineEntry]:
    rows = EscalationEvent.objects.filter(escalation__patient=patient, escalation__is_drill=False)
    rows = rows.exclude(kind__in=_SHOWN_ELSEWHERE)
    # A worry stands for itself too.
    rows = rows.exclude(kind=Kind.CAUSE_ADDED, cause=Cause.WORRY)
    if until is not None:
        rows = rows.filter(at__lte=until)
    rows = rows.select_related("escalation", "by", "report__author", "report__told").defer("report__answers")
    for row in rows.order_by("-at", "-pk")[:size]:
        line, escalation = history.history_line(row), row.escalation
        text = line.text
        if row.kind == Kind.RESOLVED and escalation.outcome:
            text = "\n".join(filter(None, [str(Outcome(escalation.outcome).label), text]))
        yield TimelineEntry(
            at=line.at,
            icon=_ICONS.get(Kind(line.kind), "people"),
            label=line.label,
            who=line.by,
            text=text,
            level=line.level,
            escalation_id=escalation.pk,
            is_open=row.kind == Kind.OPENED and escalation.state != EscalationState.RESOLVED,
        )


def _text_entries(patient: Patient, until: datetime | None, size: int) -> Iterable[TimelineEntry]:
    names, spans = family_texts.numbers(patient)
    for one in messages.exchanged(spans=spans, until=until, size=size):
        name = names.get(one.phone, "")
        if one.is_inbound:
            yield TimelineEntry(
                at=one.at, icon="message", label=_("Text from the family"), who=name, text=one.purpose
            )
        else:
            label = f"{one.channel}: {one.purpose}"
            who = _("to %(name)s") % {"name": name}
            yield TimelineEntry(at=one.at, icon="message", label=label, who=who, text=one.state)


def _staff_entries(
    patient: Patient, language: str, until: datetime | None, size: int
) -> Iterable[TimelineEntry]:
    """Of the trail, which keeps codes and numbers only; why it pauses is on the page while it lasts."""
    labels = {
        "patient.paused": _("Monitoring paused"),
        "patient.resumed": _("Monitoring started again"),
        "patient.monitoring_started": _("Monitoring started"),
        "patient.infusion_moved": _("Day of infusion moved"),
        changes.FACTS_CHANGED: _("Risks changed"),
        changes.BASELINE_STORED: _("Usual values stored"),
        changes.HOME_CHECK_BASELINE_SET: _("Usual values stored"),
    }
    rows = AuditEvent.objects.filter(patient_id=patient.pk, action__in=list(labels))
    if until is not None:
        rows = rows.filter(at__lte=until)
    found = list(rows.order_by("-at", "-pk")[:size])
    names = dict(User.objects.filter(pk__in={row.actor_id for row in found}).values_list("pk", "name"))
    for row in found:
        who = names.get(row.actor_id, "") if row.actor_id else ""
        icon = "moon" if row.action in ("patient.paused", "patient.resumed") else "edit"
        text = changes.in_words(row, patient, language)
        yield TimelineEntry(at=row.at, icon=icon, label=labels[row.action], who=who, text=text)


def _correction_entries(patient: Patient, until: datetime | None, size: int) -> Iterable[TimelineEntry]:
    rows = FactCorrection.objects.filter(patient=patient).select_related("by")
    if until is not None:
        rows = rows.filter(at__lte=until)
    for row in rows.order_by("-at", "-pk")[:size]:
        text = "\n".join([*changes.correction_in_words(row), row.reason])
        yield TimelineEntry(at=row.at, icon="edit", label=_("Facts corrected"), who=row.by.name, text=text)


def _life_entries(patient: Patient, until: datetime | None) -> Iterable[TimelineEntry]:
    """Where it stands is when it happened. A mistake is its own entry, at the moment at which it was seen."""
    for row in life_events.of_patient(patient):
        if until is None or row.at <= until:
            late = row.recorded_at - row.at >= RECORDED_LATE_AFTER
            noted = _("Recorded %(at)s") % {"at": _clock(row.recorded_at)} if late else ""
            yield TimelineEntry(
                at=row.at,
                icon="person",
                label=_("%(event)s (taken back)") % {"event": row.get_kind_display()}
                if row.taken_back_at
                else row.get_kind_display(),
                who=row.recorded_by.name,
                text="\n".join(filter(None, [row.reason, noted])),
                escalation_id=row.escalation_id,
            )
        if row.taken_back_at and row.taken_back_by and (until is None or row.taken_back_at <= until):
            yield TimelineEntry(
                at=row.taken_back_at,
                icon="edit",
                label=_("Taken back: %(event)s") % {"event": row.get_kind_display()},
                who=row.taken_back_by.name,
                text=row.taken_back_reason,
            )


def _arrival_entries(patient: Patient, until: datetime | None) -> Iterable[TimelineEntry]:
    """At the clinic that has taken over: from where, and by whom."""
    found = clinic_transfers.arrival(patient)
    if found and (until is None or found.at <= until):
        label = _("Taken over from %(clinic)s") % {"clinic": found.from_clinic}
        yield TimelineEntry(at=found.at, icon="person", label=label, who=found.by)


def _clock(at: datetime) -> str:
    return local_day_and_clock(timezone.localtime(at))
