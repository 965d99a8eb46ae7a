"""All figures of a clinic as one document of numbers, with what is too small to be shown left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.outcomes import alarm_load, completeness, detection, groups
from clinic.rules.outcomes.competing_risks import FirstEvent, Incidence, incidence, incidence_on
from clinic.rules.outcomes.followed import Followed

LEVELS = (Level.SAME_DAY, Level.URGENT, Level.EMERGENCY)
DAYS = (100, 180, 365)
# Groups whose shares are compared, in the order in which they are shown.
GROUPS = ("age", "sex", "language", "distance", "hct_ci", "product", "disease")
# What is compared with serious events: the tier in force, and the suggested one.
TIERS = ("set", "suggested")


@dataclass(frozen=True)
class Counted:
    """One course of somebody. `bands`: in which group of each kind. `death_cause` is None while they live.

    `tiers`: the one in force and the one that is suggested, "not recorded" where nothing is. `check_ins`:
    those of the last half-year whose time is over.
    """

    followed: Followed
    first: FirstEvent
    bands: Mapping[str, str]
    forms_due: int
    forms_known: int
    death_cause: str | None
    tiers: Mapping[str, str]
    check_ins: completeness.Answered


def summary(people: Sequence[Counted], overrides: Mapping[str, int]) -> dict[str, Any]:
    """The figures of docs/outcomes.md. Small cells are not in it, so nothing that shows it can show them.

    `overrides`: how often less was made to count than is suggested, by the code of the reason.
    """
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
        "detection": [_detection(followed, level, known) for level in LEVELS],
        "told_by_silence": {
            str(window): detection.told_by_silence(followed, window) for window in detection.WINDOWS
        },
        "lead": _hours(lead),
        "silence": {**_hours(silence), "long": [asdict(one) for one in detection.long_silences(followed)]},
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
        "levels": {
            phase: {level.value: float(share) for level, share in found.items()}
            for phase, found in completeness.levels_by_phase(followed, alarm_load.PHASES).items()
        },
        "tiers": {kind: _tiers(people, kind) for kind in TIERS},
        "overrides": dict(overrides),
        "over_time": _over_time([one.first for one in people]),
        "deaths": _deaths(people),
        "groups": {name: _groups(people, name) for name in GROUPS},
    }


def _detection(followed: Sequence[Followed], level: Level, known: completeness.Known) -> dict[str, Any]:
    """`ranges` only where too little is known."""
    of = detection.eligible(followed)
    hits = {str(window): detection.detected(followed, level, window) for window in detection.WINDOWS}
    ranges = {window: known.range_of(n, of) for window, n in hits.items()} if known.is_incomplete else {}
    return {"level": level.value, "of": of, "hits": hits, "ranges": ranges}


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


def _tiers(people: Sequence[Counted], kind: str) -> list[dict[str, Any]]:
    """Serious events a week at home by tier, without the rate of a tier of 1 to 10 events."""
    rates = completeness.tier_rates((one.tiers[kind], one.followed) for one in people)
    left_out = groups.hidden({one.tier: one.events for one in rates}, beside_total=True)
    return [
        {
            "name": one.tier,
            "weeks": one.weeks,
            "is_hidden": one.tier in left_out,
            "events": None if one.tier in left_out else one.events,
            "per_week": None if one.tier in left_out else one.per_week,
        }
        for one in rates
    ]


def _deaths(people: Sequence[Counted]) -> dict[str, Any]:
    """By the cause that is written. `is_hidden`: of some causes there are too few to name them."""
    causes = Counter(one.death_cause or groups.NOT_RECORDED for one in people if one.death_cause is not None)
    left_out = groups.hidden(causes, beside_total=True)
    return {
        "n": causes.total(),
        "causes": {cause: n for cause, n in causes.most_common() if cause not in left_out},
        "is_hidden": bool(left_out),
    }


def _groups(people: Sequence[Counted], name: str) -> dict[str, Any]:
    """Figures 1 to 7 by group: what was seen of the events, and how people reported and were answered."""
    members = {
        band: [one for one in people if one.bands[name] == band]
        for band in sorted({one.bands[name] for one in people})
    }
    shares = groups.shares({band: _seen(those) for band, those in members.items()}, beside_total=True)
    few = groups.hidden({band: len(those) for band, those in members.items()}, beside_total=True)
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
                **_before_events([] if one.is_hidden else members[one.name]),
                **_reporting([] if one.name in few else members[one.name]),
            }
            for one in shares
        ],
        "gaps": [list(pair) for pair in groups.gaps(shares)],
    }


def _seen(people: Sequence[Counted]) -> tuple[int, int]:
    """Of the eligible events: those that were seen at urgent or above within three days, and all."""
    followed = [one.followed for one in people]
    return detection.detected(followed, Level.URGENT, detection.WINDOWS[-1]), detection.eligible(followed)


def _before_events(people: Sequence[Counted]) -> dict[str, float | None]:
    """Hours in the middle, of a group whose events may be shown."""
    followed = [one.followed for one in people]
    return {
        "lead": detection.lead_hours(followed).median,
        "silence": detection.silence_hours(followed).median,
    }


def _reporting(people: Sequence[Counted]) -> dict[str, float | None]:
    """Of a group of enough people: its urgent reports, alarms, hours to a call, and answered check-ins."""
    followed = [one.followed for one in people]
    loads = alarm_load.loads(followed)
    weeks = sum(one.weeks for one in loads)
    check_ins = completeness.Answered(
        sum(one.check_ins.planned for one in people), sum(one.check_ins.answered for one in people)
    )
    levels = [report.level for one in followed for report in one.reports]
    return {
        "urgent": sum(level >= Level.URGENT for level in levels) / len(levels) if levels else None,
        "per_week": sum(one.escalations for one in loads) / weeks if weeks else None,
        "right": alarm_load.worth_of_all(followed).predictive_value,
        "contact": alarm_load.contact(followed).hours.median,
        "answered": check_ins.share,
    }
