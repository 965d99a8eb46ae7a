"""All figures of a clinic as one document of numbers, with what is too small to be shown left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.outcomes import alarm_load, completeness, detection, groups
from clinic.rules.outcomes.competing_risks import (
    SMALLEST_SHOWN,
    FirstEvent,
    Incidence,
    incidence,
    incidence_on,
)
from clinic.rules.outcomes.followed import Followed

LEVELS = (Level.SAME_DAY, Level.URGENT, Level.EMERGENCY)
DAYS = (100, 180, 365)
# Groups whose shares are compared, in the order in which they are shown.
GROUPS = ("age", "sex", "language", "distance", "hct_ci", "product", "disease")
# Longer than this without a report before an event is silence, in the first month and after it.
SILENT_HOURS = 24


@dataclass(frozen=True)
class Counted:
    """One course of somebody. `bands`: in which group of each kind. `death_cause` is None while they live."""

    followed: Followed
    first: FirstEvent
    bands: Mapping[str, str]
    forms_due: int
    forms_known: int
    death_cause: str | None


def summary(people: Sequence[Counted]) -> dict[str, Any]:
    """The figures of docs/outcomes.md. Small cells are not in it, so nothing that shows it can show them."""
    followed = [one.followed for one in people]
    known = completeness.Known(
        known=sum(one.forms_known for one in people), due=sum(one.forms_due for one in people)
    )
    contact = alarm_load.contact(followed)
    lead, silence = detection.lead_hours(followed), detection.silence_hours(followed)
    return {
        "people": len(people),
        "known": {"known": known.known, "due": known.due, "is_incomplete": known.is_incomplete},
        "events": {
            "eligible": detection.eligible(followed),
            "not_monitored": detection.not_monitored(followed),
            "never_reported": detection.never_reported(followed),
        },
        "detection": [_detection(followed, level) for level in LEVELS],
        "lead": _hours(lead),
        "silence": {**_hours(silence), "over": silence.over(SILENT_HOURS)},
        "load": [
            {"phase": one.phase, "alarms": one.escalations, "weeks": one.weeks, "per_week": one.per_week}
            for one in alarm_load.loads(followed)
        ],
        "rules": [
            {
                "rule": one.rule,
                "right": one.right,
                "wrong": one.wrong,
                "unknown": one.unknown,
                "value": one.predictive_value,
            }
            for one in alarm_load.worth_of_rules(followed)
        ],
        "contact": {**_hours(contact.hours), "without": contact.without_contact},
        "over_time": _over_time([one.first for one in people]),
        "deaths": _deaths(people),
        "groups": {name: _groups(people, name) for name in GROUPS},
    }


def _detection(followed: Sequence[Followed], level: Level) -> dict[str, Any]:
    of = detection.eligible(followed)
    hits = {str(window): detection.detected(followed, level, window) for window in detection.WINDOWS}
    return {"level": level.value, "of": of, "hits": hits}


def _hours(hours: detection.Hours) -> dict[str, Any]:
    return {"n": len(hours.values), "median": hours.median, "values": list(hours.shown)}


def _over_time(events: Sequence[FirstEvent]) -> dict[str, Any]:
    """Nothing at all where fewer than eleven people were at risk."""
    return {
        "days": [_share(incidence_on(events, day)) for day in DAYS],
        "curve": [_share(step) for step in incidence(events) if step.may_be_shown],
    }


def _share(step: Incidence) -> dict[str, Any]:
    if not step.may_be_shown:
        return {"day": step.day, "is_hidden": True}
    return {
        "day": step.day,
        "is_hidden": False,
        "without_relapse": float(step.without_relapse),
        "relapse": float(step.relapse),
        "event_free": float(step.event_free),
        "at_risk": step.at_risk,
    }


def _deaths(people: Sequence[Counted]) -> dict[str, Any]:
    """By the cause that is written; single causes only where no cell is so small that it tells of persons."""
    causes = Counter(one.death_cause or "not recorded" for one in people if one.death_cause is not None)
    may_be_shown = all(count >= SMALLEST_SHOWN for count in causes.values())
    return {"n": causes.total(), "causes": dict(causes) if may_be_shown else {}}


def _groups(people: Sequence[Counted], name: str) -> dict[str, Any]:
    """The share of serious events that were seen at urgent or above within three days, by group."""
    counted: dict[str, tuple[int, int]] = {}
    for band in sorted({one.bands[name] for one in people}):
        those = [one.followed for one in people if one.bands[name] == band]
        hits = detection.detected(those, Level.URGENT, detection.WINDOWS[-1])
        counted[band] = (hits, detection.eligible(those))
    shares = groups.shares(counted)
    return {
        "rows": [
            {
                "name": one.name,
                # How many there are of a hidden one would be what hiding is about.
                "n": None if one.is_hidden else one.n,
                "is_hidden": one.is_hidden,
                "share": one.share,
                "low": one.interval.low if one.interval else None,
                "high": one.interval.high if one.interval else None,
            }
            for one in shares
        ],
        "gaps": [list(pair) for pair in groups.gaps(shares)],
    }
