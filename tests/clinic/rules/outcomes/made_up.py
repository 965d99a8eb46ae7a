"""Made-up patients for figures: what a test does not name never happened."""

from __future__ import annotations

from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.followed import Followed, Opened, Received, Span, Stay

NOTHING: dict[str, Any] = {
    "at_home": (),
    "reports": (),
    "escalations": (),
    "stays": (),
    "deaths_at_home": (),
}


def followed(**happened: Any) -> Followed:
    return Followed(**{**NOTHING, **happened})


def at_home(*hours: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in hours)


def reports(*pairs: tuple[float, str]) -> tuple[Received, ...]:
    return tuple(Received(hour, Level(level)) for hour, level in pairs)


def opened(hour: float, *rules: str, contact: float | None = None, acted: bool | None = None) -> Opened:
    return Opened(hour, rules or ("temp",), contact, acted)


def stay(start: float, end: float | None = None, *, is_planned: bool = False) -> Stay:
    return Stay(start, end, is_planned)
