"""Whatever an assessment says or lacks, what reaches scoring is never less than staff have set by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols import default_document
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.additions import FROM_FACTS, additions_for, asked_before_start
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    NO_HISTORY,
    PatientContext,
    assess,
    assess_silence,
    plan_of,
)
from clinic.rules.risk.answers import InForce, Override, Subject, in_force, waiting
from clinic.rules.risk.assessment import assess_risk
from clinic.rules.risk.facts import Background, Course, Facts, Infection, Person, Surroundings, Tier
from clinic.rules.risk.labs import lab_value
from clinic.rules.risk.stored import findings_of, result_to_json
from tests.clinic.rules.people import a_person
from tests.clinic.rules.risk import made_up
from tests.clinic.rules.risk.made_up import DAY_ZERO, DOCUMENT
from tests.examples import examples

# Ten thousand in the nightly profile.
MANY = settings(max_examples=examples(1000), deadline=None)
PROTOCOL = Protocol.from_document(default_document())
SWITCHED_ON = default_document()
for row in SWITCHED_ON["additions"]:
    row["active"] = True
EVERYTHING_ADDED = Protocol.from_document(SWITCHED_ON)
FLAGS = (Subject.NEUTROPENIA, Subject.PLATELETS_LOW, Subject.IMMUNE_RISK)
SINCE = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)

days = st.one_of(st.integers(-10, 120), st.sampled_from([180, 365, 366, 1000]))
grades = st.none() | st.integers(0, 5)
lab_values = st.builds(
    lambda name, value, day: lab_value(
        DOCUMENT.labs, name=name, value=value, unit=DOCUMENT.labs[name].unit, day=day, source="typed"
    ),
    st.sampled_from(sorted(DOCUMENT.labs)),
    st.sampled_from([0, 0.05, 0.5, 1, 1.2, 3, 9, 20, 50, 75, 175, 200, 400, 650, 2000, 5000]),
    st.integers(-12, 120),
)
people = st.builds(
    Person,
    age=st.none() | st.integers(18, 95),
    sex=st.sampled_from(["", "female", "male"]),
    product=st.sampled_from(["", "axi-cel", "brexu-cel", "cilta-cel", "liso-cel", "something else"]),
    disease=st.sampled_from(["", "LBCL", "MCL", "MM"]),
    ecog=st.none() | st.integers(0, 4),
    frailty=st.none() | st.integers(1, 9),
)
backgrounds = st.builds(
    Background,
    lymphodepletion_day=st.none() | st.integers(-8, -2),
    comorbidities=st.none()
    | st.frozensets(st.sampled_from(sorted(DOCUMENT.scores.hct_ci.points)), max_size=3),
    cirs=st.none()
    | st.dictionaries(st.sampled_from(DOCUMENT.scores.cirs.systems), st.integers(0, 4), max_size=3),
    ldh_upper_limit=st.none() | st.just(Fraction(250)),
    bridging=st.none() | st.booleans(),
    prior_transplant=st.sampled_from([None, "none", "auto", "allo"]),
)
courses = st.builds(
    Course,
    crs_max=grades,
    icans_max=grades,
    had_iec_hs=st.booleans(),
    infections=st.lists(
        st.builds(Infection, st.integers(-40, 100), st.integers(1, 5), st.booleans()), max_size=2
    ).map(tuple),
    steroid_days=st.none() | st.integers(0, 20),
    tocilizumab_last_day=st.none() | st.integers(0, 20),
    steroid_last_day=st.none() | st.integers(0, 30),
    ivig_last_day=st.none() | st.integers(0, 90),
)
anybody = st.builds(
    Facts,
    day=days,
    tier=st.sampled_from(Tier),
    person=people,
    background=backgrounds,
    course=courses,
    surroundings=st.builds(
        Surroundings,
        minutes_to_centre=st.none() | st.integers(0, 400),
        lives_alone=st.none() | st.booleans(),
        adults=st.none() | st.integers(0, 2),
    ),
    labs=st.lists(lab_values, max_size=12).map(tuple),
)
# Of random facts one is nearly always missing, which is high: those who are standard must be made.
quiet = st.builds(lambda day, tier: made_up.facts(day=day, tier=tier), days, st.sampled_from(Tier))
known = st.one_of(anybody, quiet)
hand_set = st.builds(
    InForce,
    tier=st.sampled_from(Tier),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    masked_until=st.none() | st.dates(DAY_ZERO, DAY_ZERO + timedelta(days=60)),
)
overrides = st.lists(
    st.builds(
        Override,
        subject=st.sampled_from(Subject),
        is_lower=st.booleans(),
        by=st.just("Ada"),
        is_clinician=st.booleans(),
        reason=st.sampled_from([*DOCUMENT.answers.reasons, ""]),
        text=st.sampled_from(["", "a long enough text"]),
        begins_on=st.dates(date(2026, 3, 1), date(2026, 3, 30)),
        ends_on=st.none() | st.dates(date(2026, 3, 1), date(2026, 5, 1)),
        second=st.sampled_from([None, "Ada", "Ben"]),
        second_is_clinician=st.booleans(),
    ),
    max_size=3,
)
# What the fact sheet says besides, and where somebody is.
from_facts = st.frozensets(st.sampled_from(sorted(FROM_FACTS)))
where = st.fixed_dictionaries(
    {
        "minutes_to_centre": st.none() | st.integers(0, 400),
        "no_transport": st.booleans(),
        "home_day": st.none() | st.integers(0, 45),
    }
)
hours = st.sampled_from([0, 23, 24, 25, 100, 1000])
reports = st.fixed_dictionaries(
    {},
    optional={
        "temp_value": st.sampled_from([36.5, 37.4, 37.5, 37.9, 38.0, 39.0]),
        "spo2": st.integers(85, 100),
        "sbp": st.integers(75, 140),
        "pulse": st.integers(40, 140),
        "diarrhea": st.integers(0, 2),
        "headache": st.integers(0, 2),
        "bleeding": st.integers(0, 2),
        "cough": st.integers(0, 2),
    },
)


def context(found: InForce, day: int) -> PatientContext:
    """As scoring gets it on a day."""
    today = DAY_ZERO + timedelta(days=day)
    return a_person(
        day=day,
        tier=str(found.tier),
        masked=found.masked_until is not None and today <= found.masked_until,
        **{str(flag): flag in found.flags for flag in FLAGS},
    )


@MANY
@given(known, hand_set, overrides, hours)
def test_tier_flags_and_mask_are_never_less_than_by_hand(
    facts: Facts, by_hand: InForce, against: list[Override], waited: int
) -> None:
    suggested = waiting(assess_risk(DOCUMENT, facts), DAY_ZERO, SINCE)

    found = in_force(DOCUMENT.answers, by_hand, suggested, against, SINCE + timedelta(hours=waited))

    assert found.tier is Tier.HIGH or by_hand.tier is Tier.STANDARD
    assert found.flags >= by_hand.flags
    assert by_hand.masked_until is None or (found.masked_until or date.min) >= by_hand.masked_until


@MANY
@given(known, hand_set, overrides, hours, reports, st.sampled_from([12, 16, 24, 36, 48, 96, 200]))
def test_level_and_silence_are_never_lower_than_without_an_assessment(
    facts: Facts,
    by_hand: InForce,
    against: list[Override],
    waited: int,
    answers: dict[str, float],
    silent_hours: float,
) -> None:
    suggested = waiting(assess_risk(DOCUMENT, facts), DAY_ZERO, SINCE)
    found = in_force(DOCUMENT.answers, by_hand, suggested, against, SINCE + timedelta(hours=waited))

    day = max(facts.day, 0)
    without, with_it = context(by_hand, day), context(found, day)

    levels = [assess(PROTOCOL, answers, one, NO_HISTORY).level for one in (with_it, without)]
    assert levels[0] >= levels[1]
    silence = [assess_silence(PROTOCOL, one, silent_hours).level for one in (with_it, without)]
    assert silence[0] >= silence[1]


@MANY
@given(known, from_facts, hand_set, where, hours, reports, st.sampled_from([0.9, 1, 3, 6, 8, 16, 24, 48, 96]))
def test_with_every_addition_switched_on_an_assessment_takes_nothing_away(
    facts: Facts,
    told: frozenset[str],
    by_hand: InForce,
    at: dict[str, int | bool | None],
    waited: int,
    answers: dict[str, float],
    silent_hours: float,
) -> None:
    """Level, timers, check-ins, questions, second contact, labs, care tasks, and what the start waits for."""
    assessed = assess_risk(DOCUMENT, facts)
    found = in_force(
        DOCUMENT.answers,
        by_hand,
        waiting(assessed, DAY_ZERO, SINCE),
        [],
        SINCE + timedelta(hours=waited),
    )
    day = max(facts.day, 0)
    without = replace(context(by_hand, day), age=facts.person.age, **at)
    findings = tuple(sorted(findings_of(result_to_json(assessed)) | told))
    with_it = replace(context(found, day), age=facts.person.age, findings=findings, **at)

    more, less = (assess(EVERYTHING_ADDED, answers, one, NO_HISTORY) for one in (with_it, without))
    assert more.level >= less.level
    silences = [assess_silence(EVERYTHING_ADDED, one, silent_hours).level for one in (with_it, without)]
    assert silences[0] >= silences[1]
    plans = [plan_of(EVERYTHING_ADDED, one) for one in (with_it, without)]
    assert set(plans[0].times) >= set(plans[1].times)
    assert plans[0].gap <= plans[1].gap
    assert all(plans[0].asks.get(item, Level.NONE) >= level for item, level in plans[1].asks.items())
    backups = [one.backup_contact_after_minutes for one in plans]
    assert backups[1] is None or (backups[0] is not None and backups[0] <= backups[1])
    for_staff = [
        {
            *asked_before_start(EVERYTHING_ADDED.additions, one),
            *(
                asked
                for addition in additions_for(EVERYTHING_ADDED.additions, one)
                for asked in (*addition.labs, *addition.tasks)
            ),
        }
        for one in (with_it, without)
    ]
    assert for_staff[0] >= for_staff[1]


@MANY
@given(known)
def test_fact_that_is_taken_out_is_never_read_as_normal(facts: Facts) -> None:
    """Required facts: without one of them the tier is high, whatever else is known."""
    without = [
        replace(facts, person=replace(facts.person, age=None)),
        replace(facts, person=replace(facts.person, product="")),
        replace(facts, person=replace(facts.person, ecog=None)),
        replace(facts, background=replace(facts.background, comorbidities=None, cirs=None)),
        replace(facts, labs=()),
    ]

    assert {assess_risk(DOCUMENT, one).suggestion.tier for one in without} == {Tier.HIGH}
