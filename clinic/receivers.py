"""The only way up from notifications: what became of a message, what came in, and how the engines move.

No safety property depends on these hooks; the timers in the database go on without them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from clinic.queries.patients import family_texts
from clinic.services.answers import help_answers, page_replies, shift_replies, text_alarms
from clinic.services.core import ticks
from clinic.services.paging import taken, undelivered
from notifications.hooks import (
    SILENCE,
    Question,
    Silence,
    budget_reached,
    call_answered,
    message_state_changed,
    round_begun,
    round_ended,
    route_changed,
    sms_received,
)
from notifications.rules.states import TAKEN
from notifications.services import nudge

# "suppressed" is also what a page becomes that a person's answer took back, or that an e-mail has carried;
# those failed nobody.
NOT_DELIVERED = frozenset({"failed", "expired", "suppressed"})
FAILED_NOBODY = frozenset({"cancelled", "other_way"})
# "Yes" also starts texts that were stopped, and a colleague who writes "help" is told how to answer.
MAY_ANSWER = frozenset({"text", "start", "help", "review", "urgent", "reaction"})
# A colleague may look after somebody at home, too.
TOLD_ANYWAY = frozenset({"start", "review", "urgent", "death"})


@receiver(message_state_changed)
def on_message_state(
    *, message_id: UUID, purpose: str, state: str, error_code: str, now: datetime, **_: Any
) -> None:
    if purpose == "page" and state in NOT_DELIVERED and error_code not in FAILED_NOBODY:
        undelivered.move_chains_on(message_id=message_id, now=now)
    elif purpose == "page" and state in TAKEN:
        taken.record(message_id=message_id, now=now)


@receiver(message_state_changed)
def on_message_trouble(
    *, now: datetime, to: str = "", problem: str = "", task: bool = False, alarm: bool = False, **_: Any
) -> None:
    if task:
        text_alarms.raise_for_failed_text(to=to, problem=problem, now=now)
    if alarm:
        text_alarms.raise_for_failed_sender(now=now)


@receiver(sms_received)
def on_sms(
    *,
    inbound_id: object,
    from_phone: str,
    body: str,
    kind: str,
    now: datetime,
    received_at: datetime | None = None,
    **_: Any,
) -> str | Silence | None:
    """An answer to a page is answered in words; everything else is for the staff to see.

    A family that mourns hears from a person, and no program.
    """
    answer = None
    if kind in MAY_ANSWER:
        # A "liked" page quotes the very words that take it; whoever sent it is told how to answer.
        words = "" if kind == "reaction" else body
        answer = page_replies.answer_text(
            from_phone=from_phone, body=words, received_at=received_at or now, now=now
        )
    if answer is None and kind == "urgent":
        answer = help_answers.answer(from_phone=from_phone, now=now)
    if answer is None or kind in TOLD_ANYWAY:
        text_alarms.raise_for_text(from_phone=from_phone, kind=kind, inbound_id=inbound_id, now=now)
    if answer is None and kind == "text" and family_texts.is_mourning(from_phone, now=now):
        return SILENCE
    return answer


@receiver(call_answered)
def on_call_answered(
    *, message_id: UUID, digits: str, now: datetime, asked: int = 0, **_: Any
) -> str | Question | None:
    return page_replies.answer_key(message_id=message_id, digits=digits, asked=asked, now=now)


@receiver(route_changed)
def on_route(**_: Any) -> None:
    """Consoles and leads are told by the tick (watch/provider_outages), so let it come at once."""
    nudge.after_commit("clinic.tasks.tick")


@receiver(budget_reached)
def on_budget(*, percent: int, now: datetime, **_: Any) -> None:
    text_alarms.raise_for_budget(percent=percent, now=now)


@receiver(sms_received)
def on_staff_sms(*, from_phone: str, body: str, kind: str, now: datetime, **_: Any) -> str | None:
    return shift_replies.answer_text(from_phone=from_phone, body=body, now=now) if kind == "text" else None


@receiver(round_begun)
def on_round_begun(*, name: str, now: datetime, **_: Any) -> None:
    ticks.begin(name=name, now=now)


@receiver(round_ended)
def on_round_ended(*, name: str, begun_at: datetime, failing: Sequence[str], now: datetime, **_: Any) -> None:
    ticks.end(name=name, begun_at=begun_at, failing=failing, now=now)
