"""Worked cases of risk: facts as people write them down, and what must come of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from clinic.rules.risk.assessment import RiskAssessment, assess_risk
from clinic.rules.risk.facts import (
    Background,
    Course,
    FactRefused,
    Facts,
    Infection,
    Person,
    Surroundings,
    Tier,
)
from clinic.rules.risk.labs import LabRefused, LabValue, lab_value
from clinic.rules.risk.shape import RiskDocument

_SECTIONS = frozenset(
    {
        "id",
        "title",
        "as_of_day",
        "patient",
        "labs",
        "comorbidities",
        "cirs",
        "history",
        "events",
        "social",
        "current_tier",
        "working",
        "why",
        "expected",
    }
)
# One fact is called differently by different hands; the first name is ours.
_PERSON = ("age", "sex", "product", "target", "disease", "ecog", "frailty", "cfs")
_HISTORY = (
    "lymphodepletion_day",
    "ld_day",
    "ldh_uln",
    "ldh_upper_limit",
    "bridging",
    "prior_hct",
    "prior_transplant",
    "infections",
    "frailty",
    "cfs",
)
_EVENTS = (
    "crs_max",
    "icans_max",
    "iec_hs",
    "infections",
    "steroid_days",
    "steroid_days_10mg",
    "tocilizumab_last_day",
    "steroid_last_day",
    "ivig_last_day",
    "ivig_day",
)
_SOCIAL = ("minutes_to_centre", "caregivers", "adults", "lives_alone")
_READ = {"patient": _PERSON, "history": _HISTORY, "events": _EVENTS, "social": _SOCIAL}


class CaseError(Exception):
    """The cases cannot be read; `problems` lists every "case: reason"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class CaseResult:
    """What came of one case. `unread` are facts of the case that nothing here knows."""

    id: str
    expected: Mapping[str, Any]
    actual: Mapping[str, Any]
    ok: bool
    unread: tuple[str, ...]


def parse(cases: object) -> tuple[Mapping[str, Any], ...]:
    """The cases of one file: a list, or a map with the list under `cases`. Raises CaseError."""
    listed = cases.get("cases") if isinstance(cases, Mapping) else cases
    if not isinstance(listed, list) or not all(isinstance(case, Mapping) for case in listed):
        raise CaseError(("a list of cases under “cases” is expected",))
    problems = [
        f"{case.get('id', f'case {number}')}: {problem}"
        for number, case in enumerate(listed, start=1)
        for problem in _problems(case)
    ]
    names = [str(case.get("id")) for case in listed]
    problems += [f"{name}: stands there more than once" for name in sorted({*names}) if names.count(name) > 1]
    if problems:
        raise CaseError(tuple(problems))
    return tuple(listed)


def run(document: RiskDocument, case: Mapping[str, Any]) -> CaseResult:
    """Compute the case and compare all that it expects; a refused record is what it came to, too."""
    expected = case["expected"]
    try:
        actual = as_written(assess_risk(document, facts_of(document, case)))
    except (LabRefused, FactRefused) as error:
        actual = {"error": str(error)}
    except (AttributeError, TypeError, ValueError) as error:
        # A word where a number belongs: this case differs, the others are still tried.
        actual = {"error": f"a fact cannot be read: {error}"}
    told = actual if "error" in actual else {key: actual.get(key) for key in expected}
    return CaseResult(
        id=str(case["id"]),
        expected=expected,
        actual=told,
        ok=_in_order(expected) == _in_order(told),
        unread=tuple(_unread(case)),
    )


def facts_of(document: RiskDocument, case: Mapping[str, Any]) -> Facts:
    """The facts of a case; LabRefused or FactRefused where one of them cannot be meant."""
    person, history = case.get("patient") or {}, case.get("history") or {}
    social = case.get("social") or {}
    return Facts(
        day=case["as_of_day"],
        tier=Tier(case.get("current_tier") or Tier.STANDARD),
        person=Person(
            age=person.get("age"),
            sex=person.get("sex") or "",
            product=person.get("product") or "",
            disease=person.get("disease") or "",
            ecog=person.get("ecog"),
            frailty=_first({**history, **person}, "frailty", "cfs"),
        ),
        background=_background(case, {**person, **history}),
        course=_course(case),
        surroundings=Surroundings(
            minutes_to_centre=social.get("minutes_to_centre"),
            lives_alone=social.get("lives_alone"),
            adults=_first(social, "caregivers", "adults"),
        ),
        labs=tuple(_labs(document, case)),
    )


def as_written(found: RiskAssessment) -> dict[str, Any]:
    """The result in the words in which cases expect it, numbers rounded as they are shown."""
    scores, told, flags = found.scores, found.suggestion, found.flags
    cirs = scores.cirs
    return {
        "hematotox": [scores.hematotox.lowest, scores.hematotox.highest, str(scores.hematotox.group)],
        "easix": two_digits(scores.easix.easix),
        "m_easix": two_digits(scores.easix.modified),
        "s_easix": two_digits(scores.easix.simplified),
        "hct_ci": scores.hct_ci,
        "severe4": cirs and cirs.severe4,
        "cirs_total": cirs and cirs.total,
        "egfr": scores.egfr,
        "icaht_early": scores.icaht_early,
        "icaht_late": scores.icaht_late,
        "tier": str(told.tier),
        "major": sorted(reason.key for reason in told.major),
        "minor": sorted(key for reason in told.minor for key in [reason.key] * reason.points),
        "missing": sorted(told.missing),
        "action": str(told.action),
        "flags": {
            "neutropenia": bool(flags.neutropenia),
            "platelets_low": bool(flags.platelets_low),
            "immune_risk": bool(flags.immune_risk),
            "masked": bool(flags.masked),
            "masked_until_day": flags.masked_until_day,
        },
        "reminders": sorted(found.reminders),
    }


def two_digits(value: Fraction | None) -> float | None:
    """As EASIX is shown: half goes up."""
    return None if value is None else (value * 100 + Fraction(1, 2)).__floor__() / 100


def _background(case: Mapping[str, Any], history: Mapping[str, Any]) -> Background:
    comorbidities, limit = case.get("comorbidities"), _first(history, "ldh_uln", "ldh_upper_limit")
    transplant = _first(history, "prior_hct", "prior_transplant")
    return Background(
        lymphodepletion_day=_first(history, "lymphodepletion_day", "ld_day"),
        comorbidities=None if comorbidities is None else frozenset(map(str, comorbidities)),
        cirs=case.get("cirs"),
        ldh_upper_limit=None if limit is None else Fraction(str(limit)),
        bridging=history.get("bridging"),
        prior_transplant=transplant,
    )


def _course(case: Mapping[str, Any]) -> Course:
    events, history = case.get("events") or {}, case.get("history") or {}
    infections = [*(events.get("infections") or []), *(history.get("infections") or [])]
    return Course(
        crs_max=events.get("crs_max"),
        icans_max=events.get("icans_max"),
        had_iec_hs=bool(events.get("iec_hs")),
        infections=tuple(_infection(one) for one in infections),
        steroid_days=_first(events, "steroid_days", "steroid_days_10mg"),
        tocilizumab_last_day=events.get("tocilizumab_last_day"),
        steroid_last_day=events.get("steroid_last_day"),
        ivig_last_day=_first(events, "ivig_last_day", "ivig_day"),
    )


def _infection(row: object) -> Infection:
    if not isinstance(row, Mapping) or not all(isinstance(row.get(key), int) for key in ("day", "grade")):
        raise FactRefused(f"infection {row}")
    return Infection(day=row["day"], grade=row["grade"], is_treated=row.get("treated", True))


def _labs(document: RiskDocument, case: Mapping[str, Any]) -> Iterator[LabValue]:
    for row in case.get("labs") or []:
        yield lab_value(
            document.labs,
            name=row["name"],
            value=row["value"],
            unit=str(row["unit"]),
            day=row["day"],
            source="case",
        )


def _first(facts: Mapping[str, Any], *names: str) -> Any:
    return next((facts[name] for name in names if facts.get(name) is not None), None)


def _in_order(told: object) -> object:
    """Reasons have no order; the two ends of CAR-HEMATOTOX and its group do, and are of two kinds."""
    if isinstance(told, Mapping):
        return {key: _in_order(value) for key, value in told.items()}
    if isinstance(told, list) and all(isinstance(one, str) for one in told):
        return sorted(told)
    return told


def _problems(case: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(case.get("as_of_day"), int):
        yield "“as_of_day” must be a whole number"
    if not isinstance(case.get("expected"), Mapping):
        yield "“expected” must be a map"
    if (case.get("current_tier") or Tier.STANDARD) not in list(Tier):
        yield f"“current_tier” must be one of {', '.join(Tier)}"
    for section in _READ:
        if not isinstance(case.get(section) or {}, Mapping):
            yield f"“{section}” must be a map"
    for row in case.get("labs") or []:
        if not isinstance(row, Mapping) or {"name", "value", "unit", "day"} - row.keys():
            yield "a lab has a name, a value, a unit and a day"


def _unread(case: Mapping[str, Any]) -> Iterator[str]:
    """Facts of a name that nothing here knows: said, because a slip in a name would leave a fact out."""
    yield from sorted(set(case) - _SECTIONS)
    for section, known in _READ.items():
        yield from (f"{section}.{name}" for name in sorted(set(case.get(section) or {}) - {*known}))
