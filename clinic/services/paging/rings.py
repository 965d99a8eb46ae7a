"""Whom a chain rings next, and when: past who was rung already, and one call at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.models import Escalation, Page, Staff, Suppression
from clinic.models.suppression import SuppressionRule
from clinic.queries.paging import ladders
from clinic.queries.paging import rings as query
from clinic.queries.rota import on_call
from clinic.rules.paging import channels, ladder, rings
from clinic.rules.paging.channels import Channel
from clinic.services.core import suppressions


@dataclass(frozen=True)
class Ring:
    """One page of a chain: who is rung, empty for the clinic's line, and by which of these channels."""

    step: int
    attempt: int
    began_at: datetime
    staff: Staff | None
    turns: tuple[channels.ChannelTurn, ...]


def next_ring(
    *, page: Page, escalation: Escalation, people: Sequence[Staff], rung: ladder.Rung, now: datetime
) -> Ring:
    """What a page that is due rings now.

    A step that was over before its page could go out gives way to the next one. Somebody whose phone this
    round has just rung for a colleague is passed over. Each of them leaves a row. Whoever has come on call
    since their step was rung comes in between, and the round goes on where it was.
    """
    step, attempt, began_at = page.step, page.attempt, page.began_at
    # A person's second channel is theirs, even if the chain has changed since the first.
    staff = page.staff if attempt and page.staff and on_call.is_reachable(page.staff) else None
    if rings.is_overtaken(began_at, rung.wait, now):
        _record(SuppressionRule.OVERTAKEN, escalation, page.staff, now)
        step, attempt, began_at, staff = step + 1, 0, None, None
    newcomer = None if staff else _newcomer(page, people, step, rung)
    if newcomer is not None:
        step, attempt, began_at, staff = step - 1, 0, None, newcomer
    while True:
        position = ladder.chain_step(step, len(people), rung).position
        staff = staff or (people[position] if position is not None else None)
        if staff is None:
            return Ring(step, 0, began_at or now, None, channels.LINE)
        round_from = ladder.round_begins_at(step, len(people), rung)
        before = query.channels_rung(page=page, staff=staff, from_step=round_from)
        turns = rings.turns_left(ladders.usable_turns(staff), before)
        if turns:
            return Ring(step, min(attempt, len(turns) - 1), began_at or now, staff, turns)
        _record(SuppressionRule.SAME_PHONE, escalation, staff, now)
        step, attempt, began_at, staff = step + 1, 0, None, None


def _newcomer(page: Page, people: Sequence[Staff], step: int, rung: ladder.Rung) -> Staff | None:
    """Somebody whom this round has not rung, at a step that rang whoever stood there before them.

    So the person whose shift has just begun is not passed over until the round is through.
    """
    first = ladder.round_begins_at(step, len(people), rung)
    if first == step:
        return None
    phones = query.phones_by_step(page=page, from_step=first)
    rung_already = frozenset[str]().union(*phones.values())
    for earlier in range(first, step):
        position = ladder.chain_step(earlier, len(people), rung).position
        if earlier in phones and position is not None and str(people[position].phone) not in rung_already:
            return people[position]
    return None


def lock_phone(staff: Staff) -> None:
    """Lock who has this number, or two workers could both find that it is not being rung."""
    holders = Staff.objects.select_for_update(no_key=True).filter(phone=staff.phone)
    list(holders.order_by("pk").values_list("pk", flat=True))


def wait_for_call(*, page: Page, escalation: Escalation, until: datetime, now: datetime) -> bool:
    """Put a call off while the same person or phone is being called, to the end of its step at most."""
    if page.channel != Channel.VOICE:
        return False
    called_at = query.last_called_at(page=page, staff=page.staff, clinic_id=escalation.clinic_id, now=now)
    free_at = rings.free_at(called_at, now)
    if free_at is None:
        return False
    page.due_at = min(free_at, until)
    page.save()
    if not Suppression.objects.filter(page=page).exists():
        _record(SuppressionRule.ON_THE_PHONE, escalation, page.staff, now, page=page)
    return True


def _record(
    rule: SuppressionRule,
    escalation: Escalation,
    staff: Staff | None,
    now: datetime,
    *,
    page: Page | None = None,
) -> None:
    suppressions.record(
        clinic_id=escalation.clinic_id,
        rule=rule,
        would_page=staff,
        patient_id=escalation.patient_id,
        escalation_id=escalation.pk,
        page=page,
        now=now,
    )
