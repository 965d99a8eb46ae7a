"""Whose rows the database gives out: the second wall between clinics, behind `access.py`.

Each request, task, socket and command says whom it works for; PostgreSQL's row-level security then keeps
the rows of every other clinic back, whatever a query asks for (config/postgresql, docs/security.md). Who says
nothing sees no row of any clinic. The embedded SQLite has no such wall, and there this changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

Part = TypeVar("Part")


@dataclass(frozen=True)
class RowScope:
    """`clinics`: "*" for all, one's id, or none. `person`: the database looks up which clinics are theirs.

    Two are never equal, so that one that is entered anew is looked up anew.
    """

    clinics: str = ""
    person: UUID | None = None
    _itself: object = field(default_factory=object, repr=False)


NOTHING = RowScope()
EVERYTHING = RowScope(clinics="*")

_entered: ContextVar[RowScope | None] = ContextVar("row_scope", default=None)
_of_process: list[RowScope] = [NOTHING]


def current() -> RowScope:
    """What was entered last in this context, else what the process works with."""
    return _entered.get() or _of_process[0]


def of_process(scope: RowScope) -> None:
    """What holds wherever nothing is entered: everything in commands, nothing in a web process."""
    _of_process[0] = scope


def enter_person(user_id: UUID) -> Token[RowScope | None]:
    """From here on only rows of clinics where this person works, or looks after a patient."""
    return _entered.set(RowScope(person=user_id))


def enter_clinic(clinic_id: UUID) -> Token[RowScope | None]:
    """From here on only rows of this clinic, for another system of its own."""
    return _entered.set(RowScope(clinics=str(clinic_id)))


def enter_nobody() -> Token[RowScope | None]:
    """From here on no row of any clinic, until somebody is known."""
    return _entered.set(NOTHING)


def leave(token: Token[RowScope | None]) -> None:
    _entered.reset(token)


@contextmanager
def everything() -> Iterator[None]:
    """All clinics' rows, for what no person asks for: a secret that names its row, the engine."""
    token = _entered.set(EVERYTHING)
    try:
        yield
    finally:
        _entered.reset(token)


def kept(parts: Iterator[Part]) -> Iterator[Part]:
    """What is taken from here later, as when a file is streamed after its request, has the scope of now."""
    return _within(current(), parts)


def _within(scope: RowScope, parts: Iterator[Part]) -> Iterator[Part]:
    while True:
        token = _entered.set(scope)
        try:
            part = next(parts)
        except StopIteration:
            return
        finally:
            _entered.reset(token)
        yield part
