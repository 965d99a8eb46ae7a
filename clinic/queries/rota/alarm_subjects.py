"""What an alarm about the rota is about: a person, a role, a layer, a time."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinic.models import ShiftNotice, Staff, SystemAlarm
from clinic.models.rota import LayerName
from clinic.models.staff import Role
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core.moments import local_day_and_clock

_PEOPLE = frozenset({AlarmKind.UNREACHABLE, AlarmKind.DRILL_MISSED})


def details(rows: Iterable[SystemAlarm]) -> dict[int, str]:
    """By alarm; two queries at most, and none without such alarms."""
    listed = list(rows)
    names = _names([row.subject for row in listed if row.kind in _PEOPLE])
    shifts = _shifts([row.subject for row in listed if row.kind == AlarmKind.SHIFT_UNCONFIRMED])
    found = {}
    for row in listed:
        if row.kind == AlarmKind.ROTA_GAP:
            found[row.pk] = _gap(row)
        elif row.kind == AlarmKind.NO_ROLE_ON_CALL:
            found[row.pk] = str(Role(row.subject).label)
        elif row.kind in _PEOPLE:
            found[row.pk] = names.get(row.subject, "")
        elif row.kind == AlarmKind.SHIFT_UNCONFIRMED:
            found[row.pk] = shifts.get(row.subject, "")
    return found


def _names(staff_ids: list[str]) -> dict[str, str]:
    if not staff_ids:
        return {}
    rows = Staff.objects.filter(pk__in=staff_ids).values_list("pk", "user__name")
    return {str(pk): name for pk, name in rows}


def _shifts(notice_ids: list[str]) -> dict[str, str]:
    if not notice_ids:
        return {}
    rows = ShiftNotice.objects.filter(pk__in=notice_ids).select_related("staff__user", "clinic")
    return {str(row.pk): _shift(row) for row in rows}


def _shift(row: ShiftNotice) -> str:
    when = day_and_clock(row.starts_at, row.clinic.time_zone)
    return f"{row.staff.user.name}, {LayerName(row.layer).label}, {when}"


def _gap(row: SystemAlarm) -> str:
    layer, _colon, at = row.subject.partition(":")
    if at == "now":
        return ", ".join((str(LayerName(layer).label), _("now")))
    moment = datetime.strptime(at, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    return f"{LayerName(layer).label}, {day_and_clock(moment, row.clinic.time_zone)}"


def day_and_clock(at: datetime, zone: str) -> str:
    """Mon Nov 30, 19:00, by this zone's clock."""
    return local_day_and_clock(at.astimezone(ZoneInfo(zone)))
