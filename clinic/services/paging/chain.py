"""Pages staff until a person answers. The timers are rows; whoever wakes first sends what is due.

A chain is one row that is due at a time: the next channel of the same person, or the next person, or the
clinic's line. Each role that must answer has a chain of its own. Locks are always taken in the order
escalation, page, staff, message, clinic.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from clinic.models import Clinic, Escalation, Page, Staff, User
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.models.suppression import SuppressionRule
from clinic.models.system_alarm import AlarmKind
from clinic.queries.paging import ladders, pages
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import channels, ladder, throttle
from clinic.services.core import alarms, suppressions
from clinic.services.paging import holders, rings, sending, taking_back
from notifications.services import nudge

logger = logging.getLogger(__name__)


def start(*, escalation: Escalation, now: datetime, had_it: User | None = None) -> None:
    """Start every chain that is owed from its first step, due at once, in the caller's transaction.

    `had_it` took the escalation before it became worse: their chain begins with a text to them, and goes on
    after a tenth of the lease. Where that text cannot reach them, it begins with its first person.
    """
    cancel(escalation=escalation, now=now)
    record_passed_over(escalation=escalation, now=now)
    asked = holders.to_ask_first(escalation=escalation, user=had_it) if had_it else None
    for role in _owed_roles(escalation) or [""]:
        first = asked if asked and role in ("", asked.role) else None
        _start_chain(escalation, role, now, first)


def start_owed(*, escalation: Escalation, now: datetime) -> None:
    """Start the chain of each role that has come to owe an answer; the one for everybody ends."""
    owed = _owed_roles(escalation)
    running = escalation.pages.filter(state__in=[PageState.DUE, PageState.HELD])
    if owed:
        taking_back.take_back(running.filter(role=""), now=now)
    has_chain = set(running.values_list("role", flat=True))
    for role in owed:
        if role not in has_chain:
            _start_chain(escalation, role, now, None)


def _owed_roles(escalation: Escalation) -> list[str]:
    owed = escalation.required_answers.filter(answered_at__isnull=True)
    return sorted(owed.values_list("role", flat=True))


def _start_chain(escalation: Escalation, role: str, now: datetime, holder: Staff | None) -> None:
    place = ladder.ChainPosition(0, 0, None)
    page = _plan_page(escalation, role, place, due_at=now, staff=holder, to_holder=holder is not None)
    nudge.after_commit("clinic.tasks.send_page", page.pk)


def start_role(*, escalation: Escalation, role: str, now: datetime) -> None:
    """Start the chain of one role from its first step, because its answer is owed anew; the others stay."""
    running = escalation.pages.filter(role=role).exclude(state=PageState.CANCELLED)
    taking_back.take_back(running, now=now)
    _start_chain(escalation, role, now, None)


def new_text_page(*, escalation: Escalation, staff: Staff, now: datetime) -> Page:
    """A page by text outside any chain, not stored yet: nothing follows it. See mark_sent."""
    phone = str(staff.phone)
    return Page(
        escalation=escalation,
        number=_last_number(escalation) + 1,
        channel=channels.Channel.SMS,
        staff=staff,
        phone=phone,
        code=sending.new_code(phone),
        began_at=now,
        due_at=now,
        created_at=now,
    )


def cancel(*, escalation: Escalation, now: datetime) -> None:
    """Cancel every page of the escalation that has not left yet, because a person has answered."""
    taking_back.take_back(escalation.pages.exclude(state=PageState.CANCELLED), now=now)


def stop_answered(*, escalation: Escalation, now: datetime) -> None:
    """Stop the chains that nobody owes an answer to any more; the other role's goes on."""
    running = escalation.pages.exclude(state=PageState.CANCELLED)
    ended = [page for page in running if not pages.is_chain_wanted(escalation, page.role)]
    taking_back.take_back(ended, now=now)


def send_due(*, now: datetime) -> int:
    """Hand every due page to the outbox; returns how many. One bad page stops no other."""
    sent = 0
    due = Page.objects.filter(state=PageState.DUE, due_at__lte=now).order_by(
        "-escalation__severity", "due_at", "escalation_id", "number"
    )
    for page_id in list(due.values_list("pk", flat=True)[:200]):
        try:
            sent += send_page_if_due(page_id=page_id, now=now)
        except Exception:
            logger.exception("a page cannot be sent", extra={"page_id": str(page_id)})
    return sent


def restart_lost(*, now: datetime) -> int:
    """Restart the chains of open escalations that have no page due; returns how many.

    No code path should leave one behind. This is the safety net for rows edited by hand and for faults
    that nobody has thought of.
    """
    to_come = Page.objects.filter(escalation=OuterRef("pk"), state__in=[PageState.DUE, PageState.HELD])
    lost = Escalation.objects.filter(
        ~Exists(to_come),
        state=EscalationState.OPEN,
        severity__gte=ladder.PAGED_FROM.rank,
        # A test alarm has no chain: it pages nobody.
        is_drill=False,
    )
    return sum(
        _restart(escalation_id, now) for escalation_id in list(lost.values_list("pk", flat=True)[:200])
    )


@transaction.atomic
def _restart(escalation_id: UUID, now: datetime) -> bool:
    escalation = Escalation.objects.select_for_update().get(pk=escalation_id)
    waiting = escalation.pages.filter(state__in=[PageState.DUE, PageState.HELD]).exists()
    if escalation.state != EscalationState.OPEN or waiting:
        return False
    logger.error("an escalation had no page to come", extra={"escalation_id": str(escalation_id)})
    start(escalation=escalation, now=now)
    return True


@transaction.atomic
def send_page_if_due(*, page_id: UUID, now: datetime) -> bool:
    """Hand one page to the outbox if it is still due, and plan the one after it."""
    row = Page.objects.filter(pk=page_id).values_list("escalation_id", flat=True).first()
    if row is None:
        return False
    escalation = Escalation.objects.select_for_update().get(pk=row)
    page = Page.objects.select_for_update().get(pk=page_id)
    if page.state != PageState.DUE or page.due_at > now:
        return False
    if not pages.is_chain_wanted(escalation, page.role):
        taking_back.take_back([page], now=now)
        return False
    _send_and_plan_next(page, escalation, now)
    return True


def first_person(*, escalation: Escalation, now: datetime) -> Staff | None:
    """Whom a page about it would go to first at this moment."""
    people = _reachable_people(escalation, "", now)
    return people[0] if people else None


def _send_and_plan_next(page: Page, escalation: Escalation, now: datetime) -> None:
    people = _reachable_people(escalation, page.role, now)
    rung = ladder.from_json(escalation.ladder).rung(Level(escalation.level))
    _alarm_about_nobody(escalation, page.role, people, now)
    if page.to_holder and holders.ask(page=page, escalation=escalation, now=now):
        turns = ladders.usable_turns(page.staff) if page.staff else channels.LINE
        is_first = bool(people) and people[0] == page.staff
        following, due_at = ladder.after_holder(turns, rung, now, is_first=is_first)
    else:
        ring = rings.next_ring(page=page, escalation=escalation, people=people, rung=rung, now=now)
        place = ladder.ChainPosition(ring.step, ring.attempt, ring.began_at)
        page.to_holder, page.staff = False, ring.staff
        page.step, page.attempt, page.began_at = place.step, place.attempt, place.began_at
        page.channel = ring.turns[place.attempt].channel
        if ring.staff:
            rings.lock_phone(ring.staff)
        if rings.wait_for_call(page=page, escalation=escalation, until=ring.began_at + rung.wait, now=now):
            return
        if ring.staff:
            _page_person(page, escalation, ring.staff, now)
        else:
            _page_line(page, escalation, now)
        following, due_at = ladder.next_position(place, ring.turns, rung.wait, now)
    taking_back.take_back_overtaken(page, now=now)
    staff = page.staff if following.attempt else None
    _plan_page(escalation, page.role, following, due_at=due_at, staff=staff)


def _reachable_people(escalation: Escalation, role: str, now: datetime) -> list[Staff]:
    """The chain's people who can be reached, in its order."""
    chain = [one for one in on_call.staff_in_order(escalation.clinic_id, now) if on_call.is_reachable(one)]
    wanted = [one for one in chain if role in ("", one.role)]
    return ladder.reordered_after_unanswered_calls(wanted, escalation.unreached_by_id)


def _alarm_about_nobody(escalation: Escalation, role: str, people: list[Staff], now: datetime) -> None:
    """Nobody to page is an alarm on every console; the line is called meanwhile."""
    clinic_id, kind = escalation.clinic_id, AlarmKind.NO_ROLE_ON_CALL if role else AlarmKind.NO_ON_CALL
    if people:
        alarms.clear(clinic_id=clinic_id, kind=kind, subject=role, now=now)
    else:
        alarms.raise_alarm(clinic_id=clinic_id, kind=kind, subject=role, now=now)


def record_passed_over(*, escalation: Escalation, now: datetime) -> None:
    """Record a suppression for everybody on call who cannot be paged and is passed over."""
    for staff in on_call.staff_in_order(escalation.clinic_id, now):
        if not on_call.is_reachable(staff):
            suppressions.record(
                clinic_id=escalation.clinic_id,
                rule=SuppressionRule.UNREACHABLE,
                would_page=staff,
                patient_id=escalation.patient_id,
                escalation_id=escalation.pk,
                now=now,
            )


def _plan_page(
    escalation: Escalation,
    role: str,
    place: ladder.ChainPosition,
    *,
    due_at: datetime,
    staff: Staff | None = None,
    to_holder: bool = False,
) -> Page:
    return Page.objects.create(
        escalation=escalation,
        number=_last_number(escalation) + 1,
        role=role,
        step=place.step,
        attempt=place.attempt,
        began_at=place.began_at,
        staff=staff,
        to_holder=to_holder,
        due_at=due_at,
    )


def _last_number(escalation: Escalation) -> int:
    last = escalation.pages.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def _page_person(page: Page, escalation: Escalation, staff: Staff, now: datetime) -> None:
    page.phone, page.code = str(staff.phone), sending.new_code(str(staff.phone))
    last = pages.last_sent_at(phone=page.phone, before=now, but_not_about=escalation.patient_id)
    held_until = throttle.held_until(Level(escalation.level), last, now)
    if held_until:
        _hold_back(page, escalation, held_until, now)
        return
    message = sending.send_page(page=page, staff=staff, now=now)
    sending.mark_sent(page=page, message=message, now=now)


def _hold_back(page: Page, escalation: Escalation, until: datetime, now: datetime) -> None:
    page.state, page.due_at = PageState.HELD, until
    page.save()
    suppressions.record(
        clinic_id=escalation.clinic_id,
        rule=SuppressionRule.THROTTLED,
        would_page=page.staff,
        patient_id=escalation.patient_id,
        escalation_id=escalation.pk,
        page=page,
        now=now,
    )


def _page_line(page: Page, escalation: Escalation, now: datetime) -> None:
    clinic = Clinic.objects.get(pk=escalation.clinic_id)
    page.to_line, page.phone = True, str(clinic.line_phone)
    message = sending.call_line(page=page, clinic=clinic, now=now)
    sending.mark_sent(page=page, message=message, now=now)
