"""All figures as one document, without what is too small to be shown."""

import json
from dataclasses import replace

from clinic.rules.outcomes.competing_risks import First, FirstEvent
from clinic.rules.outcomes.followed import Followed
from clinic.rules.outcomes.summary import GROUPS, Counted, summary
from tests.clinic.rules.outcomes.made_up import at_home, followed, reports, stay

BANDS = dict.fromkeys(GROUPS, "not recorded") | {"language": "en"}


def counted(person: Followed | None = None, **changes) -> Counted:
    one = Counted(
        followed=person or followed(at_home=at_home((0, 100))),
        first=FirstEvent(200, First.NONE),
        bands=BANDS,
        forms_due=1,
        forms_known=1,
        death_cause=None,
    )
    return replace(one, **changes)


def admitted(language: str, level: str = "urgent") -> Counted:
    person = followed(at_home=at_home((0, 60)), reports=reports((50, level)), stays=(stay(60),))
    return counted(person, bands=BANDS | {"language": language})


def language_rows(*people: Counted) -> list[dict]:
    return summary(people)["groups"]["language"]["rows"]


def test_nobody_makes_figures_of_nothing_and_they_can_be_stored():
    figures = summary([])

    assert (figures["people"], figures["events"]["eligible"], figures["load"]) == (0, 0, [])
    assert json.loads(json.dumps(figures)) == figures


def test_detection_counts_by_level_and_window():
    figures = summary([admitted("en"), admitted("en", "same_day")])

    by_level = {one["level"]: one for one in figures["detection"]}
    assert by_level["urgent"] == {"level": "urgent", "of": 2, "hits": {"24": 1, "48": 1, "72": 1}}
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
    assert summary(ten)["over_time"] == {
        "days": [{"day": day, "is_hidden": True} for day in (100, 180, 365)],
        "curve": [],
    }

    dead = counted(first=FirstEvent(40, First.DEATH), death_cause="infection")
    [day_100, *_later] = summary([*ten, dead, counted()])["over_time"]["days"]
    assert (day_100["is_hidden"], day_100["at_risk"], round(day_100["without_relapse"], 4)) == (
        False,
        11,
        0.0833,
    )


def test_causes_of_death_are_shown_where_no_cause_is_rare():
    infections = [counted(death_cause="infection")] * 11

    assert summary(infections)["deaths"] == {"n": 11, "causes": {"infection": 11}}
    assert summary([*infections, counted(death_cause="crs")])["deaths"] == {"n": 12, "causes": {}}
    assert summary([*infections, counted(death_cause="")])["deaths"] == {"n": 12, "causes": {}}


def test_known_says_how_many_forms_are_there():
    known = summary([counted(forms_due=3, forms_known=1), counted(forms_due=2, forms_known=2)])["known"]

    assert known == {"known": 3, "due": 5, "is_incomplete": True}
