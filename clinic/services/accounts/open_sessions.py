"""Where a member of staff is signed in: seen and ended by them, and by whoever manages the staff."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from clinic.access import get_managed_role
from clinic.models import Staff, User
from clinic.rules.patients.device_kinds import kind_of, shown_kind
from clinic.services.accounts import sign_ins
from clinic.services.core import audit, devices


class UnknownSession(Exception):
    """It has ended already, or is somebody else's."""


@dataclass(frozen=True)
class OpenSession:
    """One browser. `address` is where it signed in from."""

    id: int
    kind: str
    address: str
    since: datetime


@dataclass(frozen=True)
class SessionsOfColleague:
    """The page of one role's person."""

    staff: Staff
    sessions: tuple[OpenSession, ...]


def of_colleague(*, staff_id: int, by: User) -> SessionsOfColleague:
    """The newest first. NotVisible."""
    staff = get_managed_role(by, staff_id)
    rows = sorted(
        UserSession.objects.purge_and_list(staff.user), key=lambda row: row.created_at, reverse=True
    )
    shown = (OpenSession(row.pk, shown_kind(kind_of(row.user_agent)), row.ip, row.created_at) for row in rows)
    return SessionsOfColleague(staff, tuple(shown))


@transaction.atomic
def end_own(*, session_id: int, by: User, now: datetime) -> None:
    """One of one's own. UnknownSession."""
    _end(session_id, owner=by, by=by, now=now)
    sign_ins.record_own(action="session.ended", user=by, now=now, detail={"session": session_id})


def end_of_colleague(*, staff_id: int, session_id: int, by: User, now: datetime) -> Staff:
    """It is signed out within seconds, also on an open console. NotVisible, UnknownSession."""
    staff = get_managed_role(by, staff_id)
    with transaction.atomic():
        _end(session_id, owner=staff.user, by=by, now=now)
        audit.record(
            action="session.ended",
            by=by,
            now=now,
            clinic_id=staff.clinic_id,
            subject_type="user",
            subject_id=staff.user_id,
            detail={"session": session_id},
        )
    return staff


def _end(session_id: int, *, owner: User, by: User, now: datetime) -> None:
    """With the notices that were asked for there."""
    session = UserSession.objects.filter(pk=session_id, user=owner).first()
    if session is None:
        raise UnknownSession
    notified = session._session_store(session.session_key).get(devices.SESSION_KEY)
    if notified:
        devices.remove_of(owner=owner, device_id=notified, by=by, now=now)
    session.end()
