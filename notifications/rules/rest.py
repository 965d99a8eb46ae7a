"""Leaves a neighbour that hangs in peace: waiting for the same silence at every call would add up."""

from dataclasses import dataclass

# A refusal comes at once and costs nothing; only what was waited for in vain is worth sparing.
SLOW_SECONDS = 1.0
REST_SECONDS = 5.0


@dataclass
class Rest:
    """When one neighbour may be asked again, in seconds of a clock that never goes back."""

    until: float = 0.0

    def holds(self, at: float) -> bool:
        return at < self.until

    def failed(self, *, began: float, ended: float) -> None:
        """A call went wrong; after one that hung, none is tried for some seconds."""
        if ended - began >= SLOW_SECONDS:
            self.until = ended + REST_SECONDS
