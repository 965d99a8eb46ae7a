"""Puts right what was entered wrongly, or has changed, and lets everything that hangs on it follow.

Reports that have been scored stay as they are, and so does every escalation: a correction lowers nothing.
From the next report on the rules, and at once pages, cards and phones, go by what is on file now.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.models import FactCorrection, Patient, User, WindowPlan
from clinic.queries.core import diseases as disease_words
from clinic.queries.core import products
from clinic.queries.patients import windows as windows_query
from clinic.rules.core.zones import zone_names
from clinic.rules.patients.facts import Problem, WrongFacts, problem_of_birth, problem_of_infusion
from clinic.rules.patients.windows import WindowDays
from clinic.services.checkins import plan
from clinic.services.core import audit, live
from clinic.services.patients import courses, diseases, given_products, identity, own_facts, windows
from clinic.services.patients.enrolment import managing, refuse_too_young
from clinic.services.patients.given_products import GivenProduct

LONGEST_NAME = 80
LONGEST_REASON = 200
_ABOUT_PRODUCT = ("product", "target", "near_centre_days", "no_driving_days")
CORRECTABLE = (
    *("given_name", "family_name", "birth_date", "hospital_number"),
    *(*_ABOUT_PRODUCT, "disease", "language", "time_zone", "infusion_date"),
)
# The trail keeps codes, days and day 0. What tells who somebody is, and the reason, stands in the correction
# that it points to, and can be deleted there.
_IN_TRAIL = (*_ABOUT_PRODUCT, "disease", "language", "time_zone", "infusion_date")
_CODES = {"product": products.code_for, "disease": disease_words.code_for}


class ReasonNeeded(Exception):
    """A correction says why, in LONGEST_REASON letters at most."""


def correct(
    *,
    patient_id: UUID,
    by: User,
    facts: Mapping[str, Any],
    reason: str,
    now: datetime,
    known_others: frozenset[UUID] | None = frozenset(),
) -> Patient:
    """Store these facts, keys of CORRECTABLE; what stays the same leaves no row.

    `known_others` as at enrolment; None where nobody can be asked.
    NotVisible, NotAllowed, ReasonNeeded, WrongFacts, TooYoung, TooShort, NumberTaken, MayBeSame.
    """
    with managing(patient_id, by) as patient:
        if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
            raise ReasonNeeded
        was = patient.product, patient.infusion_date
        plan_before = windows_query.plans_of([patient]).get(patient.pk)
        values, given = _checked(patient, facts, now)
        changed = {name: value for name, value in values.items() if getattr(patient, name) != value}
        days = given.days if given and given.days != _days(plan_before) else None
        if not changed and days is None:
            return patient
        _refuse_clashes(patient, {**vars(patient), **changed}, changed, known_others, now)
        changes = {name: {"from": getattr(patient, name), "to": value} for name, value in changed.items()}
        _store(patient, changed)
        if changed.keys() & {"infusion_date", "product", "target", "disease"}:
            courses.correct_current(patient)
        # Who joined got the patient's zone for their own clock, so a wrong one is theirs too.
        before = changes["time_zone"]["from"] if "time_zone" in changes else patient.time_zone
        moved = own_facts.go_with_patient(patient=patient, before=before, now=now)
        planned = windows.follow_correction(patient=patient, was=was, by_hand=days, by=by, now=now)
        if changed.keys() & {"infusion_date", "time_zone"}:
            plan.plan_at_once(patient=patient, now=now)
        changes |= _changed_days(plan_before, planned)
        _record(patient, changes, moved, by, reason.strip(), now)
        live.publish_change(clinic_id=patient.clinic_id, kind="patient", ref=patient.pk, level=None, now=now)
        return patient


def as_kept(facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The facts that stand by themselves, as they are kept; all others as they came. WrongFacts."""
    problems: dict[str, Problem] = {}
    values = dict(facts)
    for name in facts.keys() & _KEPT.keys():
        try:
            values[name] = _KEPT[name](facts[name], today)
        except WrongFacts as wrong:
            problems[name] = next(iter(wrong.problems.values()))
    if problems:
        raise WrongFacts(problems)
    return values


def from_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a correction's row keeps them, with days as days."""
    days = {"birth_date", "infusion_date"}
    return {
        name: date.fromisoformat(value) if name in days and isinstance(value, str) else value
        for name, value in values.items()
    }


def _checked(
    patient: Patient, facts: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], GivenProduct | None]:
    """All facts as they are kept, or everything that is wrong with them at once."""
    problems: dict[str, Problem] = {}
    values: dict[str, Any] = {}
    given = None
    zone = facts.get("time_zone", patient.time_zone)
    today = now.astimezone(ZoneInfo(zone if zone in zone_names() else patient.time_zone)).date()
    for name, value in facts.items():
        if name in _ABOUT_PRODUCT:
            continue
        try:
            values[name] = _KEPT[name](value, today)
        except WrongFacts as wrong:
            problems[name] = next(iter(wrong.problems.values()))
    if "infusion_date" in values:
        problem = courses.problem_of_day_0(patient, values["infusion_date"], now)
        problems |= {"infusion_date": problem} if problem else {}
    if facts.keys() & set(_ABOUT_PRODUCT):
        try:
            given = _product(patient, facts)
            values |= {"product": given.product, "target": given.target}
        except WrongFacts as wrong:
            problems |= wrong.problems
    if problems:
        raise WrongFacts(problems)
    return values, given


def _product(patient: Patient, facts: Mapping[str, Any]) -> GivenProduct:
    """Another product keeps its target and its days where only its name is put right."""
    name = facts.get("product", patient.product)
    was_another, is_another = products.find(patient.product) is None, products.find(name) is None
    kept = patient.target if was_another and is_another else ""
    return given_products.choose(
        name=name,
        target=facts.get("target") or kept,
        near_centre_days=facts.get("near_centre_days"),
        no_driving_days=facts.get("no_driving_days"),
        needs_days=not was_another,
    )


def _name(value: str, _today: date) -> str:
    name = value.strip()
    if not name or len(name) > LONGEST_NAME:
        raise WrongFacts({"": Problem.TOO_LONG if name else Problem.EMPTY})
    return name


def _day(problem_of: Callable[[date, date], Problem | None]) -> Callable[[date, date], date]:
    def kept(day: date, today: date) -> date:
        problem = problem_of(day, today)
        if problem is not None:
            raise WrongFacts({"": problem})
        return day

    return kept


def _language(code: str, _today: date) -> str:
    if code not in dict(settings.LANGUAGES):
        raise WrongFacts({"": Problem.NO_LANGUAGE})
    return code


def _zone(name: str, _today: date) -> str:
    if name not in zone_names():
        raise WrongFacts({"": Problem.NO_ZONE})
    return name


def _disease(typed: str, _today: date) -> str:
    return diseases.as_kept(typed)


def _number(typed: str, _today: date) -> str:
    return identity.number_as_kept(typed)


_KEPT: Mapping[str, Callable[[Any, date], Any]] = {
    "given_name": _name,
    "family_name": _name,
    "birth_date": _day(problem_of_birth),
    "hospital_number": _number,
    "disease": _disease,
    "language": _language,
    "time_zone": _zone,
    "infusion_date": _day(problem_of_infusion),
}


def _refuse_clashes(
    patient: Patient,
    facts: Mapping[str, Any],
    changed: Mapping[str, Any],
    known_others: frozenset[UUID] | None,
    now: datetime,
) -> None:
    if "birth_date" in changed:
        today = now.astimezone(ZoneInfo(facts["time_zone"])).date()
        refuse_too_young(patient.clinic, changed["birth_date"], today)
    if known_others is not None and changed.keys() & {"given_name", "family_name", "birth_date"}:
        identity.refuse_same_person(
            clinic_id=patient.clinic_id, facts=facts, known_others=known_others, apart_from=patient.pk
        )


def _store(patient: Patient, changed: Mapping[str, Any]) -> None:
    number = changed.get("hospital_number", "")
    with identity.guarding_number(clinic_id=patient.clinic_id, number=number, apart_from=patient.pk):
        for name, value in changed.items():
            setattr(patient, name, value)
        if changed:
            patient.save(update_fields=list(changed))


def _days(plan: WindowPlan | None) -> WindowDays | None:
    return WindowDays(plan.near_centre_days, plan.no_driving_days) if plan else None


def _changed_days(before: WindowPlan | None, after: WindowPlan | None) -> dict[str, dict[str, Any]]:
    return {
        name: {"from": getattr(before, name, None), "to": getattr(after, name)}
        for name in ("near_centre_days", "no_driving_days")
        if after is not None and getattr(after, name) != getattr(before, name, None)
    }


def _record(
    patient: Patient,
    changes: Mapping[str, Mapping[str, Any]],
    moved: list[User],
    by: User,
    reason: str,
    now: datetime,
) -> None:
    stored = {
        name: {end: value.isoformat() if isinstance(value, date) else value for end, value in change.items()}
        for name, change in changes.items()
    }
    row = FactCorrection.objects.create(patient=patient, at=now, by=by, reason=reason, changes=stored)
    detail: dict[str, Any] = {"fields": sorted(stored)}
    detail |= {name: _codes(name, change) for name, change in stored.items() if name in _IN_TRAIL}
    if moved:
        detail["caregivers"] = [str(user.pk) for user in moved]
    audit.record(
        action="patient.facts_corrected",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="fact_correction",
        subject_id=row.pk,
        patient_id=patient.pk,
        detail=detail,
    )


def _codes(name: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """Another product or disease was typed by somebody, so the trail keeps only that it is another one."""
    code_for = _CODES.get(name)
    return {end: code_for(value) if code_for else value for end, value in change.items()}
