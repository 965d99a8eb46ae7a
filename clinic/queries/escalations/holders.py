"""The lease of an escalation, pending requests to colleagues, and which role still owes an answer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.models import ColleagueRequest, Escalation, RequiredAnswer, User
from clinic.models.colleague_request import RequestKind, RequestState
from clinic.models.staff import Role
from clinic.prepared import PreparedQuery, PreparedRows


@dataclass(frozen=True)
class PendingRequest:
    """Something open between two colleagues."""

    by: str
    of: str
    text: str
    at: datetime
    of_me: bool
    by_me: bool


@dataclass(frozen=True)
class LeaseStatus:
    """All of it for one escalation; `owed` are role codes, `owed_roles` their names."""

    until: datetime | None
    snoozed_until: datetime | None
    snooze_reason: str
    transfer: PendingRequest | None
    opinion: PendingRequest | None
    owed: tuple[str, ...]
    unreached_at: datetime | None

    @property
    def owed_roles(self) -> tuple[str, ...]:
        return tuple(str(Role(role).label) for role in self.owed)

    @property
    def asks_me(self) -> bool:
        """Whether a colleague waits for this person's answer."""
        return any(asked is not None and asked.of_me for asked in (self.transfer, self.opinion))

    @property
    def key(self) -> str:
        """Differs when other forms fit: somebody was asked, or an answer is owed no more."""
        asked = [str(one.at) for one in (self.transfer, self.opinion) if one]
        return " ".join([*asked, *self.owed])


_pending_of = PreparedQuery(
    lambda ids: ColleagueRequest.objects.filter(
        escalation__in=ids, state=RequestState.PENDING
    ).select_related("asked_by", "asked_of__user"),
    list[UUID],
)
_owed_to = PreparedRows(
    lambda ids: (
        RequiredAnswer.objects.filter(escalation__in=ids, answered_at__isnull=True)
        .order_by("role")
        .values_list("escalation_id", "role")
    ),
    list[UUID],
)


def of_escalations(escalations: Iterable[Escalation], user: User) -> dict[UUID, LeaseStatus]:
    """One for each, in two queries for all of them."""
    rows = list(escalations)
    ids = [row.pk for row in rows]
    pending: dict[UUID, dict[str, PendingRequest]] = defaultdict(dict)
    for request in _pending_of(ids):
        pending[request.escalation_id][request.kind] = _pending_request(request, user)
    owed: dict[UUID, list[str]] = defaultdict(list)
    for escalation_id, role in _owed_to(ids):
        owed[escalation_id].append(role)
    return {
        row.pk: LeaseStatus(
            until=row.lease_until,
            snoozed_until=row.snoozed_until,
            snooze_reason=row.snooze_reason,
            transfer=pending[row.pk].get(RequestKind.TRANSFER),
            opinion=pending[row.pk].get(RequestKind.OPINION),
            owed=tuple(owed[row.pk]),
            unreached_at=row.unreached_at,
        )
        for row in rows
    }


def _pending_request(request: ColleagueRequest, user: User) -> PendingRequest:
    return PendingRequest(
        by=request.asked_by.name,
        of=request.asked_of.user.name,
        text=request.text,
        at=request.asked_at,
        of_me=request.asked_of.user_id == user.pk,
        by_me=request.asked_by_id == user.pk,
    )
