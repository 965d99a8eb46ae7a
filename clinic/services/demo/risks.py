"""Labs, facts and risk assessments of the demo's patients, told from day to day as staff would enter them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic.models import Patient, Staff, User
from clinic.models.staff import Role
from clinic.queries.risk import known
from clinic.services.risk import answers, fact_sheets, labs
from clinic.services.risk.labs import TypedLab

_UNITS = {
    "platelets": "K/uL",
    "anc": "K/uL",
    "hb": "g/dL",
    "crp": "mg/dL",
    "ferritin": "ng/mL",
    "ldh": "U/L",
    "creatinine": "mg/dL",
    "igg": "mg/dL",
    "cd4": "cells/uL",
    "lvef": "%",
}
_WELL: Mapping[str, Mapping[str, Any]] = {
    "person": {"sex": "female", "ecog": 0, "frailty": 2},
    "before": {"bridging": False, "prior_transplant": "none", "ldh_upper_limit": "250"},
    "illnesses": {"comorbidities": []},
    "home": {"lives_alone": False, "adults": 2, "night_cover": True, "minutes_to_emergency": 15},
    "reach": {"signal": True, "someone_else": True, "thermometer": True, "cuff": True, "oximeter": True},
    "since": {"crs_max": 0, "icans_max": 0, "steroid_days": 0},
}
_ILL: Mapping[str, Mapping[str, Any]] = {
    "person": {"sex": "male", "ecog": 1, "frailty": 4},
    "before": {"bridging": True, "prior_transplant": "auto", "ldh_upper_limit": "250"},
    "illnesses": {"comorbidities": ["diabetes", "arrhythmia"]},
    "home": {"lives_alone": False, "adults": 1, "interpreter": False, "forms_alone": 2, "phone": "plain"},
    "reach": {"call_language": "en", "signal": True, "thermometer": True, "cuff": True, "oximeter": False},
    "since": {"crs_max": 2, "icans_max": 0, "had_iec_hs": False, "steroid_days": 3},
}
# Before lymphodepletion, of the one and of the other.
_GOOD = {"platelets": "210", "anc": "3.1", "hb": "11.9", "crp": "0.8", "ferritin": "240", "ldh": "190"}
_POOR = {"platelets": "70", "anc": "1.1", "hb": "8.6", "crp": "4.2", "ferritin": "1180", "ldh": "420"}
# Facts by step, then labs by day of the course. What is missing here is missing on the pages.
_STORY: Mapping[str, tuple[Mapping[str, Mapping[str, Any]], Mapping[int, Mapping[str, str]]]] = {
    "maria": (
        {**_WELL, "since": {"crs_max": 1, "icans_max": 0}},
        {
            -6: {**_POOR, "creatinine": "0.8"},
            0: {"platelets": "96", "anc": "1.4", "hb": "9.4"},
            3: {"platelets": "61", "anc": "0.6", "hb": "8.8", "crp": "5.5", "ferritin": "1900"},
        },
    ),
    "george": (
        _ILL,
        {
            -6: {**_POOR, "creatinine": "1.4", "lvef": "48"},
            1: {
                "platelets": "66",
                "anc": "0.8",
                "hb": "8.9",
                "crp": "6",
                "ferritin": "1500",
                "ldh": "450",
                "creatinine": "1.5",
            },
            4: {
                "platelets": "41",
                "anc": "0.3",
                "hb": "8.1",
                "crp": "8.8",
                "ferritin": "2600",
                "ldh": "490",
                "creatinine": "1.7",
            },
            8: {
                "platelets": "38",
                "anc": "0.4",
                "hb": "8.3",
                "crp": "3",
                "ferritin": "2100",
                "ldh": "390",
                "creatinine": "1.5",
            },
            11: {
                "platelets": "47",
                "anc": "0.7",
                "hb": "8.6",
                "crp": "1.2",
                "ferritin": "1700",
                "ldh": "310",
                "creatinine": "1.4",
            },
        },
    ),
    "aisha": (
        _WELL,
        {
            -6: {**_GOOD, "creatinine": "0.7", "igg": "820"},
            7: {"platelets": "120", "anc": "1.9", "hb": "10.8"},
            21: {"platelets": "160", "anc": "2.4", "hb": "11.2"},
            40: {"platelets": "190", "anc": "2.8", "hb": "11.8", "igg": "520"},
        },
    ),
    "robert": (
        {**_ILL, "since": {"crs_max": 2, "icans_max": 0, "steroid_days": 0}},
        {
            -6: {**_POOR, "creatinine": "1.3", "igg": "610", "cd4": "310"},
            30: {"platelets": "88", "anc": "1.2", "hb": "9.1", "igg": "380"},
            90: {"platelets": "110", "anc": "1.6", "hb": "9.8", "igg": "320", "cd4": "140"},
        },
    ),
    "frank": (
        {"person": {"sex": "male", "ecog": 1}},
        {-6: {"platelets": "150", "hb": "10.1", "crp": "1.5"}, 5: {"platelets": "80", "anc": "0.9"}},
    ),
    "dorothy": (
        {**_ILL, "person": {"sex": "female", "ecog": 1, "frailty": 5}},
        {
            -6: {**_POOR, "creatinine": "1.1"},
            14: {"platelets": "55", "anc": "0.8", "hb": "8.7"},
            21: {"platelets": "44", "anc": "0.45", "hb": "8.4"},
        },
    ),
}
# What has happened since the infusion is known some days after it, and no day before.
_SINCE_ON = 4
# Whose last suggestion still waits for an answer.
_OPEN = frozenset({"frank", "dorothy"})


def tell(*, on_file: Mapping[str, Patient], new: Collection[str], now: datetime) -> None:
    """Enter all of it for those who were enrolled just now; what was suggested has been answered."""
    for key in _STORY:
        if key in new:
            _tell_one(key, on_file[key], now)


def _tell_one(key: str, patient: Patient, now: datetime) -> None:
    nurse, physician = _in_role(patient, Role.NURSE), _in_role(patient, Role.PHYSICIAN)
    facts, days = _STORY[key]
    before = now - timedelta(days=known_day(patient, now) + 7)
    for step, told in facts.items():
        if step != "since":
            _save_step(patient, nurse, step, told, max(patient.created_at, before))
    since = facts.get("since")
    for day, values in days.items():
        if since and day > _SINCE_ON:
            _tell_since(patient, nurse, physician, since)
            since = None
        # The sample is of the morning, and what is of today came in a while ago.
        at = now - timedelta(days=known_day(patient, now) - day, hours=1)
        at = max(at, patient.created_at)
        labs.enter(
            patient_id=patient.pk,
            by=nurse,
            values=[
                TypedLab(lab, value, _UNITS[lab], patient.infusion_date + timedelta(days=day))
                for lab, value in values.items()
            ],
            source="typed",
            now=max(at, _morning_after(patient, day)),
        )
        if not (key in _OPEN and day == max(days)):
            _answer(patient, physician, max(at, _morning_after(patient, day)))
    if since:
        _tell_since(patient, nurse, physician, since)


def _tell_since(patient: Patient, nurse: User, physician: User, told: Mapping[str, Any]) -> None:
    at = _morning_after(patient, _SINCE_ON)
    _save_step(patient, nurse, "since", told, at)
    _answer(patient, physician, at)


def _save_step(patient: Patient, by: User, step: str, told: Mapping[str, Any], at: datetime) -> None:
    newest = known.newest_sheet(patient)
    seen = str(newest.pk) if newest else ""
    fact_sheets.save_step(patient_id=patient.pk, by=by, step=step, told=told, seen=seen, now=at)


def known_day(patient: Patient, now: datetime) -> int:
    """Days since the infusion, where the patient is."""
    return (known.today_of(patient, now) - patient.infusion_date).days


def _morning_after(patient: Patient, day: int) -> datetime:
    """A moment at which this day has begun where the patient is."""
    began = datetime.combine(
        patient.infusion_date + timedelta(days=day), datetime.min.time(), ZoneInfo(patient.time_zone)
    )
    return began + timedelta(minutes=1)


def _answer(patient: Patient, by: User, now: datetime) -> None:
    run = known.current_run(patient)
    if run is not None and run.waiting:
        answers.take_up(patient_id=patient.pk, run_id=str(run.pk), by=by, now=now)


def _in_role(patient: Patient, role: Role) -> User:
    rows = Staff.objects.filter(clinic=patient.clinic_id, role=role, ended_at=None)
    return rows.select_related("user").order_by("user__email")[0].user
