"""The arithmetic on a cohort made by hand, and that the same seed gives the same people everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clinic.protocols import cohort_document, default_document
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import Assessment, History, PastReport, Reason, assess
from clinic.rules.protocols.simulation import cohort, run
from clinic.rules.protocols.simulation.figures import KindFigures, RuleFigures, figures
from clinic.rules.protocols.simulation.people import HOURS, Event, Person, person
from clinic.rules.protocols.simulation.reports import Moment, answers
from clinic.rules.protocols.simulation.tally import EventSeen, Tally

PROTOCOL = Protocol.from_document(default_document())
COHORT = cohort.read(cohort_document())
DAYS = 40
PINNED_PERSON = ("CD19", "standard", 0.4)
PINNED_EVENTS = [("crs", 177.254255), ("hlh", 1373.187094)]
PINNED_REPORT = {
    "sbp": 122,
    "home_check": 10,
    "breathing": 1,
    "cough": 1,
    "intake": 2,
    "pain": 1,
    "activity": 2,
}


def somebody(*events: Event, away: tuple[tuple[float, float], ...] = ()) -> Person:
    stays = tuple((event.admitted, event.back_home) for event in events)
    return Person(
        number=0,
        seed=0,
        target="CD19",
        tier="standard",
        age=60,
        minutes_to_centre=30,
        flag_days={},
        usual={},
        stored={},
        misses=1,
        away=(*away, *stays),
        episodes=(),
        events=events,
    )


def event(first_sign: float, admitted: float, kind: str = "crs") -> Event:
    return Event(kind, first_sign, admitted, back_home=admitted + 48, signs=())


def report(hour: float, *reasons: tuple[str, str]) -> run.Scored:
    """A report at this hour, with these rules and their levels."""
    phase = "a" if hour < 15 * HOURS else "b" if hour < 31 * HOURS else "c"
    found = tuple(Reason(rule, Level(level), None) for rule, level in reasons)
    level = max((reason.level for reason in found), default=Level.NONE)
    return run.Scored(Moment(hour, phase, planned=True, answered=True), Assessment(level, found))


def counted(who: Person, *reports: run.Scored, found: list[Moment] | None = None) -> Tally:
    tally = Tally()
    moments = found if found is not None else [one.moment for one in reports]
    run.count(tally, PROTOCOL, COHORT, who, moments, list(reports), DAYS)
    return tally


def test_shares_are_of_the_reports_of_their_phase_and_days() -> None:
    tally = counted(
        somebody(),
        report(8),
        report(20, ("vomiting", "watch")),
        report(32, ("temp", "urgent")),
        report(16 * HOURS, ("spo2", "emergency")),
        report(35 * HOURS),
    )

    found = figures(tally)

    phases = {one.name: one for one in found.phases}
    assert (phases["a"].reports, phases["a"].urgent) == (3, 1 / 3)
    assert phases["a"].levels == {
        "none": 1 / 3,
        "watch": 1 / 3,
        "same_day": 0,
        "urgent": 1 / 3,
        "emergency": 0,
    }
    assert (phases["b"].reports, phases["b"].urgent) == (1, 1)
    assert (phases["c"].reports, phases["c"].urgent) == (1, 0)
    assert (found.span("early").reports, found.span("early").urgent) == (4, 0.5)
    assert (found.span("late").reports, found.span("late").urgent) == (1, 0)


def test_day_30_is_early_and_day_31_late() -> None:
    found = figures(counted(somebody(), report(30 * HOURS + 23), report(31 * HOURS)))

    assert (found.span("early").reports, found.span("late").reports) == (1, 1)


def test_urgent_report_within_twelve_hours_joins_the_alarm() -> None:
    fever = ("temp", "urgent")

    tally = counted(somebody(), report(10, fever), report(22, fever), report(23, fever), report(40))

    assert tally.phases["a"].alarms == 2
    assert tally.phases["a"].rules["temp"].reports == 3
    assert tally.phases["a"].rules["temp"].alarms == 2


def test_alarm_is_true_when_a_serious_event_follows_within_three_days() -> None:
    fever = ("temp", "urgent")

    tally = counted(somebody(event(100, 172)), report(99.9, fever), report(112, fever), report(300, fever))

    assert (tally.phases["a"].alarms, tally.phases["a"].true_alarms) == (3, 1)


def test_alarms_are_counted_by_the_week_at_home() -> None:
    fever = ("temp", "urgent")
    in_hospital = ((0.0, 24.0 * 8),)

    found = figures(counted(somebody(away=in_hospital), report(200, fever)))

    [phase] = [one for one in found.phases if one.name == "a"]
    assert phase.weeks == 1.0
    assert (phase.alarms_per_week, phase.false_alarms_per_week) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("hours", "detected", "lead"),
    [
        ([99.9], 0, None),
        ([100], 1, 48.0),
        ([147.9], 1, 0.1),
        ([148], 0, None),
        ([120, 140], 1, 28.0),
        ([], 0, None),
    ],
)
def test_event_is_seen_by_an_urgent_report_from_its_first_sign_to_the_hospital(
    hours: list[float], detected: int, lead: float | None
) -> None:
    reports = [report(hour, ("temp", "urgent")) for hour in hours]

    span = figures(counted(somebody(event(100, 148)), *reports)).span("early")

    assert (span.events, span.detected, span.sensitivity) == (1, detected, detected)
    assert span.lead_hours == lead


def test_report_below_urgent_is_heard_but_does_not_detect() -> None:
    span = figures(counted(somebody(event(100, 148)), report(120, ("chills", "same_day")))).span("early")

    assert (span.reported, span.detected) == (1, 0)


def test_event_under_an_alarm_that_rang_before_is_not_newly_seen() -> None:
    fever, pain = ("temp", "urgent"), ("pain", "urgent")
    rang = counted(somebody(event(100, 148)), report(90, pain), report(120, fever))
    quiet = counted(somebody(event(100, 148)), report(80, pain), report(90), report(120, fever))

    assert figures(rang).span("early").newly_detected == 0
    assert figures(quiet).span("early").newly_detected == 1


def test_event_counts_on_the_day_of_the_hospital() -> None:
    found = figures(counted(somebody(event(30 * HOURS, 31 * HOURS + 1)), report(30 * HOURS + 1)))

    assert (found.span("early").events, found.span("late").events) == (0, 1)


def test_lead_time_is_the_median_of_the_first_urgent_reports() -> None:
    fever = ("temp", "urgent")
    tally = Tally()
    for before in (6.0, 20.0, 40.0):
        tally.add(counted(somebody(event(100, 148)), report(148 - before, fever)))

    assert figures(tally).span("early").lead_hours == 20.0


def test_each_rule_says_what_it_did_alone_and_what_it_saw() -> None:
    tally = counted(
        somebody(event(100, 148)),
        report(20, ("T1_two_steps:cough", "urgent"), ("T1_two_steps:headache", "urgent")),
        report(110, ("temp", "urgent"), ("spo2", "urgent"), ("cough", "same_day")),
        report(122, ("temp", "urgent")),
    )

    rules = {one.rule: one for one in figures(tally).span("early").rules}
    assert rules["temp"] == RuleFigures("temp", 2, 2 / 3, alone=1, alarms=1, true_alarms=1, events=1)
    assert rules["spo2"] == RuleFigures("spo2", 1, 1 / 3, alone=0, alarms=1, true_alarms=1, events=1)
    assert rules["T1_two_steps"] == RuleFigures("T1_two_steps", 1, 1 / 3, 1, 1, 0, 0)
    assert rules.keys() == {"temp", "spo2", "T1_two_steps"}


def test_kinds_of_events_stand_apart() -> None:
    who = somebody(event(100, 148), event(300, 340, kind="gut"))

    span = figures(counted(who, report(120, ("temp", "urgent")))).span("early")

    assert span.kinds == (KindFigures("crs", 1, 1), KindFigures("gut", 1, 0))


def test_reports_during_an_event_are_not_quiet() -> None:
    fever = ("temp", "urgent")

    span = figures(counted(somebody(event(100, 148)), report(20), report(44, fever), report(120, fever)))

    assert span.span("early").urgent_when_quiet == 0.5


def missed(hour: float) -> Moment:
    return Moment(hour, "a", planned=True, answered=False)


@pytest.mark.parametrize(
    ("next_report", "alarms"), [(8 + 23.9, 0), (8 + 24, 1)], ids=["before the timer", "at the timer"]
)
def test_silence_alarms_from_the_first_missed_check_in_by_the_protocols_timer(
    next_report: float, alarms: int
) -> None:
    again = report(next_report)

    tally = counted(somebody(), again, found=[missed(8), missed(20), again.moment])

    assert tally.spans["early"].silences == alarms


def test_silence_ends_with_a_stay_in_hospital() -> None:
    tally = counted(somebody(event(12, 20)), found=[missed(8)])

    assert tally.spans["early"].silences == 0


def test_nothing_to_divide_by_is_no_figure() -> None:
    span = figures(counted(somebody(away=((0.0, 41.0 * HOURS),)))).span("early")

    assert (span.urgent, span.sensitivity, span.alarms_per_week, span.lead_hours) == (None,) * 4


def test_pooled_tallies_are_the_tally_of_all() -> None:
    together = run.run(PROTOCOL, COHORT, 3, range(6), 30)
    apart = run.run(PROTOCOL, COHORT, 3, range(2), 30)
    apart.add(run.run(PROTOCOL, COHORT, 3, range(2, 6), 30))

    assert figures(apart) == figures(together)


def test_stored_tally_is_the_same_tally() -> None:
    tally = run.run(PROTOCOL, COHORT, 3, range(4), 40)

    assert figures(Tally.from_json(tally.as_json())) == figures(tally)
    assert Tally.from_json({}) == Tally()


def test_same_seed_gives_the_same_and_another_gives_another() -> None:
    once, again, other = (run.run(PROTOCOL, COHORT, seed, range(3), 60) for seed in (7, 7, 8))

    assert once == again
    assert once != other


def test_seed_gives_these_people_on_every_machine() -> None:
    """Pinned: neither another Python nor another library may move a figure that was written down."""
    who = run.person(COHORT, 1, 3, 60)
    [first, *_] = [one for one in run.moments(PROTOCOL, COHORT, who, 60) if one.answered]

    assert (who.target, who.tier, who.misses) == PINNED_PERSON
    assert [
        (one.kind, round(one.first_sign, 6)) for one in run.person(COHORT, 1, 4, 60).events
    ] == PINNED_EVENTS
    assert {
        key: value for key, value in answers(PROTOCOL, COHORT, who, first).items() if value
    } == PINNED_REPORT


def test_scaled_people_stay_who_they_are() -> None:
    who = run.person(COHORT, 1, 5, DAYS)
    half = run.person(COHORT.scaled(0.5), 1, 5, DAYS)

    assert (half.target, half.tier, half.usual, half.misses) == (who.target, who.tier, who.usual, who.misses)


def test_protocol_has_no_say_in_what_happens() -> None:
    quiet = {**default_document(), "accumulation": []}
    other = run.run(Protocol.from_document(quiet), COHORT, 2, range(5), DAYS)
    usual = run.run(PROTOCOL, COHORT, 2, range(5), DAYS)

    assert _happened(other) == _happened(usual)


def _happened(tally: Tally) -> list[tuple[float, int, list[tuple[str, bool]]]]:
    return [
        (part.hours, sum(part.levels.values()), [(one.kind, one.reported) for one in part.events])
        for part in tally.phases.values()
    ]


def test_event_seen_holds_what_is_counted() -> None:
    tally = counted(somebody(event(100, 148)), report(120, ("temp", "urgent")))

    assert tally.phases["a"].events == [EventSeen("crs", reported=True, lead_hours=28.0, is_new=True)]


def test_reports_that_no_trend_can_look_at_change_nothing() -> None:
    who = run.person(COHORT, 1, 2, 100)
    found = [one for one in run.moments(PROTOCOL, COHORT, who, 100) if one.answered]
    given = [(one.hour, answers(PROTOCOL, COHORT, who, one)) for one in found]

    levels = [one.assessment.level for one in run.scored(PROTOCOL, COHORT, who, found)]

    assert levels == [
        assess(PROTOCOL, said, who.context(moment.day), _all_before(given, moment.hour)).level
        for moment, (_, said) in zip(found, given, strict=True)
    ]
    assert len(set(levels)) > 2


def _all_before(given: list[tuple[float, dict[str, Any]]], now: float) -> History:
    return History(reports=tuple(PastReport(now - hour, said) for hour, said in given if hour < now))


def far_is_switched_on() -> Protocol:
    document = default_document()
    (far,) = (one for one in document["additions"] if one["code"] == "far")
    far.update(active=True, times=["12:00"], missed=[{"hours": 1, "level": "urgent"}])
    return Protocol.from_document(document)


def test_what_a_clinic_adds_is_asked_and_missed_in_the_cohort_too() -> None:
    adds = far_is_switched_on()
    near, far = (COHORT.mixed(cohort.Mix(far=share)) for share in (0.0, 1.0))

    plain = run.run(PROTOCOL, far, 1, range(20), 14).as_json()
    assert run.run(adds, near, 1, range(20), 14).as_json() == plain
    added = run.run(adds, far, 1, range(20), 14).as_json()

    def early(found: dict[str, Any]) -> dict[str, Any]:
        return dict(found["spans"]["early"])

    assert sum(early(added)["levels"].values()) > sum(early(plain)["levels"].values())
    assert early(added)["silences"] > early(plain)["silences"]


def test_mix_changes_who_people_are_and_nothing_that_happens_to_them() -> None:
    own = COHORT.mixed(cohort.Mix(from_75=1.0, far=1.0))

    before, after = ([person(one, 4, number, DAYS) for number in range(30)] for one in (COHORT, own))

    assert {(one.age, one.minutes_to_centre) for one in after} == {(78, 120)}
    assert len({(one.age, one.minutes_to_centre) for one in before}) > 1
    same = [replace(one, age=78, minutes_to_centre=120) for one in before]
    assert same == after
