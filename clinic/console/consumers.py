"""The live console's socket. It says that something changed, never what; nothing is changed over it."""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import timezone

from clinic import row_scope
from clinic.access import AnyUser
from clinic.console import identity, rechecks
from clinic.queries.core.live import FollowedClinics, clinics_followed_by
from clinic.services.core import live
from clinic.services.watch import presence
from clinic.services.watch.presence import Watch

SIGNED_OUT = 4401
NOT_ALLOWED = 4403


class ConsoleConsumer(AsyncJsonWebsocketConsumer):
    """Joins the groups of the clinics that its person may watch, and leaves them when that ends."""

    identity: identity.Identity
    user: AnyUser
    clinic_ids: frozenset[UUID] = frozenset()

    async def connect(self) -> None:
        self.identity = identity.of(self.scope)
        watched = await self._read_clinics()
        if not watched.clinic_ids:
            await self.close(code=NOT_ALLOWED)
            return
        if self.identity.group:
            await self.channel_layer.group_add(self.identity.group, self.channel_name)
        # Joined before the version is read: a change in between is then in one of the two.
        await self._join(watched)
        offered = self.scope.get("subprotocols", [])
        await self.accept(subprotocol=identity.PROTOCOL if identity.PROTOCOL in offered else None)
        await self._send(kind="hello", version=(await self._read_clinics()).version)
        await self.mark_present()
        rechecks.of_this_loop().add(self)

    async def disconnect(self, code: int) -> None:
        rechecks.of_this_loop().remove(self)
        if getattr(self, "identity", None) and self.identity.group:
            await self.channel_layer.group_discard(self.identity.group, self.channel_name)
        await self._leave(self.clinic_ids)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """Whatever a client sends is ignored: acts go by HTTP, where they are checked and audited."""

    async def live_frame(self, event: dict[str, Any]) -> None:
        """Forward one hint, if its reader may still see the clinic that it came from."""
        frame = event["frame"]
        if frame["type"] == "signed_out":
            await self.close(code=SIGNED_OUT)
            return
        before, is_heartbeat = self.clinic_ids, frame["type"] == "heartbeat"
        watched = await rechecks.of_this_loop().look(self, is_present=is_heartbeat)
        if watched is None:
            return
        if not before <= self.clinic_ids:
            # A role ended since; the frame may be from there. The new version is hint enough.
            await self._send(kind="hello", version=watched.version)
            return
        await self._send(
            kind=frame["type"],
            ref=frame.get("ref"),
            version=watched.version,
            level=frame.get("level"),
            at=frame.get("at"),
            change=frame.get("change"),
        )

    async def check_again(self) -> None:
        """Close where nothing may be watched any more, and tell of another clinic or one less."""
        before = self.clinic_ids
        watched = await self.look()
        if watched is not None and before != self.clinic_ids:
            await self._send(kind="hello", version=watched.version)

    async def look(self) -> FollowedClinics | None:
        """Join the clinics that its person may watch now, and leave the others; close where there is none."""
        watched: FollowedClinics = await self._read_clinics()
        if not watched.clinic_ids:
            await self.close(code=NOT_ALLOWED if self.user.is_authenticated else SIGNED_OUT)
            return None
        await self._leave(self.clinic_ids - set(watched.clinic_ids))
        await self._join(watched)
        return watched

    @property
    def watches(self) -> list[Watch]:
        """One a clinic: a nurse of two clinics watches both over one socket."""
        person = self.user.pk
        return [Watch(self._watch_key(one), one, person) for one in self.clinic_ids] if person else []

    @database_sync_to_async
    def _read_clinics(self) -> FollowedClinics:
        self.user = self.identity.user()
        if self.user.is_authenticated:
            row_scope.enter_person(self.user.pk)
        else:
            row_scope.enter_nobody()
        return clinics_followed_by(self.user)

    async def _join(self, watched: FollowedClinics) -> None:
        for clinic_id in set(watched.clinic_ids) - self.clinic_ids:
            await self.channel_layer.group_add(live.group_of(clinic_id), self.channel_name)
        self.clinic_ids = frozenset(watched.clinic_ids)

    async def _leave(self, clinic_ids: frozenset[Any]) -> None:
        for clinic_id in clinic_ids:
            await self.channel_layer.group_discard(live.group_of(clinic_id), self.channel_name)
            await database_sync_to_async(presence.mark_gone)(channel=self._watch_key(clinic_id))
        self.clinic_ids -= clinic_ids

    @database_sync_to_async
    def mark_present(self) -> None:
        presence.mark_present(self.watches, now=timezone.now())

    def _watch_key(self, clinic_id: Any) -> str:
        return f"{self.channel_name}/{clinic_id}"

    async def _send(
        self,
        *,
        kind: str,
        version: int,
        ref: str | None = None,
        level: str | None = None,
        at: str | None = None,
        change: str | None = None,
    ) -> None:
        at = at or timezone.now().isoformat()
        frame = {"type": kind, "ref": ref, "version": version, "level": level, "at": at, "change": change}
        await self.send_json(frame)
