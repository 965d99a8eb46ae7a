"""What happened in the demo before today: reports, and what staff did about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

_SYMPTOMS = (
    *("chills", "alertness", "confusion", "speech", "handwriting", "movement", "headache", "breathing"),
    *("cough", "heart", "dizzy_fall", "vomiting", "diarrhea", "intake", "bleeding", "skin_site", "pain"),
    *("activity", "meds_missed", "worry"),
)
_WELL: dict[str, Any] = {
    "red_flags": [],
    "temp_unit": "F",
    "antipyretic_6h": False,
    "steroid_48h": False,
    "alone_next_24h": False,
    **dict.fromkeys(_SYMPTOMS, 0),
}


@dataclass(frozen=True)
class StoryOutcome:
    """A form at the time point `day`; `days` holds its dates, counted from the infusion."""

    patient: str
    day: int
    days: dict[str, int]
    answers: dict[str, Any]


@dataclass(frozen=True)
class StoryAnswer:
    """A nurse (by e-mail) took the escalation, wrote a note and, if there is an outcome, closed it."""

    by: str
    after: timedelta
    note: str
    outcome: str = ""


@dataclass(frozen=True)
class StoryReport:
    """One report: so long ago, by whom, with which answers, and what followed."""

    ago: timedelta
    patient: str
    by: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    answer: StoryAnswer | None = None


def well_except(**answers: Any) -> dict[str, Any]:
    return {**_WELL, "temp_value": 98.2, **answers}


def _time_ago(days: float, hours: float = 0) -> timedelta:
    return timedelta(days=days, hours=hours)


STORY = (
    # Maria, day 4: a bad night two days ago, answered and closed; quiet since.
    StoryReport(_time_ago(3), "maria", "+16175550141", well_except(temp_value=36.9, temp_unit="C")),
    StoryReport(
        _time_ago(2, 12), "maria", "+16175550141", well_except(temp_value=37.0, temp_unit="C", activity=1)
    ),
    StoryReport(
        *(
            _time_ago(2),
            "maria",
            "+16175550141",
            well_except(temp_value=37.8, temp_unit="C", chills=2, worry=1),
        ),
        answer=StoryAnswer(
            by="nurse@harbor.example",
            after=timedelta(minutes=4),
            note="Spoke with Elena. Seen in the day unit, cultures taken, home again in the evening.",
            outcome="clinic_visit",
        ),
    ),
    StoryReport(
        _time_ago(1, 12), "maria", "+16175550141", well_except(temp_value=36.8, temp_unit="C", intake=1)
    ),
    StoryReport(_time_ago(1), "maria", "+16175550141", well_except(temp_value=36.7, temp_unit="C")),
    StoryReport(_time_ago(0, 11), "maria", "+16175550141", well_except(temp_value=36.6, temp_unit="C")),
    # George, day 12: two people report for him, nothing has come up.
    StoryReport(_time_ago(2), "george", "+16175550131", well_except(temp_value=98.1)),
    StoryReport(_time_ago(1, 12), "george", "+16175550132", well_except(temp_value=98.4)),
    StoryReport(_time_ago(1), "george", "+16175550131", well_except(temp_value=98.0)),
    StoryReport(_time_ago(0, 11), "george", "+16175550131", well_except(temp_value=98.3)),
    # Aisha, day 45: fever twenty minutes ago, nobody has answered yet.
    StoryReport(_time_ago(4), "aisha", "+16175550133", well_except(temp_value=97.9)),
    StoryReport(_time_ago(1), "aisha", "+16175550133", well_except(temp_value=98.2)),
    StoryReport(timedelta(minutes=20), "aisha", "+16175550133", well_except(temp_value=100.8, chills=1)),
    # Robert, day 130, and Helen, day 400: weekly and quiet.
    StoryReport(_time_ago(8), "robert", "+16175550134", well_except(temp_value=97.8)),
    StoryReport(_time_ago(1), "robert", "+16175550134", well_except(temp_value=98.1)),
    StoryReport(_time_ago(20), "helen", "+16175550134", well_except(temp_value=98.0)),
    StoryReport(_time_ago(2), "helen", "+16175550134", well_except(temp_value=98.2)),
    # The other clinic: one who should be called today, taken by a nurse.
    StoryReport(_time_ago(1), "frank", "+13035550161", well_except(temp_value=98.0)),
    StoryReport(_time_ago(0, 10), "frank", "+13035550161", well_except(temp_value=98.2)),
    StoryReport(_time_ago(1), "dorothy", "+13035550162", well_except(temp_value=98.0)),
    StoryReport(
        *(timedelta(hours=2), "dorothy", "+13035550162", well_except(temp_value=98.4, vomiting=2)),
        answer=StoryAnswer(
            by="nurse@mesa.example",
            after=timedelta(minutes=25),
            note="Sam will call back after lunch with how much she drinks.",
        ),
    ),
)

# Aisha's form at day 30 and Helen's after a year are left to be filled in.
OUTCOMES = (
    StoryOutcome(
        "robert",
        30,
        {
            "contact_on": 31,
            "crs_onset": 2,
            "crs_max": 3,
            "crs_end": 6,
            "infection1_on": 19,
            "assessed_on": 29,
        },
        {
            "crs_grade": "2",
            "tocilizumab_doses": 1,
            "steroid_days": 0,
            "icans_grade": "0",
            "iec_hs": "no",
            "icaht_early": "2",
            "gcsf_days": 5,
            "infection1_organ": "lung",
            "infection1_type": "viral",
            "infection1_grade": "2",
            "infection1_care": "home",
            "infection1_by_report": "yes",
            "response": "partial",
        },
    ),
    StoryOutcome(
        "robert", 100, {"contact_on": 98, "assessed_on": 98}, {"response": "complete", "icaht_late": "0"}
    ),
    StoryOutcome(
        "helen",
        30,
        {"contact_on": 30, "crs_onset": 4, "crs_end": 6, "assessed_on": 30},
        {"crs_grade": "1", "icans_grade": "0", "response": "partial"},
    ),
    StoryOutcome("helen", 100, {"contact_on": 101, "assessed_on": 99}, {"response": "complete"}),
    StoryOutcome("helen", 180, {"contact_on": 185}, {"response": "complete", "second_cancer": "no"}),
    # Of those who have been known for longer. Irene's and Carmen's forms are left to be filled in.
    StoryOutcome(
        "linh",
        30,
        {"contact_on": 30, "crs_onset": 3, "crs_end": 5, "assessed_on": 29},
        {"crs_grade": "1", "icans_grade": "0", "response": "complete"},
    ),
    StoryOutcome(
        "samuel",
        30,
        {
            "contact_on": 31,
            "crs_onset": 1,
            "crs_max": 2,
            "crs_end": 5,
            "infection1_on": 14,
            "assessed_on": 30,
        },
        {
            "crs_grade": "2",
            "tocilizumab_doses": 2,
            "steroid_days": 2,
            "icans_grade": "0",
            "infection1_organ": "lung",
            "infection1_type": "bacterial",
            "infection1_grade": "3",
            "infection1_care": "admitted",
            "infection1_by_report": "yes",
            "response": "partial",
        },
    ),
    StoryOutcome(
        "peter",
        30,
        {"contact_on": 32, "crs_onset": 2, "crs_end": 8, "icans_onset": 5, "icans_end": 7, "assessed_on": 30},
        {"crs_grade": "2", "icans_grade": "1", "response": "complete"},
    ),
    StoryOutcome("wei", 30, {"contact_on": 30}, {"crs_grade": "0", "icans_grade": "0"}),
    StoryOutcome(
        "harold", 30, {"contact_on": 33, "crs_onset": 2, "crs_end": 4}, {"crs_grade": "1", "icans_grade": "0"}
    ),
    StoryOutcome("james", 30, {"contact_on": 30}, {"crs_grade": "1", "icans_grade": "0"}),
    StoryOutcome("james", 100, {"contact_on": 100, "assessed_on": 99}, {"response": "complete"}),
)
