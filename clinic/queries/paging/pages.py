"""Pages that were sent: to whom, in which chain, and whether their chain must go on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from clinic.models import Escalation, Page
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.prepared import PreparedRows
from clinic.rules.paging.ladder import PAGED_FROM
from notifications.queries import states_of, texts_to
from notifications.rules.states import State

# A reply counts for a day; after that the text is treated like any other.
REPLY_COUNTS_FOR = timedelta(hours=24)
_RANG_NOBODY = frozenset({State.FAILED, State.EXPIRED, State.SUPPRESSED})
# So many in a row that rang nobody are trouble enough to page at once.
_LOOKED_AT = 20


def that_rang(sent: Iterable[Page]) -> list[Page]:
    """Of pages that were sent those that may have rung: not what expired, failed or was taken back."""
    found = list(sent)
    states = states_of(page.message_id for page in found if page.message_id)
    in_vain = {message_id for message_id, state in states.items() if state in _RANG_NOBODY}
    return [page for page in found if page.message_id not in in_vain]


def last_that_rang(sent: QuerySet[Page]) -> Page | None:
    """The newest of them; of a phone that rings all day a few are looked at."""
    newest = sent.order_by("-sent_at").only("pk", "channel", "sent_at", "message_id")
    return next(iter(that_rang(newest[:_LOOKED_AT])), None)


def last_sent_at(*, phone: str, before: datetime, but_not_about: UUID) -> datetime | None:
    """When a page last went to a phone, by whatever channel, about any patient but this one.

    The next channel for the same patient is never held back: it follows because the first did not work. Nor
    is a chain that starts again held back by what it sent before, alone or in a bundle. What is urgent never
    waits for the text about a same-day alert.
    """
    to_phone = Page.objects.filter(phone=phone, state=PageState.SENT, sent_at__lte=before)
    to_phone = to_phone.filter(escalation__severity__gte=PAGED_FROM.rank)
    own = to_phone.filter(escalation__patient=but_not_about, message_id__isnull=False)
    others = to_phone.exclude(escalation__patient=but_not_about)
    others = others.exclude(message_id__in=own.values("message_id"))
    rang = last_that_rang(others)
    return rang.sent_at if rang else None


def page_answered_by(*, phone: str, code: str, at: datetime) -> Page | None:
    """The page that a text from a phone is about: that with the code, or the newest that went there."""
    sent = Page.objects.filter(
        phone=phone, staff__isnull=False, sent_at__gt=at - REPLY_COUNTS_FOR, sent_at__lte=at
    )
    if code:
        sent = sent.filter(code=code)
    return sent.select_related("staff__user", "staff__clinic").order_by("-sent_at", "-number").first()


def waiting_for(*, phone: str, at: datetime) -> list[Page]:
    """The pages to a phone that still want an answer, the newest of each escalation, newest first."""
    sent = Page.objects.filter(
        phone=phone, staff__isnull=False, sent_at__gt=at - REPLY_COUNTS_FOR, sent_at__lte=at
    )
    found: dict[UUID, Page] = {}
    for page in sent.select_related("staff__user", "staff__clinic", "escalation").order_by(
        "-sent_at", "-number"
    ):
        if page.escalation_id not in found and is_chain_wanted(page.escalation, page.role):
            found[page.escalation_id] = page
    return list(found.values())


def something_else_came_after(page: Page, *, at: datetime) -> bool:
    """Whether a page is not the last thing that was texted to its phone: a notice of a shift, a test.

    So is the answer to a page that the person has taken since: an "ok" may be meant for that.
    """
    since = page.sent_at or page.created_at
    texts = texts_to(page.phone, after=since, until=at)
    carried = set(Page.objects.filter(message_id__in=texts).values_list("message_id", flat=True))
    taken = Escalation.objects.filter(
        acknowledged_by=page.staff.user if page.staff else None,
        acknowledged_at__gt=since,
        acknowledged_at__lte=at,
    )
    return bool(set(texts) - carried) or taken.exclude(pk=page.escalation_id).exists()


def is_chain_wanted(escalation: Escalation, role: str) -> bool:
    """Whether this chain must go on: nobody has it, or this role still owes its answer."""
    if escalation.state == EscalationState.OPEN:
        return True
    owed = escalation.required_answers.filter(role=role, answered_at__isnull=True)
    return escalation.state == EscalationState.ACKNOWLEDGED and bool(role) and owed.exists()


def last_of_chain(escalation_id: UUID, role: str) -> Page | None:
    """The last page of a chain that went out."""
    sent = Page.objects.filter(escalation_id=escalation_id, role=role, state=PageState.SENT)
    return sent.order_by("-number").first()


def of_message(message_id: UUID) -> Page | None:
    """The page that a message carried; of a bundle none, because it is about several."""
    carried = list(
        Page.objects.filter(message_id=message_id).select_related("staff__user", "staff__clinic")[:2]
    )
    return carried[0] if len(carried) == 1 else None


def is_settled(page: Page) -> bool:
    """Whether nobody waits for an answer to this page any more."""
    return not is_chain_wanted(page.escalation, page.role)


@dataclass(frozen=True)
class LastPage:
    """The last page of an escalation that a provider took: to whom and when, and how many there were.

    `name` is empty where it went to the clinic's line.
    """

    name: str
    at: datetime
    count: int


_taken = PreparedRows(
    lambda ids: (
        Page.objects.filter(escalation__in=ids, taken_at__isnull=False)
        .values_list("escalation_id")
        .annotate(count=Count("pk"), last=Max("number"))
        .order_by()
    ),
    list[UUID],
)


def last_taken(ids: Iterable[UUID]) -> dict[UUID, LastPage]:
    """By escalation; who was never paged is not in it. Two queries for all of them."""
    wanted = list(ids)
    found = {(escalation_id, last): count for escalation_id, count, last in _taken(wanted)}
    if not found:
        return {}
    rows = Page.objects.filter(
        escalation__in=wanted, taken_at__isnull=False, number__in={number for _, number in found}
    )
    return {
        row.escalation_id: LastPage(
            name=row.staff.user.name if row.staff else "",
            at=row.taken_at,
            count=found[row.escalation_id, row.number],
        )
        for row in rows.select_related("staff__user")
        if (row.escalation_id, row.number) in found and row.taken_at
    }
