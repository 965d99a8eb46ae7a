"""What a caregiver chose about reminders, and whether texts reach them."""

from dataclasses import dataclass
from datetime import time

from clinic.models import User
from notifications.queries import standings

# Whole hours are enough for a night.
HOURS = tuple(time(hour) for hour in range(24))


@dataclass(frozen=True)
class ReminderChoices:
    """`standing` is on, not_agreed, paused, stopped or unreachable."""

    standing: str
    quiet_from: time
    quiet_until: time
    hours: tuple[time, ...] = HOURS


def of_caregiver(*, by: User) -> ReminderChoices | None:
    """The choices of a person with a phone; None for staff, who get none."""
    if by.phone is None:
        return None
    phone = str(by.phone)
    return ReminderChoices(
        standing=standings([phone])[phone],
        quiet_from=by.quiet_from,
        quiet_until=by.quiet_until,
    )
