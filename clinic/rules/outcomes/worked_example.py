"""A worked example of a clinic: people as they are written down, and every figure that comes of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.outcomes import alarm_load, completeness, detection, groups
from clinic.rules.outcomes.competing_risks import (
    First,
    FirstEvent,
    first_event,
    incidence_on,
    one_minus_kaplan_meier,
)
from clinic.rules.outcomes.followed import DAY, Followed, Opened, Received, Span, Stay

DIGITS = 4
_DAYS = (100, 180, 365)
_ACTED = {"action": True, "no_action": False}
_OVER_HOURS = 24
_FIELDS = ("age", "sex", "language", "minutes", "hct_ci", "product", "disease")
_DAY_KEY = re.compile(r"(wrong_one_minus_km_nrm_)?day_(\d+)")


class ExampleError(Exception):
    """The example cannot be read; the message says where and why."""


@dataclass(frozen=True)
class FigureResult:
    """What came of one figure; `differs` lists "place: expected …, got …"."""

    id: str
    expected: Any
    actual: Any
    differs: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.differs


def figures(example: Mapping[str, Any], asked: Iterable[str] = ()) -> dict[str, Any]:
    """Every figure by its name; of the days of competing risks those asked for, or the usual ones."""
    rows = example.get("patients")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ExampleError("a list of patients is expected")
    events, people = [], []
    for number, row in enumerate(rows, start=1):
        try:
            events.append(_first(row))
            people.append(_followed(row))
        except (KeyError, TypeError, ValueError) as error:
            raise ExampleError(f"{row.get('id', f'patient {number}')}: {error!r}") from error
    return {
        **_over_time(events, [*asked]),
        **_counts(rows, events, people),
        **_seen(people),
        **_alarms(people),
        "strata": {name: _strata(counted) for name, counted in (example.get("strata") or {}).items()},
        "missing": dict(_missing(rows, people)),
    }


def compare(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> tuple[FigureResult, ...]:
    """Each figure that is expected, to four digits."""
    return tuple(
        FigureResult(name, figure, actual.get(name), tuple(_differences(name, figure, actual.get(name))))
        for name, figure in expected.items()
    )


def _differences(where: str, expected: Any, actual: Any) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key in dict.fromkeys([*expected, *actual]):
            # A count that is not named is none.
            default = 0 if where == "missing" else None
            yield from _differences(f"{where}.{key}", expected.get(key, default), actual.get(key, default))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(f"{where}[{number}]", *pair)
    elif not _same(expected, actual):
        yield f"{where}: expected {expected}, got {actual}"


def _same(expected: Any, actual: Any) -> bool:
    if _is_number(expected) and _is_number(actual):
        return bool(round(expected, DIGITS) == round(actual, DIGITS))
    return bool(expected == actual)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _first(row: Mapping[str, Any]) -> FirstEvent:
    death = row.get("death") or {}
    return first_event(
        last_contact_day=row["last_contact_day"],
        relapse_day=row.get("relapse_day"),
        death_day=death.get("day"),
        death_cause=death.get("cause", ""),
    )


def _followed(row: Mapping[str, Any]) -> Followed:
    death = row.get("death") or {}
    at_home = death.get("place") == "home"
    return Followed(
        at_home=tuple(Span(start, end) for start, end in row.get("monitored") or []),
        reports=tuple(Received(hour, Level(level)) for hour, level in row.get("reports") or []),
        escalations=tuple(
            Opened(
                hour=one["opened"],
                rules=tuple(one["rules"]),
                contact_hour=one.get("contact"),
                acted=_ACTED.get(one.get("outcome")),
            )
            for one in row.get("alarms") or []
        ),
        stays=tuple(_stay(one) for one in row.get("admissions") or []),
        deaths_at_home=(death.get("hour", death["day"] * DAY),) if at_home else (),
    )


def _stay(row: Mapping[str, Any]) -> Stay:
    days = row.get("los_days")
    end = None if days is None else row["hour"] + days * DAY
    return Stay(start=row["hour"], end=end, is_planned=bool(row["planned"]))


def _over_time(events: Sequence[FirstEvent], asked: Sequence[str]) -> dict[str, Any]:
    names = [name for name in asked if _DAY_KEY.fullmatch(name)]
    names = names or [*(f"day_{day}" for day in _DAYS), f"wrong_one_minus_km_nrm_day_{_DAYS[-1]}"]
    return {name: _on_day(events, name) for name in names}


def _on_day(events: Sequence[FirstEvent], name: str) -> Any:
    wrong, day = _DAY_KEY.fullmatch(name).groups()  # type: ignore[union-attr]
    if wrong:
        return _digits(float(one_minus_kaplan_meier(events, First.DEATH, int(day))))
    found = incidence_on(events, int(day))
    return {
        "nrm": _digits(float(found.without_relapse)),
        "relapse": _digits(float(found.relapse)),
        "event_free": _digits(float(found.event_free)),
        "at_risk": found.at_risk,
    }


def _counts(
    rows: Sequence[Mapping[str, Any]], events: Sequence[FirstEvent], people: Sequence[Followed]
) -> dict[str, Any]:
    causes = [
        (row["death"]["cause"], event.kind)
        for row, event in zip(rows, events, strict=True)
        if row.get("death")
    ]
    return {
        "crs_max": _grades(rows, "crs"),
        "icans_max": _grades(rows, "icans"),
        "deaths": dict(Counter(cause for cause, _ in causes)),
        "nrm_causes": dict(Counter(cause for cause, first in causes if first is First.DEATH)),
        "unplanned_admissions": sum(len(person.serious_hours) for person in people),
        "eligible": detection.eligible(people),
    }


def _grades(rows: Iterable[Mapping[str, Any]], name: str) -> dict[Any, int]:
    """Grades 0 to 4 always, 5 and those not assessed where there are any."""
    given = ((row.get(name) or {}).get("grade") for row in rows)
    found = Counter(groups.NOT_RECORDED if grade is None else grade for grade in given)
    return {**{grade: found[grade] for grade in range(5)}, **{key: n for key, n in found.items() if n}}


def _seen(people: Sequence[Followed]) -> dict[str, Any]:
    lead, silence = detection.lead_hours(people), detection.silence_hours(people)
    return {
        "detected": {
            str(level): {window: detection.detected(people, level, window) for window in detection.WINDOWS}
            for level in Level
            if level is not Level.NONE
        },
        "lead_hours": {"n": len(lead.values), "median": _rounded(lead.median), "values": _all(lead)},
        "silence_before_event_hours": {
            "median": _rounded(silence.median),
            "over_24": silence.over(_OVER_HOURS),
            "values": _all(silence),
        },
    }


def _alarms(people: Sequence[Followed]) -> dict[str, Any]:
    contact = alarm_load.contact(people)
    return {
        "ppv": {
            one.rule: {
                "true": one.right,
                "false": one.wrong,
                "unknown": one.unknown,
                "ppv": _rounded(one.predictive_value),
            }
            for one in alarm_load.worth_of_rules(people)
        },
        "alarm_load": {
            load.phase: {
                "alarms": load.escalations,
                "patient_weeks": _digits(load.weeks),
                "per_patient_week": _rounded(load.per_week),
            }
            for load in alarm_load.loads(people)
        },
        "abnormal_to_contact_hours": {
            "n": len(contact.hours.values),
            "median": _rounded(contact.hours.median),
            "max": _rounded(max(contact.hours.values, default=None)),
            "without_contact": contact.without_contact,
        },
    }


def _strata(counted: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    found = groups.shares({str(name): (hits, n) for name, (hits, n) in counted.items()})
    return {one.name: _stratum(one) for one in found}


def _stratum(one: groups.GroupShare) -> Any:
    if one.is_hidden:
        return "too few to show"
    if one.share is None or one.interval is None:
        return "none"
    ends = [one.interval.low, one.interval.high]
    return {"n": one.n, "percent": _percent(one.share), "wilson95": [_percent(end) for end in ends]}


def _missing(rows: Sequence[Mapping[str, Any]], people: Iterable[Followed]) -> Iterator[tuple[str, int]]:
    for field in _FIELDS:
        if count := completeness.not_recorded(row.get(field) for row in rows):
            yield f"{field}_not_recorded", count
    if count := sum(one.acted is None for person in people for one in person.escalations):
        yield "alarm_outcome_unknown", count


def _all(hours: detection.Hours) -> list[float]:
    return [_digits(value) for value in hours.values]


def _rounded(value: float | None) -> float | None:
    return None if value is None else _digits(value)


def _digits(value: float) -> float:
    return round(value, DIGITS)


def _percent(share: float) -> float:
    return round(share * 100, 1)
