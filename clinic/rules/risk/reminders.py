"""Labs that are overdue: a task for staff, never an alarm to a family."""

from __future__ import annotations

from collections.abc import Iterable

from clinic.rules.protocols.document.additions import Addition
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.shape import Due, ReminderRules, ReminderSpan


def reminders(rules: ReminderRules, record: LabRecord) -> tuple[str, ...]:
    """What is overdue on this day. What was never measured is overdue from the first day of its span on."""
    return tuple(name for name, due in rules.due.items() if _is_overdue(due, record))


def asked_besides(rules: ReminderRules, additions: Iterable[Addition], record: LabRecord) -> tuple[str, ...]:
    """What is overdue by what the clinic adds for somebody: groups of the rules, or single labs."""
    asked = [labs for one in additions for labs in one.labs]
    return tuple(
        dict.fromkeys(
            one.group
            for one in asked
            if _is_overdue(
                Due(
                    labs=rules.due[one.group].labs if one.group in rules.due else (one.group,),
                    spans=(ReminderSpan(one.first_day, one.last_day, one.within_days),),
                ),
                record,
            )
        )
    )


def _is_overdue(due: Due, record: LabRecord) -> bool:
    last = record.last(*due.labs)
    return any(
        span.from_day <= record.day
        and (span.to_day is None or record.day <= span.to_day)
        and (last is None or record.day - last.day > span.days)
        for span in due.spans
    )
