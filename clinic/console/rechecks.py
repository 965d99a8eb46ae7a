"""Whether those who watch may still watch: one look for all open consoles of a process.

All that their right hangs on is read at once, in as many statements as for one, and only where something of
it has changed is a console asked to look for itself. A frame waits for the next look; frames that come while
one is under way share the one after it.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.utils import timezone

from clinic import row_scope
from clinic.access import AnyUser
from clinic.console.identity import BySession, Identity
from clinic.queries.core.live import FollowedClinics, marks_of_sessions, versions_of
from clinic.services.watch import presence
from clinic.services.watch.presence import Watch

logger = logging.getLogger(__name__)

# Sign-out closes the socket at once; a session, role or account that ends otherwise, within this.
EVERY_SECONDS = 3
TRY_AGAIN = 1013


class Watcher(Protocol):
    """An open console."""

    identity: Identity
    user: AnyUser
    clinic_ids: frozenset[UUID]

    @property
    def watches(self) -> list[Watch]:
        """What it is counted as, once for each clinic."""

    async def look(self) -> FollowedClinics | None:
        """What its person may watch now, and it has joined; closed, and None, where that is nothing."""

    async def mark_present(self) -> None:
        """Note that it heard a heartbeat."""

    async def check_again(self) -> None:
        """The same as `look`, and tell of another clinic or one less."""

    async def close(self, code: int | bool | None = None) -> None: ...


@dataclass(frozen=True)
class _Found:
    marks: Mapping[str, object]
    versions: Mapping[UUID, int]


@dataclass
class _Look:
    """One look, and for whom; of `present` those who heard a heartbeat."""

    watchers: set[Watcher] = field(default_factory=set)
    present: set[Watcher] = field(default_factory=set)
    task: asyncio.Task[_Found] | None = None


class Rechecks:
    """Of one event loop; runs as long as a console is open."""

    def __init__(self) -> None:
        # What was found of each before it last looked for itself.
        self._marks: dict[Watcher, object] = {}
        self._task: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._next = _Look()

    def add(self, watcher: Watcher) -> None:
        self._marks[watcher] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on())

    def remove(self, watcher: Watcher) -> None:
        self._marks.pop(watcher, None)

    async def look(self, watcher: Watcher, *, is_present: bool = False) -> FollowedClinics | None:
        """What this console watches and may watch, read after this call; None where it has been closed.

        `is_present`: it has heard a heartbeat, and counts as watching if it still may.
        """
        look = self._next
        look.watchers.add(watcher)
        if is_present:
            look.present.add(watcher)
        if look.task is None:
            look.task = asyncio.create_task(self._begin(look))
        # One console that goes away takes no other's look with it.
        found = await asyncio.shield(look.task)
        if self._stands(watcher, found):
            version = sum(found.versions[one] for one in watcher.clinic_ids)
            return FollowedClinics(tuple(watcher.clinic_ids), version)
        watched = await watcher.look()
        self._note_looked(watcher, found)
        if watched is not None and is_present:
            await watcher.mark_present()
        return watched

    async def _go_on(self) -> None:
        while self._marks:
            await asyncio.sleep(EVERY_SECONDS)
            await self._look_after_all()

    async def _look_after_all(self) -> None:
        watchers = set(self._marks)
        try:
            found = await self._read(_Look(watchers))
        except Exception:
            logger.exception("open consoles could not be checked again")
            for one in watchers:
                await _close(one)
            return
        for one in watchers:
            if one in self._marks and not self._stands(one, found):
                await _check(one)
                self._note_looked(one, found)

    async def _begin(self, look: _Look) -> _Found:
        async with self._one_at_a_time:
            self._next = _Look()
            return await self._read(look)

    async def _read(self, look: _Look) -> _Found:
        sessions = {_session_of(one): one.user.pk for one in look.watchers if one.user.pk}
        sessions.pop("", None)
        found: _Found = await _read(
            sessions,
            {clinic_id for one in look.watchers for clinic_id in one.clinic_ids},
            [(_session_of(one), self._marks.get(one), one.watches) for one in look.present],
        )
        return found

    def _stands(self, watcher: Watcher, found: _Found) -> bool:
        """Whether all is as it was when it last looked for itself.

        Without a session, and where it has ended, nothing is found: such a console looks each time.
        """
        mark = found.marks.get(_session_of(watcher))
        is_same = mark is not None and mark == self._marks.get(watcher)
        return is_same and watcher.clinic_ids <= found.versions.keys()

    def _note_looked(self, watcher: Watcher, found: _Found) -> None:
        if watcher in self._marks:
            self._marks[watcher] = found.marks.get(_session_of(watcher))


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Rechecks] = WeakKeyDictionary()


def of_this_loop() -> Rechecks:
    """The one that looks after the consoles of this process."""
    return _of_loop.setdefault(asyncio.get_running_loop(), Rechecks())


def _session_of(watcher: Watcher) -> str:
    return watcher.identity.session_key if isinstance(watcher.identity, BySession) else ""


@database_sync_to_async
def _read(
    sessions: Mapping[str, UUID],
    clinic_ids: Collection[UUID],
    present: Collection[tuple[str, object, list[Watch]]],
) -> _Found:
    now = timezone.now()
    # Nothing of it is shown to anybody: marks are compared, and versions told to those who still watch.
    with row_scope.everything():
        versions = versions_of(clinic_ids)
        marks = marks_of_sessions(sessions, now=now)
        still_here = [
            watches for key, mark, watches in present if mark is not None and marks.get(key) == mark
        ]
        presence.mark_present([watch for watches in still_here for watch in watches], now=now)
    return _Found(marks, versions)


async def _check(watcher: Watcher) -> None:
    try:
        await watcher.check_again()
    except Exception:
        logger.exception("a console could not be checked again")
        await _close(watcher)


async def _close(watcher: Watcher) -> None:
    """A socket that cannot be checked is not trusted; the browser says so and comes back."""
    try:
        await watcher.close(code=TRY_AGAIN)
    except Exception:
        logger.warning("a console had gone before it was closed")
