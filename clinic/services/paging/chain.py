"""Pages staff until a person answers. The timers are rows; whoever wakes first sends what is due.

A chain is one row that is due at a time: the next channel of the same person, or the next person, or the
clinic's line. Each role that must answer has a chain of its own. Locks are always taken in the order
escalation, page, staff, message, clinic.
"""

import logging
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from clinic.models import Clinic, Escalation, EscalationEvent, Page, Staff
from clinic.models.escalation import EscalationEventKind, EscalationState
from clinic.models.page import PageState
from clinic.models.suppression import SuppressionRule
from clinic.models.system_alarm import AlarmKind
from clinic.queries.paging import ladders, pages
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import channels, ladder, throttle
from clinic.rules.paging.replies import CODE_DIGITS
from clinic.services.core import alarms, live, suppressions
from clinic.services.paging import sending
from notifications.models import Message
from notifications.services import nudge, outbox

logger = logging.getLogger(__name__)

THE_LINE = gettext_lazy("the clinic's line")


def start(*, escalation: Escalation, now: datetime) -> None:
    """Start every chain that is owed from its first step, due at once, in the caller's transaction."""
    cancel(escalation=escalation, now=now)
    record_passed_over(escalation=escalation, now=now)
    owed = escalation.required_answers.filter(answered_at__isnull=True).values_list("role", flat=True)
    for role in sorted(owed) or [""]:
        page = _plan_page(escalation, role, ladder.ChainPosition(0, 0, None), due_at=now)
        nudge.after_commit("clinic.tasks.send_page", page.pk)


def start_role(*, escalation: Escalation, role: str, now: datetime) -> None:
    """Start the chain of one role from its first step, because its answer is owed anew; the others stay."""
    _cancel(list(escalation.pages.filter(role=role).exclude(state=PageState.CANCELLED)), now)
    page = _plan_page(escalation, role, ladder.ChainPosition(0, 0, None), due_at=now)
    nudge.after_commit("clinic.tasks.send_page", page.pk)


def take_back(*, page: Page, now: datetime) -> None:
    """Take back one page: one that waits for a bundle, or whose message has not left yet."""
    if page.state != PageState.DUE:
        _cancel([page], now)


def new_text_page(*, escalation: Escalation, staff: Staff, now: datetime) -> Page:
    """A page by text outside any chain, not stored yet: nothing follows it. See mark_sent."""
    phone = str(staff.phone)
    return Page(
        escalation=escalation,
        number=_last_number(escalation) + 1,
        channel=channels.Channel.SMS,
        staff=staff,
        phone=phone,
        code=_new_code(phone),
        began_at=now,
        due_at=now,
        created_at=now,
    )


def cancel(*, escalation: Escalation, now: datetime) -> None:
    """Cancel every page of the escalation that has not left yet, because a person has answered."""
    _cancel(list(escalation.pages.exclude(state=PageState.CANCELLED)), now)


def stop_answered(*, escalation: Escalation, now: datetime) -> None:
    """Stop the chains that nobody owes an answer to any more; the other role's goes on."""
    running = list(escalation.pages.exclude(state=PageState.CANCELLED))
    _cancel([page for page in running if not pages.is_chain_wanted(escalation, page.role)], now)


def send_due(*, now: datetime) -> int:
    """Hand every due page to the outbox; returns how many. One bad page stops no other."""
    sent = 0
    due = Page.objects.filter(state=PageState.DUE, due_at__lte=now).order_by(
        "-escalation__severity", "due_at"
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
        _cancel([page], now)
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
    step = ladder.chain_step(page.step, len(people), rung)
    # A person's second channel is theirs, even if the chain has changed since the first.
    staff = page.staff if page.attempt and page.staff and on_call.is_reachable(page.staff) else None
    if staff is None and step.position is not None:
        staff = people[step.position]
    _alarm_about_nobody(escalation, page.role, people, now)
    turns = ladders.usable_turns(staff) if staff else channels.LINE
    place = ladder.ChainPosition(page.step, min(page.attempt, len(turns) - 1), page.began_at or now)
    page.attempt, page.began_at, page.channel = place.attempt, place.began_at, turns[place.attempt].channel
    if staff:
        _page_person(page, escalation, staff, now)
    else:
        _page_line(page, escalation, now)
    following, due_at = ladder.next_position(place, turns, step.wait, now)
    _plan_page(escalation, page.role, following, due_at=due_at, staff=staff if following.attempt else None)


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
) -> Page:
    return Page.objects.create(
        escalation=escalation,
        number=_last_number(escalation) + 1,
        role=role,
        step=place.step,
        attempt=place.attempt,
        began_at=place.began_at,
        staff=staff,
        due_at=due_at,
    )


def _last_number(escalation: Escalation) -> int:
    last = escalation.pages.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def _page_person(page: Page, escalation: Escalation, staff: Staff, now: datetime) -> None:
    # Locked per person, or two workers could both find that no page went there in the last minute.
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    page.staff, page.phone, page.code = staff, str(staff.phone), _new_code(str(staff.phone))
    last = pages.last_sent_at(phone=page.phone, before=now, but_not=escalation.pk)
    held_until = throttle.held_until(Level(escalation.level), last, now)
    if held_until:
        _hold_back(page, escalation, held_until, now)
        return
    message = sending.send_page(page=page, staff=staff, now=now)
    mark_sent(page=page, message=message, now=now)
    add_paged_event(escalation=escalation, whom=staff.user.name, now=now)


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
    mark_sent(page=page, message=sending.call_line(page=page, clinic=clinic, now=now), now=now)
    add_paged_event(escalation=escalation, whom=str(THE_LINE), now=now)


def mark_sent(*, page: Page, message: Message, now: datetime) -> None:
    """The outbox has it."""
    page.state, page.sent_at, page.message_id = PageState.SENT, now, message.pk
    page.save()


def add_paged_event(*, escalation: Escalation, whom: str, now: datetime) -> None:
    """One line of the history, and the hint to the consoles."""
    EscalationEvent.objects.create(escalation=escalation, kind=EscalationEventKind.PAGED, at=now, text=whom)
    hint(escalation=escalation, kind="escalation.paged", now=now)


def hint(*, escalation: Escalation, kind: str, now: datetime) -> None:
    """Tell the consoles that something about it has changed."""
    live.publish_change(
        clinic_id=escalation.clinic_id,
        kind=kind,
        ref=escalation.pk,
        level=str(escalation.level),
        now=now,
    )


def _new_code(phone: str) -> str:
    """Unlike the codes of the last pages to the phone, so that an answer names one of them."""
    taken = set(Page.objects.filter(phone=phone).order_by("-sent_at").values_list("code", flat=True)[:500])
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if code not in taken:
            return code


def _cancel(running: list[Page], now: datetime) -> None:
    for page in running:
        if page.state == PageState.SENT:
            if page.message_id and _is_recent(page, now) and not _is_needed_by_others(page):
                outbox.cancel(message_id=page.message_id, now=now)
        else:
            page.state, page.cancelled_at = PageState.CANCELLED, now
            page.save(update_fields=["state", "cancelled_at"])


def _is_needed_by_others(page: Page) -> bool:
    """Whether the same message carries the page of another patient who still waits."""
    carried = Page.objects.filter(message_id=page.message_id).exclude(escalation_id=page.escalation_id)
    return carried.filter(escalation__state=EscalationState.OPEN).exists()


def _is_recent(page: Page, now: datetime) -> bool:
    """Older ones have expired in the outbox by themselves."""
    return page.sent_at is not None and page.sent_at > now - 2 * sending.EXPIRES_AFTER
