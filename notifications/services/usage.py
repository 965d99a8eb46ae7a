"""Counts what is handed over, and says when the month's budget is nearly or wholly used."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from notifications.hooks import budget_reached
from notifications.models import Message, MonthlyUse
from notifications.rules.channels import NOT_BY_PHONE, Channel
from notifications.rules.text import segments

# The shares of the budget at which somebody is told.
MARKS = (80, 100)


def count(*, message: Message, now: datetime) -> None:
    """Add one message, in the transaction that stores that it was taken."""
    if message.channel in NOT_BY_PHONE:
        return
    units = segments(message.body).count if message.channel == Channel.SMS else 1
    month = f"{now:%Y-%m}"
    this_month = MonthlyUse.objects.filter(pk=month)
    if not this_month.update(units=F("units") + units):
        MonthlyUse.objects.get_or_create(month=month)
        this_month.update(units=F("units") + units)
    budget = settings.SMS_MONTHLY_BUDGET
    if not budget:
        return
    used = MonthlyUse.objects.get(pk=month).units
    for mark in MARKS:
        if (used - units) * 100 < mark * budget <= used * 100:
            _announce_after_commit(mark, now)


def _announce_after_commit(mark: int, now: datetime) -> None:
    # Not a partial: Django asks a robust callback that failed for its __qualname__, which a partial lacks.
    transaction.on_commit(
        lambda: budget_reached.send_robust(sender=MonthlyUse, percent=mark, now=now), robust=True
    )
