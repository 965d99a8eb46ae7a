"""The demo's provider: nothing leaves, the stored row is what would have been sent."""

from datetime import datetime

from notifications.providers.base import Outcome, Outgoing, Told, accepted, not_sent
from notifications.rules.states import State


class ConsoleProvider:
    """Takes everything and says it arrived."""

    def send(self, outgoing: Outgoing) -> Outcome:
        return accepted(f"demo-{outgoing.id}", State.DELIVERED)

    def find(self, outgoing: Outgoing, *, since: datetime, known: frozenset[str]) -> Outcome:
        # A demo that was killed between claim and store handed nothing to anybody.
        return not_sent()

    def status(self, sid: str, channel: str) -> Told | None:
        return None
