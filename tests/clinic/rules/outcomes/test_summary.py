"""All figures as one document, without what is too small to be shown."""

import json
from dataclasses import replace

from clinic.rules.outcomes.competing_risks import First, FirstEvent
from clinic.rules.outcomes.completeness import Answered
from clinic.rules.outcomes.followed import Followed
from clinic.rules.outcomes.summary import GROUPS, Counted, summary
from tests.clinic.rules.outcomes.made_up import at_home, followed, opened, reports, stay

BANDS = dict.fromkeys(GROUPS, "not recorded") | {"language": "en"}


def counted(person: Followed | None = None, **changes) -> Counted:
    one = Counted(
        followed=person or followed(at_home=at_home((0, 100))),
        first=FirstEvent(200, First.NONE),
        bands=BANDS,
        forms_due=1,
        forms_known=1,
        death_cause=None,
        tiers={"set": "standard", "suggested": "high"},
        check_ins=Answered(10, 8),
    )
    return replace(one, **changes)


def admitted(language: str, level: str = "urgent") -> Counted:
    person = followed(at_home=at_home((0, 60)), reports=reports((50, level)), stays=(stay(60),))
    return counted(person, bands=BANDS | {"language": language})


def language_rows(*people: Counted) -> list[dict]:
    return summary(people, {})["groups"]["language"]["rows"]


def test_nobody_makes_figures_of_nothing_and_they_can_be_stored():
    figures = summary([], {})

    assert (figures["people"], figures["events"]["eligible"], figures["load"]) == (0, 0, [])
    assert json.loads(json.dumps(figures)) == figures


def test_detection_counts_by_level_and_window():
    figures = summary([admitted("en"), admitted("en", "same_day")], {})

    by_level = {one["level"]: one for one in figures["detection"]}
    assert by_level["urgent"] == {
        "level": "urgent",
        "of": 2,
        "hits": {"24": 1, "48": 1, "72": 1},
        "ranges": {},
    }
    assert by_level["same_day"]["hits"]["72"] == 2


def test_groups_of_eleven_are_shown_and_of_ten_not_even_their_number():
    eleven, ten = [admitted("en")] * 11, [admitted("es")] * 10
    third = [admitted("vi")] * 12

    shown = {one["name"]: one for one in language_rows(*eleven, *ten, *third)}

    # Of two that remain the smaller goes too: the total would give away the hidden one.
    assert [shown[name]["is_hidden"] for name in ("es", "en", "vi")] == [True, True, False]
    assert (shown["es"]["n"], shown["es"]["share"]) == (None, None)
    assert (shown["vi"]["n"], shown["vi"]["share"]) == (12, 1.0)


def test_shares_over_time_are_hidden_below_eleven_people():
    ten = [counted() for _number in range(10)]
    assert summary(ten, {})["over_time"] == {
        "days": [{"day": day, "is_hidden": True} for day in (100, 180, 365)],
        "curve": [],
    }

    dead = counted(first=FirstEvent(40, First.DEATH), death_cause="infection")
    [day_100, *_later] = summary([*ten, dead, counted()], {})["over_time"]["days"]
    assert (day_100["is_hidden"], day_100["at_risk"], round(day_100["without_relapse"], 4)) == (
        False,
        11,
        0.0833,
    )


def test_causes_of_death_are_shown_where_no_cause_is_rare():
    infections = [counted(death_cause="infection")] * 11
    # One rare cause would be what the others leave of the total; two are not told apart.
    crs, unwritten = counted(death_cause="crs"), counted(death_cause="")
    found = [
        summary([*infections, *rare], {})["deaths"]
        for rare in ([], [crs], [unwritten], [crs, crs, unwritten])
    ]

    assert [one["n"] for one in found] == [11, 12, 12, 14]
    assert [one["causes"] for one in found] == [{"infection": 11}, {}, {}, {"infection": 11}]
    assert [one["is_hidden"] for one in found] == [False, True, True, True]


def test_group_that_is_everybody_ill_is_not_told_by_the_empty_ones():
    """The number of all events stands above the groups."""
    rows = language_rows(*[admitted("en")] * 4, *[counted(bands=BANDS | {"language": "es"})] * 12)

    assert [(one["name"], one["is_hidden"], one["n"]) for one in rows] == [
        ("en", True, None),
        ("es", True, None),
    ]


def test_group_shows_how_it_reported_and_was_answered():
    person = followed(
        at_home=at_home((0, 336)),
        reports=reports((100, "urgent"), (150, "watch"), (180, "none"), (200, "emergency")),
        escalations=(opened(100, contact=101, acted=True), opened(200, contact=203, acted=False)),
    )
    english = [counted(person)] * 11
    few = [counted(person, bands=BANDS | {"language": "es"})] * 10
    others = [counted(bands=BANDS | {"language": "vi"}, check_ins=Answered(0, 0))] * 12

    rows = {one["name"]: one for one in language_rows(*english, *few, *others)}

    told = {key: rows["vi"][key] for key in ("urgent", "per_week", "right", "contact", "answered")}
    assert told == {"urgent": None, "per_week": 0, "right": None, "contact": None, "answered": None}
    assert all(rows[name][key] is None for name in ("en", "es") for key in told)
    [english_alone] = language_rows(*english)
    assert {key: english_alone[key] for key in told} == {
        "urgent": 0.5,
        "per_week": 1,
        "right": 0.5,
        "contact": 2,
        "answered": 0.8,
    }


def test_hours_before_events_of_a_hidden_group_are_hidden_too():
    [shown] = language_rows(*[admitted("en")] * 11)
    [hidden] = language_rows(*[admitted("en")] * 10)

    assert (shown["lead"], shown["silence"]) == (10, 10)
    assert (hidden["lead"], hidden["silence"]) == (None, None)


def test_detection_is_a_range_where_forms_are_missing():
    people = [*[admitted("en")] * 3, *[counted(forms_known=0)] * 2]

    urgent = next(one for one in summary(people, {})["detection"] if one["level"] == "urgent")

    assert urgent["ranges"]["72"] == (3 / 5, 1)


def test_tiers_are_compared_by_what_is_set_and_by_what_is_suggested():
    high = [replace(admitted("en"), tiers={"set": "high", "suggested": "high"})] * 11
    standard = [counted(tiers={"set": "standard", "suggested": "high"})] * 2

    found = summary([*high, *standard], {"clinical_judgement": 2})

    weeks = (11 * 60 / 168, 2 * 100 / 168)
    assert [(one["name"], one["events"], one["per_week"]) for one in found["tiers"]["set"]] == [
        ("high", 11, 11 / weeks[0]),
        ("standard", 0, 0),
    ]
    assert [(one["name"], one["events"]) for one in found["tiers"]["suggested"]] == [("high", 11)]
    few = summary([*high[:10], *standard], {})["tiers"]["set"]
    assert [(one["is_hidden"], one["events"], one["per_week"]) for one in few] == [(True, None, None)] * 2
    assert found["overrides"] == {"clinical_judgement": 2}


def test_known_says_how_many_forms_are_there():
    known = summary([counted(forms_due=3, forms_known=1), counted(forms_due=2, forms_known=2)], {})["known"]

    assert known == {"known": 3, "due": 5, "is_incomplete": True}
