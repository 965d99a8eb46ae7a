"""Labs that are overdue: a task for staff, never an alarm to a family."""

from __future__ import annotations

from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.shape import Due, ReminderRules


def reminders(rules: ReminderRules, record: LabRecord) -> tuple[str, ...]:
    """What is overdue on this day. What was never measured is overdue from the first day of its span on."""
    return tuple(name for name, due in rules.due.items() if _is_overdue(due, record))


def _is_overdue(due: Due, record: LabRecord) -> bool:
    last = record.last(*due.labs)
    return any(
        span.from_day <= record.day
        and (span.to_day is None or record.day <= span.to_day)
        and (last is None or record.day - last.day > span.days)
        for span in due.spans
    )
