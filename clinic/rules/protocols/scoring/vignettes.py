"""Worked cases: a protocol must reach the expected level, by the expected rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clinic.rules.core.enums import Level, Validation
from clinic.rules.protocols.document.additions import FINDINGS
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    Assessment,
    History,
    PastReport,
    PatientContext,
    assess,
    assess_silence,
)

_REQUIRED = frozenset({"id", "day", "expected"})
_OPTIONAL = frozenset(
    {
        "title",
        "patient",
        "answers",
        "previous",
        "streaks",
        "hours_since_last_report",
        "rules",
        "validation",
        "why",
    }
)
_TIERS = ("standard", "high")
_FLAGS = frozenset({"immune_risk", "neutropenia", "platelets_low", "masked"})
# What a case does not say of its patient.
_UNREMARKABLE: Mapping[str, Any] = {
    "tier": _TIERS[0],
    "target": "",
    "product": "",
    "age": None,
    **dict.fromkeys(_FLAGS, False),
    "baseline": {},
    "minutes_to_centre": None,
    "no_transport": False,
    "findings": (),
    "home_day": None,
}
# "C5_dehydration": the code is the identity of a combination, the words after it are a reminder.
_CODE = re.compile(r"([A-Z]\d+)(?:_\w*)?(:\w+)?")


class VignetteError(Exception):
    """The cases cannot be read; `problems` lists every "case: reason"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Vignette:
    """One case and what must come of it."""

    id: str
    patient: PatientContext
    answers: Mapping[str, object]
    history: History
    hours_since_last_report: float | None
    expected: Level
    rules: tuple[str, ...]
    validation: str | None


@dataclass(frozen=True)
class VignetteResult:
    """What came of one case."""

    id: str
    expected: Level
    actual: Level
    rules: tuple[str, ...]
    validation: str
    ok: bool


def parse(protocol: Protocol, cases: object) -> tuple[Vignette, ...]:
    """The cases of one file: a list, or a map with the list under `vignettes`. Raises VignetteError."""
    listed = cases.get("vignettes") if isinstance(cases, Mapping) else cases
    if not isinstance(listed, list) or not all(isinstance(case, Mapping) for case in listed):
        raise VignetteError(("a list of cases under “vignettes” is expected",))
    problems = [
        f"{case.get('id', f'case {number}')}: {reason}"
        for number, case in enumerate(listed, start=1)
        for reason in _problems(protocol, case)
    ]
    counted = Counter(str(case.get("id")) for case in listed)
    problems += [f"{name}: stands there {count} times" for name, count in counted.items() if count > 1]
    if problems:
        raise VignetteError(tuple(problems))
    return tuple(_vignette(case) for case in listed)


def run(protocol: Protocol, vignette: Vignette) -> VignetteResult:
    """Score the case and compare with what it expects."""
    assessment = _assess(protocol, vignette)
    validation = str(assessment.temperature_validation)
    fired = all(any(_same_rule(expected, rule) for rule in assessment.rules) for expected in vignette.rules)
    agrees = vignette.validation in (None, validation)
    return VignetteResult(
        id=vignette.id,
        expected=vignette.expected,
        actual=assessment.level,
        rules=assessment.rules,
        validation=validation,
        ok=assessment.level is vignette.expected and fired and agrees,
    )


def _assess(protocol: Protocol, vignette: Vignette) -> Assessment:
    if vignette.hours_since_last_report is not None:
        return assess_silence(protocol, vignette.patient, vignette.hours_since_last_report)
    return assess(protocol, vignette.answers, vignette.patient, vignette.history)


def _same_rule(expected: str, fired: str) -> bool:
    wanted, found = _CODE.fullmatch(expected), _CODE.fullmatch(fired)
    if not wanted or not found:
        return expected == fired
    return wanted[1] == found[1] and wanted[2] in (None, found[2])


def _problems(protocol: Protocol, case: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("field", case, _REQUIRED | _OPTIONAL)
    if not isinstance(case.get("id"), str):
        yield "“id” must be a word"
    if not _is_number(case.get("day")) or case["day"] != int(case["day"]):
        yield "“day” must be a whole number"
    if case.get("expected") not in list(Level):
        yield f"“expected” must be one of {', '.join(Level)}"
    if case.get("validation") not in [None, *Validation]:
        yield f"“validation” must be one of {', '.join(Validation)}"
    if not isinstance(case.get("rules", []), list):
        yield "“rules” must be a list"
    yield from _input_problems(protocol, case)


def _input_problems(protocol: Protocol, case: Mapping[str, Any]) -> Iterator[str]:
    known = {key for question in protocol.questions for key in question.answer_keys}
    yield from _patient_problems(protocol, case.get("patient", {}))
    yield from _unknown("answer", case.get("answers", {}), known)
    yield from _numbers("streak", case.get("streaks", {}), known)
    if "previous" in case:
        yield from _previous_problems(case["previous"], known)
    if "answers" not in case and not _is_number(case.get("hours_since_last_report")):
        yield "either “answers” or “hours_since_last_report” is needed"


def _patient_problems(protocol: Protocol, patient: object) -> Iterator[str]:
    yield from _unknown("patient field", patient, _UNREMARKABLE)
    if not isinstance(patient, Mapping):
        return
    yield from _numbers("baseline", patient.get("baseline", {}), protocol.baselines)
    if patient.get("tier", _TIERS[0]) not in _TIERS:
        yield f"“tier” must be one of {', '.join(_TIERS)}"
    findings = patient.get("findings", [])
    if not isinstance(findings, list) or not FINDINGS.issuperset(findings):
        yield f"“findings” is a list of some of {', '.join(sorted(FINDINGS))}"
    minutes = patient.get("minutes_to_centre")
    if minutes is not None and not _is_number(minutes):
        yield "“minutes_to_centre” must be a number"
    home = patient.get("home_day")
    if home is not None and not (_is_number(home) and home == int(home) and home >= 0):
        yield "“home_day” must be a whole number from 0"
    for key in sorted(patient.keys() & {*_FLAGS, "no_transport"}):
        if not isinstance(patient[key], bool):
            yield f"“{key}” must be true or false"


def _previous_problems(previous: object, known: Container[str]) -> Iterator[str]:
    yield from _unknown("field of previous", previous, {"hours_ago", "answers"})
    if isinstance(previous, Mapping):
        yield from _unknown("previous answer", previous.get("answers"), known)
        if not _is_number(previous.get("hours_ago")):
            yield "“previous.hours_ago” must be a number"


def _numbers(what: str, given: object, known: Container[str]) -> Iterator[str]:
    yield from _unknown(what, given, known)
    for key, value in given.items() if isinstance(given, Mapping) else ():
        if not _is_number(value):
            yield f"{what} “{key}” must be a number"


def _unknown(what: str, given: object, known: Container[str]) -> Iterator[str]:
    if not isinstance(given, Mapping):
        yield f"a map is expected where each {what} stands"
        return
    for key in given:
        if key not in known:
            yield f"unknown {what} “{key}”"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _vignette(case: Mapping[str, Any]) -> Vignette:
    previous = case.get("previous")
    reports = (PastReport(previous["hours_ago"], previous["answers"]),) if previous else ()
    return Vignette(
        id=case["id"],
        patient=PatientContext(day=int(case["day"]), **{**_UNREMARKABLE, **case.get("patient", {})}),
        answers=case.get("answers", {}),
        history=History(reports=reports, streaks=case.get("streaks")),
        hours_since_last_report=None if "answers" in case else case["hours_since_last_report"],
        expected=Level(case["expected"]),
        rules=tuple(str(rule) for rule in case.get("rules", [])),
        validation=case.get("validation"),
    )
