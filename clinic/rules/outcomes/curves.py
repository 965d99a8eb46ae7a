"""Shares over time as a drawing: steps, because between two events nothing changes.

Units of length are those of the drawing's own `viewBox`, as in clinic.rules.reports.charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.rules.reports.charts import Frame

_FRAME = Frame(width=520, height=220, left=44, right=8, bottom=24)
# Per cent that the axis goes up to: the first that holds every share.
_TOPS = (20, 50, 100)


@dataclass(frozen=True)
class Share:
    """Per cent of everybody by a day after the infusion."""

    day: int
    relapse: float
    without_relapse: float


@dataclass(frozen=True)
class Curves:
    """Two lines, as `points` of a polyline each. The marks are a place and what stands there."""

    frame: Frame
    relapse: str
    without_relapse: str
    days: tuple[tuple[float, int], ...]
    shares: tuple[tuple[float, int], ...]


def curves(steps: Sequence[Share], marked_days: Sequence[int]) -> Curves | None:
    """From nothing on day 0 to the last step; None where there is no step to draw."""
    last = max((one.day for one in steps), default=0)
    if last <= 0:
        return None
    highest = max(max(one.relapse, one.without_relapse) for one in steps)
    top = next((one for one in _TOPS if highest <= one), _TOPS[-1])
    ordered = sorted(steps, key=lambda one: one.day)
    return Curves(
        frame=_FRAME,
        relapse=_line([(one.day, one.relapse) for one in ordered], last, top),
        without_relapse=_line([(one.day, one.without_relapse) for one in ordered], last, top),
        days=tuple((_x(day, last), day) for day in (0, *marked_days) if day <= last),
        shares=tuple((_y(share, top), share) for share in (0, top // 2, top)),
    )


def _line(steps: Sequence[tuple[int, float]], last: int, top: int) -> str:
    places, share = [(0, 0.0)], 0.0
    for day, after in steps:
        places += [(day, share), (day, after)]
        share = after
    return " ".join(f"{_x(day, last)},{_y(one, top)}" for day, one in places)


def _x(day: int, last: int) -> float:
    return round(_FRAME.left + _FRAME.plot_width * day / last, 1)


def _y(share: float, top: int) -> float:
    return round(_FRAME.base - _FRAME.plot_height * share / top, 1)
