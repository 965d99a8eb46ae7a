"""Notes which of the provider's routes fail, from how every try ended. Pages then take another way."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from notifications.hooks import route_changed
from notifications.models import Message, RouteTrouble
from notifications.providers.base import Outcome, Result
from notifications.rules import errors, outages
from notifications.rules.channels import Channel
from notifications.rules.outages import Sign, Streak
from notifications.rules.purposes import Purpose
from notifications.rules.states import State
from notifications.services import nudge


@transaction.atomic
def note(*, message: Message, outcome: Outcome, now: datetime) -> None:
    """Note how one try ended, after that was stored."""
    route = outages.route_of(message.channel, message.service)
    sign = _sign_of(outcome)
    if not route or sign is Sign.NOTHING:
        return
    if sign is Sign.WORKS:
        _end(route, now)
    else:
        _add_failure(route, sign, message, now)


def limits() -> outages.Limits:
    """As the settings have it."""
    return outages.Limits(
        failures=settings.PROVIDER_FAILURES,
        lasting=timedelta(seconds=settings.PROVIDER_FAILING_SECONDS),
        try_after=timedelta(seconds=settings.PROVIDER_TRY_AFTER_SECONDS),
    )


def is_avoided(*, route: str, now: datetime) -> bool:
    """Whether a page that has another way takes that. After a minute without any try, one page is the try."""
    row = RouteTrouble.objects.filter(pk=route).first()
    if row is None or row.down_at is None:
        return False
    if outages.is_avoided(_streak(row), now=now, limits=limits()):
        return True
    # Compare and set: of several pages at once, one tries.
    return not RouteTrouble.objects.filter(pk=route, last_at=row.last_at).update(last_at=now)


def _sign_of(outcome: Outcome) -> Sign:
    if outcome.result is Result.ACCEPTED:
        return Sign.WORKS
    if outcome.result is Result.REJECTED:
        # It answers, and about this message or number: its page goes to the next person at once.
        return Sign.NOTHING
    action = errors.action_for(outcome.error_code)
    if action.problem is errors.Problem.SENDER:
        return Sign.BROKEN
    return Sign.BUSY if action.problem is errors.Problem.BUSY else Sign.FAILS


def _add_failure(route: str, sign: Sign, message: Message, now: datetime) -> None:
    RouteTrouble.objects.get_or_create(pk=route, defaults={"since": now, "last_at": now})
    row = RouteTrouble.objects.select_for_update().filter(pk=route).first()
    if row is None:
        # Something was taken there in this very moment.
        return
    streak = outages.after_failure(_streak(row), sign, now=now, limits=limits())
    went_down = row.down_at is None and streak.down_at is not None
    _save(row, streak)
    if went_down:
        route_changed.send_robust(sender=RouteTrouble, route=route, now=now)
    if streak.down_at is not None and settings.EMAIL_SERVER and (went_down or message.other_way):
        # After the commit, because the rows of other messages must not be waited for with this one locked.
        transaction.on_commit(lambda: _hurry(route, now), robust=True)


def _end(route: str, now: datetime) -> None:
    """It took something. If it was down, the provider is back, and its other routes are believed too."""
    if not RouteTrouble.objects.filter(pk=route).exists():
        return
    rows = {row.route: row for row in RouteTrouble.objects.select_for_update().order_by("pk")}
    row = rows.pop(route, None)
    if row is None:
        return
    row.delete()
    if row.down_at is None:
        return
    for other in rows.values():
        if other.down_at is not None:
            _save(other, outages.on_probation(_streak(other), limits=limits()))
    transaction.on_commit(lambda: _hurry(route, now), robust=True)
    route_changed.send_robust(sender=RouteTrouble, route=route, now=now)


def _hurry(route: str, now: datetime) -> None:
    """Pages that wait for their next try are looked at now: they go another way, or this way again."""
    waiting = Message.objects.filter(
        purpose=Purpose.PAGE,
        state__in=[State.PENDING, State.SENDING, State.UNKNOWN],
        other_way__isnull=False,
        stand_ins=None,
        lease_until=None,
        attempts__gt=0,
        due_at__gt=now,
    )
    if route == outages.CALLS:
        waiting = waiting.filter(channel=Channel.VOICE)
    else:
        waiting = waiting.filter(channel=Channel.SMS, service=route)
    ids = list(waiting.values_list("pk", flat=True))
    if Message.objects.filter(pk__in=ids, lease_until=None, due_at__gt=now).update(due_at=now):
        nudge.after_commit("notifications.tasks.tick")


def _streak(row: RouteTrouble) -> Streak:
    return Streak(row.failures, row.since, row.last_at, row.down_at)


def _save(row: RouteTrouble, streak: Streak) -> None:
    row.failures, row.since = streak.failures, streak.since
    row.last_at, row.down_at = streak.last_at, streak.down_at
    row.save()
