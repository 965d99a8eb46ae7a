"""A caregiver's own strain: asked on a track of its own. No rule about the patient knows any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# Twice a week. Proposed: no published work on caregivers at home after CAR-T was found.
ASKED_EVERY = timedelta(hours=84)
# What somebody shares is looked at within this time.
LOOKED_AT_WITHIN = timedelta(hours=72)
HIGHEST = 3
# From this answer on the page says first where help is.
HEAVY_FROM = 2


@dataclass(frozen=True)
class Strain:
    """How a caregiver has slept and copes, each from 0 (well) to 3 (not at all)."""

    sleep: int
    coping: int

    @property
    def is_heavy(self) -> bool:
        return max(self.sleep, self.coping) >= HEAVY_FROM


def is_asked(last_at: datetime | None, now: datetime) -> bool:
    """Whether it is time to ask this person again."""
    return last_at is None or now - last_at >= ASKED_EVERY
