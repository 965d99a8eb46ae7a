"""Where things stand on a chart: plain numbers in, plain numbers out. Templates draw them.

Units of length are those of the drawing's own `viewBox`; x grows with time, y grows downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import TypeVar

from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.bands import LevelBand

Drawn = TypeVar("Drawn")

# How far apart the words of two stripes stand at least.
_BETWEEN_WORDS = 13


@dataclass(frozen=True)
class Frame:
    """The drawing and the plot in it.

    `words`: the part of the plot, at its left, in which no reading stands; the words of the stripes are
    there, so that no line runs through them. `day_name`: how wide the name of a day is at most, with the
    space after it.
    """

    width: float = 320
    height: float = 180
    left: float = 34
    right: float = 6
    top: float = 6
    bottom: float = 22
    words: float = 0
    day_name: float = 48

    @property
    def plot_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def time_width(self) -> float:
        """What of the plot the span of time takes."""
        return self.plot_width - self.words

    @property
    def plot_height(self) -> float:
        return self.height - self.top - self.bottom

    @property
    def base(self) -> float:
        """The y of the plot's lower edge."""
        return self.height - self.bottom


@dataclass(frozen=True)
class TimeSpan:
    """A stretch of time, shown from its start to its end."""

    start: datetime
    end: datetime

    def share(self, at: datetime) -> float:
        """0 at the start, 1 at the end; a moment outside sits on the edge."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))

    def holds(self, at: datetime) -> bool:
        return self.start <= at <= self.end


@dataclass(frozen=True)
class Reading:
    """One measured value."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Point:
    """A reading on the drawing."""

    x: float
    y: float
    reading: Reading


@dataclass(frozen=True)
class Band:
    """The stripe of one level, and where its word stands."""

    level: Level
    y: float
    height: float
    has_word: bool = True

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what it stands for."""

    place: float
    at: datetime | None = None
    value: float | None = None
    # Where the middle of the day's name stands: beside a line at the edge, so that all of it is inside.
    name_place: float = 0


@dataclass(frozen=True)
class LineChart:
    """A number over time. `lines` are runs of points without a long gap, as `points` of a polyline."""

    frame: Frame
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    bands: tuple[Band, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Bar:
    """One answer on a strip: a bar from the base up to `y`."""

    x: float
    y: float
    height: float
    value: int


@dataclass(frozen=True)
class BarStrip:
    """The answers to one question over time, as bars."""

    width: float
    height: float
    bars: tuple[Bar, ...]


def line_chart(
    readings: Iterable[Reading],
    *,
    span: TimeSpan,
    scale: tuple[float, float],
    values: Sequence[float],
    bands: Iterable[LevelBand] = (),
    longest_gap: timedelta = timedelta(hours=36),
    frame: Frame | None = None,
) -> LineChart:
    """Readings inside the span on a scale from low to high; a value beyond the scale sits on its edge.

    `values` are what the value axis names. A gap longer than `longest_gap` breaks the line, so that no
    line tells of hours in which nobody measured.
    """
    frame = frame or Frame()
    inside = sorted((one for one in readings if span.holds(one.at)), key=lambda one: one.at)
    points = tuple(Point(_x(frame, span, one.at), _y(frame, scale, one.value), one) for one in inside)
    stripes = [made for band in bands if (made := _band(frame, scale, band)) is not None]
    return LineChart(
        frame=frame,
        points=points,
        lines=_lines(points, longest_gap),
        bands=_worded(stripes),
        x_ticks=_day_ticks(span, frame),
        y_ticks=tuple(Tick(_y(frame, scale, value), value=value) for value in values),
    )


def ticks(moments: Iterable[datetime], *, span: TimeSpan, frame: Frame) -> tuple[Tick, ...]:
    """Where those moments stand that are inside the span."""
    return tuple(Tick(_x(frame, span, at), at=at) for at in moments if span.holds(at))


def bar_strip(
    answers: Iterable[tuple[datetime, int]],
    *,
    span: TimeSpan,
    highest: int,
    width: float = 320,
    height: float = 28,
    bar: float = 6,
    least: float = 1,
) -> BarStrip:
    """One bar for each answer inside the span; an answer of none is `least` high, not nothing."""
    marks = []
    for at, value in sorted(answers):
        if span.holds(at):
            tall = max(least, round((height - 2) * value / highest, 1))
            x = round(span.share(at) * (width - bar), 1)
            marks.append(Bar(x, round(height - tall, 1), tall, value))
    return BarStrip(width, height, tuple(marks))


def _x(frame: Frame, span: TimeSpan, at: datetime) -> float:
    return round(frame.left + frame.words + span.share(at) * frame.time_width, 1)


def _y(frame: Frame, scale: tuple[float, float], value: float) -> float:
    low, high = scale
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return round(frame.base - share * frame.plot_height, 1)


def _band(frame: Frame, scale: tuple[float, float], band: LevelBand) -> Band | None:
    low, high = scale
    bottom, top = band.low if band.low is not None else low, band.high if band.high is not None else high
    if top <= low or bottom >= high:
        return None
    upper = _y(frame, scale, top)
    return Band(band.level, upper, round(_y(frame, scale, bottom) - upper, 1))


def _worded(bands: Sequence[Band]) -> tuple[Band, ...]:
    """A word may reach over the edges of a thin stripe, but touches no other word.

    High stripes have theirs before thin ones, and of thin ones the most serious first.
    """
    said: set[Band] = set()
    for one in sorted(bands, key=lambda band: (band.height < _BETWEEN_WORDS, -band.level.rank)):
        if all(abs(one.middle - other.middle) >= _BETWEEN_WORDS for other in said):
            said.add(one)
    return tuple(replace(one, has_word=one in said) for one in bands)


def _lines(points: Sequence[Point], longest_gap: timedelta) -> tuple[str, ...]:
    runs: list[list[Point]] = [list(points[:1])]
    for earlier, later in pairwise(points):
        if later.reading.at - earlier.reading.at > longest_gap:
            runs.append([])
        runs[-1].append(later)
    return tuple(" ".join(f"{point.x},{point.y}" for point in run) for run in runs if len(run) > 1)


def _day_ticks(span: TimeSpan, frame: Frame) -> tuple[Tick, ...]:
    """The last is left out where its name, held within the drawing, would run into the one before."""
    found = [_day_tick(frame, _x(frame, span, at), at) for at in _days_of(span, frame)]
    # Places are rounded.
    kept = with_room((one.name_place for one in found), room=frame.day_name - 1)
    return tuple(one for one in found if one.name_place in kept)


def _day_tick(frame: Frame, place: float, at: datetime) -> Tick:
    return Tick(place, at=at, name_place=min(place, frame.width - frame.day_name / 2))


def _days_of(span: TimeSpan, frame: Frame) -> list[datetime]:
    """Midnights on the clock of the span's start: each, or every so many that their names do not touch."""
    first = span.start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    midnights = [first + timedelta(days=day) for day in range((span.end - first).days + 1)]
    apart = frame.time_width * (timedelta(days=1) / (span.end - span.start))
    return midnights[:: max(1, ceil(frame.day_name / apart))]


def with_room(places: Iterable[float], *, room: float) -> set[float]:
    """Of places from left to right those whose words do not touch: each is so far from the one before."""
    kept: list[float] = []
    for place in places:
        if not kept or place - kept[-1] >= room:
            kept.append(place)
    return set(kept)


def shortest_that_shows(drawn: Iterator[Drawn], shows: Callable[[Drawn], bool]) -> Drawn:
    """Of the same over ever more days, the first that shows something, else the very first.

    No longer one is drawn than is needed.
    """
    shortest = next(drawn)
    return shortest if shows(shortest) else next(filter(shows, drawn), shortest)
