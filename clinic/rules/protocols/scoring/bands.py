"""Which measured values lead to which level by themselves, read out of the protocol's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import PatientContext, assess, number_level

# Thermometers show one decimal; the tables of a protocol state both ends of a band.
_STEP = 0.1


@dataclass(frozen=True)
class LevelBand:
    """From `low` up to but not at `high` (°C, or the question's own unit; None is open)."""

    low: float | None
    high: float | None
    level: Level


def temperature_bands(protocol: Protocol, patient: PatientContext) -> tuple[LevelBand, ...]:
    """The bands from the coldest to the hottest, each at the level that a report of only this would reach."""
    question = next((one for one in protocol.questions if one.kind is Kind.TEMPERATURE), None)
    if question is None:
        return ()
    starts = _starts(protocol, question.key)
    value_key, unit_key = question.answer_keys
    levels = [
        assess(protocol, {value_key: str(_inside(start)), unit_key: "C"}, patient).level for start in starts
    ]
    return _joined(starts, levels)


def number_bands(
    protocol: Protocol, item: str, patient: PatientContext, scale: tuple[float, float]
) -> tuple[LevelBand, ...]:
    """The bands of a number that is measured in whole units, over a scale from low to high.

    Each value is asked for by itself: where a table compares with this person's usual value, an edge lies
    inside one of its rows.
    """
    values = list(range(int(scale[0]), int(scale[1]) + 1))
    levels = [number_level(protocol, item, value, patient) for value in values]
    return _joined([None, *values[1:]], levels)


def _starts(protocol: Protocol, item: str) -> list[float | None]:
    """Where a band of any table on this number begins; the first is open below."""
    rows = [row for table in protocol.tables if table.item == item for row in table.rows]
    lows = {row.low for row in rows if row.low is not None}
    lows |= {round(row.high + _STEP, 1) for row in rows if row.high is not None}
    ordered: list[float] = sorted(lows)
    return [None, *ordered]


def _inside(start: float | None) -> float:
    # No thermometer for people shows less than this; it stands for "colder than the first band".
    return 34.0 if start is None else start


def _joined(starts: Sequence[float | None], levels: list[Level]) -> tuple[LevelBand, ...]:
    changes = [place for place, level in enumerate(levels) if place == 0 or level != levels[place - 1]]
    ends = [*changes[1:], len(levels)]
    return tuple(
        LevelBand(starts[begin], starts[end] if end < len(starts) else None, levels[begin])
        for begin, end in zip(changes, ends, strict=True)
    )
