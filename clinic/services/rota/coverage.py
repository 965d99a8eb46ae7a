"""Looks for gaps in the rota, for people on it who do not count as coverage, and for a chain without people.

What is wrong is an alarm on the console until it is filled. The leads are texted when it begins and every
morning from then on (rules/rota/lead_texts).
"""

import logging
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Clinic, Patient, Staff, SystemAlarm
from clinic.models.rota import LayerName
from clinic.models.staff import Role
from clinic.models.system_alarm import AlarmKind
from clinic.queries.paging import ladders
from clinic.queries.rota import on_call, shift_rows
from clinic.rules.paging.ladder import BOTH_ROLES, PAGED_LEVELS
from clinic.rules.patients.life_events import OVER
from clinic.rules.rota import lead_texts, shifts
from clinic.rules.rota.shifts import Layer
from clinic.services.core import alarms, staff_texts

logger = logging.getLogger(__name__)

# Two weeks: long enough to ask somebody to swap.
LOOK_AHEAD = timedelta(days=14)
# The worst first: the text to the leads names the first of them.
KINDS = (AlarmKind.NO_ON_CALL, AlarmKind.NO_ROLE_ON_CALL, AlarmKind.ROTA_GAP, AlarmKind.UNREACHABLE)
_GAP_FORMAT = "%Y%m%dT%H%MZ"


def check(*, now: datetime) -> int:
    """Check every clinic; returns how many alarms are open. One clinic's trouble stops no other's check."""
    found = 0
    for clinic in Clinic.objects.all():
        try:
            found += check_clinic(clinic=clinic, now=now)
            _text_leads(clinic, now)
        except Exception:
            logger.exception("a rota cannot be checked", extra={"clinic_id": str(clinic.pk)})
    return found


@transaction.atomic
def check_clinic(*, clinic: Clinic, now: datetime) -> int:
    """Raise what is wrong in the next two weeks and clear what is right again; how many are open."""
    end = now + LOOK_AHEAD
    found = shift_rows.load(clinics=[clinic], start=now, end=end)[clinic.pk]
    standing = on_call.standing_lists([clinic.pk]).get(clinic.pk, [])
    planned = {span.staff for layer in Layer for span in found.timeline(layer, now, end)}
    people = {staff.pk: staff for staff in (*(found.people[pk] for pk in planned), *standing)}
    chain = [one for one in on_call.staff_in_order(clinic.pk, now) if on_call.is_reachable(one)]
    is_open = _open_subjects(clinic)
    wrong = {
        AlarmKind.ROTA_GAP: {_gap_subject(gap, now) for gap in first_gaps(clinic, found, now, end)},
        AlarmKind.UNREACHABLE: {
            str(pk) for pk, staff in people.items() if not on_call.is_covering(staff, now)
        },
        AlarmKind.NO_ON_CALL: _nobody(clinic, found, chain, is_open[AlarmKind.NO_ON_CALL]),
        AlarmKind.NO_ROLE_ON_CALL: _missing_roles(clinic, chain, is_open[AlarmKind.NO_ROLE_ON_CALL]),
    }
    for kind in KINDS:
        _sync_alarms(clinic, kind, is_open[kind], wrong[kind], now)
    return sum(map(len, wrong.values()))


def first_gaps(clinic: Clinic, found: shift_rows.Rota, start: datetime, end: datetime) -> list[shifts.Gap]:
    """The first gap of each layer that must be filled; none while the clinic keeps no rota."""
    if not found.is_used:
        return []
    gaps = (on_call.gaps(found, layer, start, end)[:1] for layer in on_call.filled_layers(clinic))
    return [gap for some in gaps for gap in some]


def _nobody(clinic: Clinic, found: shift_rows.Rota, chain: Collection[Staff], is_open: set[str]) -> set[str]:
    """An empty chain, at a clinic that looks after somebody or has begun to keep a rota."""
    if chain:
        return set()
    at_home = Patient.objects.filter(clinic=clinic, is_synthetic=False).exclude(status__in=OVER)
    return {""} if is_open or found.is_used or at_home.exists() else set()


def _missing_roles(clinic: Clinic, chain: Collection[Staff], is_open: set[str]) -> set[str]:
    """The roles that must answer by the clinic's ladder, or by one that runs, and that nobody has."""
    ladder = ladders.of_clinic(clinic.pk)
    asked = any(ladder.rung(level).both_roles for level in PAGED_LEVELS) or bool(ladder.both_roles_rules)
    # An empty chain is an alarm of its own.
    wanted = set(BOTH_ROLES) if asked and chain else set()
    return (wanted | is_open) - {staff.role for staff in chain}


def _gap_subject(gap: shifts.Gap, now: datetime) -> str:
    """Such as primary:20261130T1900Z, or primary:now while the gap is here; the console reads it."""
    return f"{gap.layer}:{'now' if gap.starts_at <= now else f'{gap.starts_at:{_GAP_FORMAT}}'}"


def _open_alarms(clinic: Clinic) -> Iterable[SystemAlarm]:
    return SystemAlarm.objects.filter(clinic=clinic, kind__in=KINDS, cleared_at__isnull=True)


def _open_subjects(clinic: Clinic) -> dict[AlarmKind, set[str]]:
    found: dict[AlarmKind, set[str]] = {kind: set() for kind in KINDS}
    for alarm in _open_alarms(clinic):
        found[AlarmKind(alarm.kind)].add(alarm.subject)
    return found


def _sync_alarms(
    clinic: Clinic, kind: AlarmKind, is_open: set[str], subjects: set[str], now: datetime
) -> None:
    """Raise and clear alarms of this kind until exactly these subjects have one."""
    for subject in sorted(is_open - subjects):
        alarms.clear(clinic_id=clinic.pk, kind=kind, subject=subject, now=now)
    for subject in sorted(subjects - is_open):
        alarms.raise_alarm(clinic_id=clinic.pk, kind=kind, subject=subject, now=now)


@transaction.atomic
def _text_leads(clinic: Clinic, now: datetime) -> bool:
    """One text about everything that is wrong, if one is due; True when it was queued for somebody."""
    rows = SystemAlarm.objects.select_for_update().filter(pk__in=[one.pk for one in _open_alarms(clinic)])
    listed = sorted(
        rows, key=lambda one: (KINDS.index(AlarmKind(one.kind)), one.subject[-3:] != "now", one.pk)
    )
    due = [one for one in listed if _is_text_due(one, clinic, now)]
    if not due:
        return False
    worst, others = listed[0], len(listed) - 1
    told = staff_texts.text_leads(
        clinic_id=clinic.pk,
        words=lambda: _text_body(worst, others, clinic),
        key=f"coverage:{due[0].pk}:{now:%Y%m%dT%H%M}",
        path=f"/console/rota/?clinic={clinic.slug}",
        now=now,
    )
    if told:
        rows.update(leads_texted_at=now)
    return bool(told)


def _is_text_due(alarm: SystemAlarm, clinic: Clinic, now: datetime) -> bool:
    return lead_texts.is_due(
        raised_at=alarm.raised_at,
        texted_at=alarm.leads_texted_at,
        begins_at=_begins_at(alarm) or now,
        # Where one person cannot be reached, the others are paged first.
        is_alone=alarm.kind != AlarmKind.UNREACHABLE,
        zone=ZoneInfo(clinic.time_zone),
        now=now,
    )


def _begins_at(alarm: SystemAlarm) -> datetime | None:
    """When a gap that is still to come begins; None for what is so already."""
    _layer, _colon, at = alarm.subject.partition(":")
    if alarm.kind != AlarmKind.ROTA_GAP or at == "now":
        return None
    return datetime.strptime(at, _GAP_FORMAT).replace(tzinfo=UTC)


def _text_body(worst: SystemAlarm, others: int, clinic: Clinic) -> str:
    """The worst of it, and how much more there is; no name of anybody."""
    more = ngettext("%(n)s more alarm.", "%(n)s more alarms.", others) % {"n": others} if others else ""
    return " ".join(filter(None, [_worst_words(worst, clinic), more, _("Fill the rota:")]))


def _worst_words(alarm: SystemAlarm, clinic: Clinic) -> str:
    if alarm.kind == AlarmKind.NO_ON_CALL:
        return _("Nobody can be paged now.")
    if alarm.kind == AlarmKind.NO_ROLE_ON_CALL:
        return _("No %(role)s can be paged now.") % {"role": Role(alarm.subject).label}
    if alarm.kind == AlarmKind.UNREACHABLE:
        return _("A person on the rota cannot be reached for certain.")
    layer, begins_at = LayerName(alarm.subject.partition(":")[0]).label, _begins_at(alarm)
    if begins_at is None:
        return _("Nobody is on shift now (%(layer)s).") % {"layer": layer}
    when = staff_texts.clinic_time(begins_at, clinic)
    return _("Nobody is on shift (%(layer)s) from %(when)s.") % {"layer": layer, "when": when}
