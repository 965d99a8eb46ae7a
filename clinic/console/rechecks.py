"""Whether those who watch may still watch: one look for all open consoles of a process.

All that their right hangs on is read at once, in as many statements as for one, and only where something of
it has changed is a console asked to look for itself.
"""

import asyncio
import logging
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.utils import timezone

from clinic import row_scope
from clinic.access import AnyUser
from clinic.console.identity import BySession, Identity
from clinic.queries.core.live import marks_of_sessions

logger = logging.getLogger(__name__)

# Sign-out closes the socket at once; a session, role or account that ends otherwise, within this.
EVERY_SECONDS = 3
TRY_AGAIN = 1013


class Watcher(Protocol):
    """An open console."""

    identity: Identity
    user: AnyUser

    async def check_again(self) -> None:
        """Look for itself, and close where nothing may be watched any more."""

    async def close(self, code: int | bool | None = None) -> None: ...


class Rechecks:
    """Of one event loop; runs as long as a console is open."""

    def __init__(self) -> None:
        # What was found of each when it last looked for itself.
        self._marks: dict[Watcher, object] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, watcher: Watcher) -> None:
        self._marks[watcher] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on())

    def remove(self, watcher: Watcher) -> None:
        self._marks.pop(watcher, None)

    async def _go_on(self) -> None:
        while self._marks:
            await asyncio.sleep(EVERY_SECONDS)
            await self._look()

    async def _look(self) -> None:
        watchers = list(self._marks)
        keys = {one: one.identity.session_key for one in watchers if isinstance(one.identity, BySession)}
        try:
            found = await _read_marks({key: one.user.pk for one, key in keys.items() if one.user.pk})
        except Exception:
            logger.exception("open consoles could not be checked again")
            for one in watchers:
                await _close(one)
            return
        for one in watchers:
            # Without a session, and where it has ended, nothing is found: such a console looks each time.
            mark = found.get(keys.get(one, ""))
            if one in self._marks and (mark is None or mark != self._marks[one]):
                self._marks[one] = mark
                await _check(one)


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Rechecks] = WeakKeyDictionary()


def of_this_loop() -> Rechecks:
    """The one that looks after the consoles of this process."""
    return _of_loop.setdefault(asyncio.get_running_loop(), Rechecks())


@database_sync_to_async
def _read_marks(sessions: dict[str, UUID]) -> dict[str, object]:
    # Nothing of it is shown to anybody; it is compared.
    with row_scope.everything():
        return marks_of_sessions(sessions, now=timezone.now())


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
