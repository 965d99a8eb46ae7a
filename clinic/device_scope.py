"""On which of a family's devices we work now, so that one that waits reads nothing that it did not send.

Each request of a caregiver, and each report that a phone hands in by its token, says it; `access.py` asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class DeviceScope:
    """One device of one person. `sent`: what was handed in from it while it waited, as ids.

    `opens_by_code`: while it waits, a code to the person's number opens it.
    """

    id: UUID
    user_id: UUID
    waits: bool
    sent: frozenset[str] = frozenset()
    opens_by_code: bool = False


_entered: ContextVar[DeviceScope | None] = ContextVar("device_scope", default=None)


def enter(scope: DeviceScope | None) -> Token[DeviceScope | None]:
    return _entered.set(scope)


def leave(token: Token[DeviceScope | None]) -> None:
    _entered.reset(token)


@contextmanager
def of(scope: DeviceScope | None) -> Iterator[None]:
    """For one piece of work."""
    token = enter(scope)
    try:
        yield
    finally:
        leave(token)


def device_of(user_id: UUID | None) -> DeviceScope | None:
    """This person's device that is at work; None for staff, programs and the engine."""
    scope = _entered.get()
    return scope if scope is not None and scope.user_id == user_id else None


def waiting_device_of(user_id: UUID | None) -> DeviceScope | None:
    """The same, only where it waits to be confirmed."""
    scope = device_of(user_id)
    return scope if scope is not None and scope.waits else None
