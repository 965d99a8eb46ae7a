"""Monitoring that fits the person: what a document may add for whom, and that it only adds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols import default_document, risk_document
from clinic.rules.checkins.schedule import answered_from, answered_until, slots_between
from clinic.rules.core.enums import Level
from clinic.rules.protocols import editing
from clinic.rules.protocols.document.additions import (
    FINDINGS,
    HIGH_TIER,
    additions_for,
    asked_before_start,
)
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.phases import phase_for, plan_on
from clinic.rules.protocols.document.protocol import Protocol, ProtocolError
from clinic.rules.protocols.scoring.assessment import (
    NO_HISTORY,
    PatientContext,
    assess,
    assess_silence,
    plan_of,
)
from tests.clinic.rules import people
from tests.clinic.rules.people import a_person
from tests.examples import examples

# Ten thousand in the nightly profile.
MANY = settings(max_examples=examples(1000), deadline=None)
NEW_YORK = ZoneInfo("America/New_York")
DAY_ZERO = date(2026, 3, 1)


def document(**changes: Any) -> dict[str, Any]:
    """The default with every addition switched on; `changes` go to the row "heart"."""
    made: dict[str, Any] = default_document()
    for row in made["additions"]:
        row["active"] = True
        if row["code"] == "heart":
            row.update(changes)
    return made


WITHOUT = default_document()
del WITHOUT["additions"]
NOTHING_ADDED = Protocol.from_document(WITHOUT)
EVERYTHING_ON = Protocol.from_document(document())

findings = st.lists(st.sampled_from(sorted(FINDINGS - {HIGH_TIER})), unique=True, max_size=6)
# Staff's own facts, and what an assessment may say of the same person.
somebody = st.builds(
    lambda facts, age, minutes, ride, home: {
        **facts,
        "age": age,
        "minutes_to_centre": minutes,
        "no_transport": ride,
        "home_day": home,
    },
    people.facts,
    st.none() | st.integers(18, 95),
    st.none() | st.integers(0, 400),
    st.booleans(),
    st.none() | st.integers(0, 45),
)
reports = st.fixed_dictionaries(
    {},
    optional={
        "temp_value": st.sampled_from([36.5, 37.5, 38.0, 39.0, "x"]),
        "pulse": st.sampled_from([60, 120, 400]),
        "sbp": st.integers(75, 140),
        "home_check": st.integers(0, 10),
        "handwriting": st.integers(0, 3),
        "movement": st.integers(0, 3),
        "intake": st.integers(0, 3),
        "cough": st.integers(0, 3),
    },
)
hours = st.sampled_from([0, 1, 3, 7.9, 8, 12, 16, 20, 24, 30, 32, 48, 96, 168, 336, 1080])


def assessed(facts: dict[str, Any], found: list[str], raises: bool) -> PatientContext:
    tier = "high" if raises else facts["tier"]
    return a_person(**{**facts, "tier": tier}, findings=found)


@MANY
@given(somebody, findings, st.booleans(), reports, hours)
def test_level_and_timers_are_never_lower_or_later_with_an_assessment(
    facts: dict[str, Any], found: list[str], raises: bool, answers: dict[str, Any], silent: float
) -> None:
    with_it, without = assessed(facts, found, raises), a_person(**facts)

    levels = [assess(EVERYTHING_ON, answers, one, NO_HISTORY).level for one in (with_it, without)]
    assert levels[0] >= levels[1]
    silences = [assess_silence(EVERYTHING_ON, one, silent).level for one in (with_it, without)]
    assert silences[0] >= silences[1]


@MANY
@given(somebody, findings, st.booleans(), reports, hours)
def test_what_is_switched_on_never_lowers_what_the_document_said_before(
    facts: dict[str, Any], found: list[str], raises: bool, answers: dict[str, Any], silent: float
) -> None:
    one = assessed(facts, found, raises)

    before, now = (assess(rules, answers, one, NO_HISTORY) for rules in (NOTHING_ADDED, EVERYTHING_ON))
    assert now.level >= before.level
    assert set(before.rules) <= set(now.rules)
    quiet = [assess_silence(rules, one, silent).level for rules in (NOTHING_ADDED, EVERYTHING_ON)]
    assert quiet[1] >= quiet[0]


@MANY
@given(somebody, findings, st.booleans())
def test_no_check_in_goes_and_no_second_contact_waits_longer(
    facts: dict[str, Any], found: list[str], raises: bool
) -> None:
    with_it, without = assessed(facts, found, raises), a_person(**facts)
    start = datetime.combine(DAY_ZERO + timedelta(days=facts["day"]), datetime.min.time(), tzinfo=NEW_YORK)
    due = [
        slots_between(
            EVERYTHING_ON,
            DAY_ZERO,
            NEW_YORK,
            start,
            start + timedelta(days=10),
            additions=additions_for(EVERYTHING_ON.additions, one),
        )
        for one in (with_it, without)
    ]

    assert set(due[0]) >= set(due[1])
    plans = [plan_of(EVERYTHING_ON, one) for one in (with_it, without)]
    assert plans[0].gap <= plans[1].gap
    assert set(plans[0].asks) >= set(plans[1].asks)
    backups = [plan.backup_contact_after_minutes for plan in plans]
    assert backups[1] is None or (backups[0] is not None and backups[0] <= backups[1])


@MANY
@given(somebody, findings)
def test_every_check_in_can_be_answered_and_one_report_does_not_answer_the_next(
    facts: dict[str, Any], found: list[str]
) -> None:
    """`answered_from` and `answered_until` agree, whatever is added on whichever days."""
    one = a_person(**facts, findings=found)
    additions = additions_for(EVERYTHING_ON.additions, one)
    start = datetime.combine(DAY_ZERO + timedelta(days=facts["day"]), datetime.min.time(), tzinfo=NEW_YORK)
    span = (start, start + timedelta(days=40))
    for due in slots_between(EVERYTHING_ON, DAY_ZERO, NEW_YORK, *span, additions=additions):
        begins = answered_from(EVERYTHING_ON, DAY_ZERO, NEW_YORK, due, additions=additions)
        assert begins <= due
        assert answered_until(EVERYTHING_ON, DAY_ZERO, NEW_YORK, begins, additions=additions) >= due


def test_document_without_additions_means_what_it_meant() -> None:
    assert NOTHING_ADDED.additions == ()
    assert "additions" not in decision_table(NOTHING_ADDED)
    person = a_person(day=18, tier="high", findings=["toxicity"])
    assert plan_of(NOTHING_ADDED, person).times == phase_for(NOTHING_ADDED, 18).times


def test_default_adds_nothing_until_a_clinic_switches_it_on() -> None:
    shipped = Protocol.from_document(default_document())

    assert [one.code for one in shipped.additions if one.active] == []
    assert len(shipped.additions) == 15
    assert "additions" not in decision_table(shipped)


def test_findings_are_those_of_the_assessment() -> None:
    tier = risk_document()["tier"]
    # Two labs are one reason, and so are three kinds of another.
    named = {
        "hct_ci": "comorbidity",
        "icaht_early": "icaht",
        "icaht_late": "icaht",
        "igg": "immunity",
        "cd4": "immunity",
        "prior_transplant": "prior_hct",
        "adults": "caregiver",
    }
    lines = {named.get(key, key) for part in ("major", "minor") for key in tier[part]}

    assert lines - FINDINGS == set()
    assert {HIGH_TIER, "iec_hs", "easix", "bridging", "diabetes", "prior_infection"} <= FINDINGS


@pytest.mark.parametrize(
    ("person", "day", "times"),
    [
        ({"tier": "high"}, 15, ("09:00", "20:00")),
        ({"tier": "high"}, 21, ("09:00", "20:00")),
        ({"tier": "high"}, 22, ("09:00",)),
        ({"tier": "standard"}, 15, ("09:00",)),
        ({"findings": ["icaht"]}, 60, ("09:00",)),
        ({"findings": ["icaht"]}, 61, ()),
        ({"findings": ["immunity"]}, 36, ("09:00",)),
        ({}, 36, ()),
        ({"target": "BCMA"}, 108, ("09:00",)),
        # A week at home after a severe reaction, by the day on which they came home.
        ({"findings": ["toxicity"], "home_day": 25}, 25, ("09:00", "20:00")),
        ({"findings": ["iec_hs"], "home_day": 25}, 32, ("09:00", "20:00")),
        ({"findings": ["toxicity"], "home_day": 25}, 33, ("09:00",)),
        ({"findings": ["toxicity"], "home_day": 25}, 24, ("09:00",)),
        ({"findings": ["toxicity"], "home_day": None}, 25, ("09:00",)),
        ({"home_day": 25}, 25, ("09:00",)),
    ],
)
def test_check_ins_of_a_day(person: dict[str, Any], day: int, times: tuple[str, ...]) -> None:
    assert plan_of(EVERYTHING_ON, a_person(day=day, **person)).times == times


@pytest.mark.parametrize(
    ("person", "day", "silent", "level"),
    [
        # Far: the first step after eight hours, for all tiers, in the first two weeks.
        ({"minutes_to_centre": 61}, 5, 8, Level.SAME_DAY),
        ({"minutes_to_centre": 60}, 5, 8, Level.NONE),
        ({"minutes_to_centre": None}, 5, 8, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "no_transport": True}, 5, 8, Level.SAME_DAY),
        ({"minutes_to_centre": 61}, 15, 8, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["toxicity"]}, 20, 20, Level.SAME_DAY),
        ({"minutes_to_centre": 15}, 20, 20, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["icaht"]}, 50, 20, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["icaht"]}, 60, 32, Level.URGENT),
        ({"minutes_to_centre": 15, "findings": ["icaht"]}, 61, 32, Level.NONE),
        # Staff call when the second reminder is due: after one hour, after three, after three days.
        ({"minutes_to_centre": 15, "age": 75}, 5, 1, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "age": 75}, 5, 0.9, Level.NONE),
        ({"minutes_to_centre": 15, "age": 74}, 5, 1, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["frailty"]}, 20, 3, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["frailty"]}, 20, 2.9, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["frailty"]}, 400, 72, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["frailty"]}, 400, 71, Level.NONE),
        # So they do where texts are not enough, and after six hours where that reminder comes later.
        ({"minutes_to_centre": 15, "findings": ["interpreter"]}, 5, 1, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["reading_help"]}, 5, 0.9, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["no_smartphone"]}, 20, 3, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["no_smartphone"]}, 20, 2.9, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["no_smartphone"]}, 200, 6, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["no_smartphone"]}, 200, 5.9, Level.NONE),
        ({"minutes_to_centre": 15, "findings": ["toxicity"], "home_day": 40}, 47, 8, Level.SAME_DAY),
        ({"minutes_to_centre": 15, "findings": ["toxicity"], "home_day": 40}, 48, 8, Level.NONE),
    ],
)
def test_timers_of_a_person(person: dict[str, Any], day: int, silent: float, level: Level) -> None:
    found = assess_silence(EVERYTHING_ON, a_person(day=day, **person), silent)

    assert found.level == level


def test_second_contact_is_asked_sooner_for_whoever_is_alone() -> None:
    alone, others = (a_person(day=5, findings=one) for one in (["caregiver"], []))

    assert plan_of(EVERYTHING_ON, alone).backup_contact_after_minutes == 120
    assert plan_of(EVERYTHING_ON, others).backup_contact_after_minutes == 240


@pytest.mark.parametrize("home_day", [None, 3])
def test_what_is_asked_for_before_the_start_counts_from_no_day(home_day: int | None) -> None:
    """Who is about to go home has no day of coming home yet."""
    rows = Protocol.from_document(document(counted_from="home")).additions
    alone = a_person(day=-9, findings=["caregiver", "lvef"], home_day=home_day)

    assert asked_before_start(rows, alone) == {"sbp": ("heart",), "second_contact": ("few_helpers",)}
    assert asked_before_start(rows, a_person(day=-9)) == {}


@pytest.mark.parametrize("finding", ["lvef", "heart_illness"])
def test_question_asked_besides_is_never_left_out_unseen(finding: str) -> None:
    heart = a_person(day=5, findings=[finding])

    told = assess(EVERYTHING_ON, {"temp_value": 36.6, "sbp": 120}, heart, NO_HISTORY)
    assert [(one.rule, str(one.level), one.why("en")) for one in told.reasons] == [
        ("unanswered:pulse", "watch", "Not answered: Pulse")
    ]
    assert (
        assess(EVERYTHING_ON, {"temp_value": 36.6, "sbp": 120, "pulse": 70}, heart, NO_HISTORY).level
        is Level.NONE
    )
    # One that was refused has its reason already.
    refused = assess(EVERYTHING_ON, {"temp_value": 36.6, "sbp": 120, "pulse": 900}, heart, NO_HISTORY)
    assert refused.rules == ("rejected:pulse",)


def test_day_that_has_another_rhythm_begins_at_its_midnight() -> None:
    high = additions_for(EVERYTHING_ON.additions, a_person(day=0, tier="high"))
    # Twice a day until day 21: a report of the evening before answers no evening check-in of the last day.
    due = datetime(2026, 3, 23, 13, 0, tzinfo=UTC)
    assert plan_on(EVERYTHING_ON, 21, high).gap == timedelta(hours=12)
    assert plan_on(EVERYTHING_ON, 22, high).gap == timedelta(days=1)

    begins = answered_from(EVERYTHING_ON, DAY_ZERO, NEW_YORK, due, additions=high)
    assert answered_until(EVERYTHING_ON, DAY_ZERO, NEW_YORK, begins, additions=high) >= due


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"for": ["luck"]}, "additions[heart].for: no assessment finds “luck”"),
        ({"for": []}, "additions[heart]: “for” or “when” is needed, or it is for nobody"),
        ({"ask": [{"item": "mood"}]}, "additions[heart].ask: there is no question “mood”"),
        ({"times": ["8"]}, "additions[heart].times: “8” is not a time such as 08:00"),
        ({"last_day": -1}, "additions[heart]: it ends before it begins"),
        ({"every_days": 0}, "additions[heart].every_days: at least 1 is expected"),
        (
            {"missed": [{"hours": 0, "level": "watch"}]},
            "additions[heart].missed: hours above 0 and a level above none are expected",
        ),
        ({"timers_of_tier": "low"}, "additions[heart].timers_of_tier: no phase has timers for “low”"),
        ({"when": "age > 200"}, "additions[heart].when: this can never hold"),
        # What an assessment may change could take an addition away again.
        (
            {"when": "not neutropenia"},
            "additions[heart].when: “neutropenia” is not a question, a patient fact or a definition",
        ),
        (
            {"labs": [{"group": "blood", "first_day": 0, "within_days": 3}]},
            "additions[heart].labs[1].group: “blood” is not one of cbc, cd4, creatinine, ferritin_crp, "
            "fibrinogen, igg",
        ),
        (
            {"labs": [{"group": "cbc", "first_day": 5, "last_day": 4, "within_days": 3}]},
            "additions[heart].labs[1]: it ends before it begins",
        ),
        (
            {"labs": [{"group": "cbc", "first_day": 0, "within_days": 0}]},
            "additions[heart].labs[1].within_days: at least 1 is expected",
        ),
        (
            {"tasks": [{"task": "dance", "days": [0]}]},
            "additions[heart].tasks[1].task: “dance” is not one of ask_falls, glucose_plan, heart_tests, "
            "marrow_review, night_cover, nurse_call, overnight_stay, phone_way, prophylaxis_end, "
            "prophylaxis_plan, second_contact, teach_back",
        ),
        (
            {"tasks": [{"task": "nurse_call", "days": [3, 1]}]},
            "additions[heart].tasks[1].days: at least one day is expected, each later than the one before",
        ),
        (
            {"tasks": [{"task": "nurse_call", "days": [1, 7], "last_day": 6}]},
            "additions[heart].tasks[1].last_day: it ends before its last day",
        ),
        (
            {"tasks": [{"task": "nurse_call", "days": [1], "needs": ["luck"]}]},
            "additions[heart].tasks[1].needs: nothing on record says “luck”",
        ),
        (
            {"tasks": [{"task": "nurse_call", "days": [1], "counted_from": "birth"}]},
            "additions[heart].tasks[1].counted_from: “birth” is not one of home, infusion",
        ),
        (
            {"staff_call": {"reminder": 4, "level": "same_day"}},
            "additions[heart].staff_call.reminder: no phase sends reminder 4",
        ),
        (
            {"staff_call": {"reminder": 0, "level": "same_day"}},
            "additions[heart].staff_call.reminder: no phase sends reminder 0",
        ),
        (
            {"staff_call": {"reminder": 2, "level": "none"}},
            "additions[heart].staff_call.level: a level above none is expected",
        ),
        (
            {"before_start": ["mood"]},
            "additions[heart].before_start: “mood” is not one of activity, home_check, movement, pain, sbp, "
            "second_contact, spo2",
        ),
        ({"counted_from": "birth"}, "additions[heart].counted_from: “birth” is not one of home, infusion"),
        ({"code": "kidneys"}, "additions: “kidneys” stands there 2 times"),
    ],
)
def test_document_that_cannot_be_meant_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        Protocol.from_document(document(**changes))

    assert problem in refused.value.problems


def test_switch_is_a_value_that_a_clinician_changes() -> None:
    before = default_document()
    leaf = next(one for one in editing.fields(before, "addition.far") if one.place == "additions[far].active")

    after = editing.with_values(before, {leaf.place: True})

    assert leaf.kind is editing.FieldKind.SWITCH
    changes = editing.differences(before, after)
    assert [(one.place, one.before, one.after) for one in changes] == [(leaf.place, False, True)]
    assert [one.code for one in Protocol.from_document(after).additions if one.active] == ["far"]


def test_labs_that_are_asked_for_never_reach_a_phone() -> None:
    assert any(one.labs for one in EVERYTHING_ON.additions)
    assert all("labs" not in one for one in decision_table(EVERYTHING_ON)["additions"])
