"""Looks two weeks ahead for gaps in the rota and for people on it who do not count as coverage."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from clinic.models import Clinic, Staff, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import on_call, shift_rows
from clinic.rules.rota import shifts
from clinic.rules.rota.shifts import Layer
from clinic.services.core import alarms

logger = logging.getLogger(__name__)

# Two weeks: long enough to ask somebody to swap.
LOOK_AHEAD = timedelta(days=14)


def check(*, now: datetime) -> int:
    """Check every clinic; returns how many alarms are open. One clinic's trouble stops no other's check."""
    found = 0
    for clinic in Clinic.objects.all():
        try:
            found += check_clinic(clinic=clinic, now=now)
        except Exception:
            logger.exception("a rota cannot be checked", extra={"clinic_id": str(clinic.pk)})
    return found


@transaction.atomic
def check_clinic(*, clinic: Clinic, now: datetime) -> int:
    """Raise what is wrong in the next two weeks and clear what is right again; how many are open."""
    end = now + LOOK_AHEAD
    found = shift_rows.load(clinics=[clinic], start=now, end=end)[clinic.pk]
    gaps = first_gaps(clinic, found, now, end)
    standing = on_call.standing_lists([clinic.pk]).get(clinic.pk, [])
    planned = {span.staff for layer in Layer for span in found.timeline(layer, now, end)}
    people = {staff.pk: staff for staff in (*(found.people[pk] for pk in planned), *standing)}
    doubtful = [staff for staff in people.values() if not on_call.is_covering(staff, now)]
    _sync_alarms(clinic, AlarmKind.ROTA_GAP, {_gap_subject(gap, now) for gap in gaps}, now)
    # A clinic without a rota has not begun to prove its numbers; who is on its list is paged all the same.
    _sync_alarms(clinic, AlarmKind.UNREACHABLE, _staff_subjects(doubtful) if found.is_used else set(), now)
    return len(gaps) + len(doubtful) * found.is_used


def first_gaps(clinic: Clinic, found: shift_rows.Rota, start: datetime, end: datetime) -> list[shifts.Gap]:
    """The first gap of each layer that must be filled; none while the clinic does not use the rota."""
    if not found.is_used:
        return []
    layers = [layer for layer in Layer if layer in clinic.filled_layers]
    gaps = (shifts.gaps(found.timeline(layer, start, end), layer, start, end)[:1] for layer in layers)
    return [gap for some in gaps for gap in some]


def _gap_subject(gap: shifts.Gap, now: datetime) -> str:
    """Such as primary:20261130T1900Z, or primary:now while the gap is here; the console reads it."""
    return f"{gap.layer}:{'now' if gap.starts_at <= now else f'{gap.starts_at:%Y%m%dT%H%MZ}'}"


def _staff_subjects(people: Iterable[Staff]) -> set[str]:
    return {str(staff.pk) for staff in people}


def _sync_alarms(clinic: Clinic, kind: AlarmKind, subjects: set[str], now: datetime) -> None:
    """Raise and clear alarms of this kind until exactly these subjects have one."""
    rows = SystemAlarm.objects.filter(clinic=clinic, kind=kind, cleared_at__isnull=True)
    is_open = set(rows.values_list("subject", flat=True))
    for subject in sorted(is_open - subjects):
        alarms.clear(clinic_id=clinic.pk, kind=kind, subject=subject, now=now)
    for subject in sorted(subjects - is_open):
        alarms.raise_alarm(clinic_id=clinic.pk, kind=kind, subject=subject, now=now)
