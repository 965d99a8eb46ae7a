"""Browsers on which a person was signed in before: a stranger's tries elsewhere do not count for them.

A signed cookie names those people. It lets nobody in: it only says whose tries are counted apart.
"""

import hashlib
from collections.abc import Collection, Sequence

from django.core import signing

from clinic.models import User

# Browsers keep it on https and on this machine itself; where they do not, a browser is known to nobody.
COOKIE = "__Host-known"
COOKIE_AGE = 365 * 24 * 3600
# A household, or all who share a ward's desk: the last ones stay. So many are 1 KB, compressed.
_AT_MOST = 24
_SALT = "clinic.known-devices"


def mark_of(user: User) -> str:
    """Names a person on a device, until their password changes, or all their phones are signed out."""
    mark = hashlib.sha256(f"{user.pk}|{user.password}".encode()).hexdigest()[:16]
    return f"{user.pk.hex}.{mark}"


def marks_in(cookie: str) -> tuple[str, ...]:
    """The marks that a cookie of ours holds; none of any other."""
    try:
        return tuple(signing.loads(cookie, salt=_SALT, max_age=COOKIE_AGE))
    except (signing.BadSignature, TypeError):
        return ()


def has_used(user: User, marks: Collection[str]) -> bool:
    """Whether they were ever signed in on the browser that keeps these marks, also by an earlier password."""
    return any(mark[:32] == user.pk.hex for mark in marks)


def with_mark(marks: Sequence[str], mark: str) -> str:
    """The cookie's new value."""
    kept = [one for one in marks if one[:32] != mark[:32]]
    return signing.dumps([*kept, mark][-_AT_MOST:], salt=_SALT, compress=True)
