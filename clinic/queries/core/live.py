"""What open consoles watch: whose clinics, how far their lists have moved, what their right hangs on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from clinic.access import AnyUser, Permission, list_clinics_with
from clinic.models import Clinic, Staff, User


@dataclass(frozen=True)
class FollowedClinics:
    """`version` is the sum over the clinics: it grows with every change at any of them."""

    clinic_ids: tuple[UUID, ...]
    version: int


def clinics_followed_by(user: AnyUser) -> FollowedClinics:
    """The clinics whose console this person may watch now, in one query."""
    found = list_clinics_with(user, Permission.WATCH_CONSOLE)
    return FollowedClinics(tuple(one.pk for one in found), sum(one.live_version for one in found))


def versions_of(clinic_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How far the lists of these clinics have moved."""
    return dict(Clinic.objects.filter(pk__in=clinic_ids).values_list("pk", "live_version"))


def marks_of_sessions(sessions: Mapping[str, UUID], *, now: datetime) -> dict[str, object]:
    """Of each session in force, by its key: all that its person's right to watch hangs on.

    `sessions` names whose each of them is. A mark says nothing by itself; another one than before means that
    the session, the account, its roles or its factors have changed. Four queries, however many they are.
    """
    people = set(sessions.values())
    rows = Session.objects.filter(pk__in=sessions, expire_date__gt=now).values_list("pk", "session_data")
    accounts = {row["id"]: tuple(row.values()) for row in User.objects.filter(pk__in=people).values()}
    staff = Staff.objects.filter(user__in=people, ended_at=None)
    roles = _by_person(staff.values_list("user_id", "clinic_id", "role"))
    factors = _by_person(Authenticator.objects.filter(user__in=people).values_list("user_id", "pk"))
    return {
        key: (data, accounts.get(person), roles[person], factors[person])
        for key, data in rows
        for person in [sessions[key]]
    }


def _by_person(rows: Iterable[tuple[Any, ...]]) -> Mapping[object, set[Any]]:
    found: dict[object, set[Any]] = defaultdict(set)
    for person, *facts in rows:
        found[person].add(tuple(facts))
    return found
