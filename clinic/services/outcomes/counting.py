"""Counts a clinic's figures once a day and keeps them by month, so that a page reads one row."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.access import Permission, can, choose_clinic
from clinic.models import Clinic, OutcomeFigures, User
from clinic.queries.outcomes import followed_people, stored_figures
from clinic.queries.outcomes.stored_figures import FiguresPage
from clinic.queries.protocols.versions import latest_version
from clinic.rules.outcomes.summary import summary

# So many clinics a round; the others wait for the next.
AT_ONCE = 10


def count(*, clinic: Clinic, now: datetime) -> OutcomeFigures:
    """Those of the month in which this moment falls, by the clinic's clock. Twice changes nothing."""
    version = latest_version(clinic)
    row, _is_new = OutcomeFigures.objects.update_or_create(
        clinic=clinic,
        month=_today(clinic, now).replace(day=1),
        defaults={
            "counted_at": now,
            "protocol": f"{version.protocol.code} {version.number}" if version else "",
            "figures": summary(followed_people.of_clinic(clinic, now=now), followed_people.overrides(clinic)),
        },
    )
    return row


def count_due(*, now: datetime) -> int:
    """Clinics that were not counted yet today, by their own clock; how many."""
    last = stored_figures.last_counted()
    due = [one for one in Clinic.objects.order_by("pk") if _is_due(one, last.get(one.pk), now)]
    for clinic in due[:AT_ONCE]:
        count(clinic=clinic, now=now)
    return len(due[:AT_ONCE])


def read(*, by: User, clinic_slug: str, month: str) -> FiguresPage:
    """A clinic's figures of one month ("2026-11"), or the newest. NotVisible."""
    clinic, clinics = choose_clinic(by, clinic_slug, Permission.WATCH_CONSOLE)
    return stored_figures.page_of(
        clinic, clinics, month=month, may_take_away=can(by, Permission.HAND_OUT_RECORDS, clinic.pk)
    )


def _is_due(clinic: Clinic, last: datetime | None, now: datetime) -> bool:
    return last is None or _today(clinic, last) < _today(clinic, now)


def _today(clinic: Clinic, now: datetime) -> date:
    return now.astimezone(ZoneInfo(clinic.time_zone)).date()
