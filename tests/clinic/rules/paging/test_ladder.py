"""Who is paged next and when."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.paging.channels import Channel, ChannelTurn
from clinic.rules.paging.ladder import ChainPosition, Rung

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
TURNS = (ChannelTurn(Channel.SMS, 120), ChannelTurn(Channel.VOICE, 120))


@pytest.mark.parametrize(
    ("people", "before_line", "positions"),
    [
        (0, 3, [None, None, None]),
        (1, 3, [0, None, 0, None]),
        (2, 3, [0, 1, None, 0, 1, None]),
        (3, 3, [0, 1, 2, None, 0]),
        (5, 2, [0, 1, None, 2, 3, None, 4, 0, None]),
    ],
    ids=["nobody", "one", "fewer than a round", "a round", "more than a round"],
)
def test_chain_goes_round_with_the_line_in_between(people, before_line, positions):
    rung = Rung(hold_minutes=20, people_before_line=before_line)

    steps = [ladder.chain_step(number, people, rung) for number in range(len(positions))]

    assert [step.position for step in steps] == positions
    assert {step.wait for step in steps} == {FIVE}


@pytest.mark.parametrize(
    ("place", "now", "turns", "expected"),
    [
        (ChainPosition(0, 0, None), NOW, TURNS, (ChainPosition(0, 1, NOW), NOW + timedelta(minutes=2))),
        (
            ChainPosition(0, 1, NOW),
            NOW + timedelta(minutes=2),
            TURNS,
            (ChainPosition(1, 0, None), NOW + FIVE),
        ),
        (
            ChainPosition(2, 0, NOW),
            NOW + timedelta(minutes=4),
            TURNS,
            (ChainPosition(3, 0, None), NOW + FIVE),
        ),
        (
            ChainPosition(0, 0, NOW),
            NOW + timedelta(minutes=9),
            TURNS,
            (ChainPosition(1, 0, None), NOW + timedelta(minutes=9)),
        ),
        (ChainPosition(4, 0, NOW), NOW, TURNS[:1], (ChainPosition(5, 0, None), NOW + FIVE)),
        (
            ChainPosition(0, 0, None),
            NOW,
            (ChannelTurn(Channel.SMS, 300), ChannelTurn(Channel.VOICE)),
            (ChainPosition(0, 1, NOW), NOW + timedelta(minutes=4)),
        ),
    ],
    ids=[
        "next channel",
        "next person",
        "no time for a channel",
        "long overdue",
        "one channel",
        "long patience",
    ],
)
def test_what_follows_a_page(place, now, turns, expected):
    assert ladder.next_position(place, turns, FIVE, now) == expected


@dataclass(frozen=True)
class Somebody:
    pk: int
    role: str
    user_id: int


NURSE, OTHER, PHYSICIAN = Somebody(1, "nurse", 1), Somebody(2, "nurse", 2), Somebody(3, "physician", 3)


@pytest.mark.parametrize(
    ("unreached_by", "expected"),
    [
        (None, [NURSE, OTHER, PHYSICIAN]),
        (1, [PHYSICIAN, OTHER, NURSE]),
        (3, [NURSE, OTHER, PHYSICIAN]),
    ],
    ids=["as it stands", "physician first and the caller last", "a physician called in vain"],
)
def test_order_after_a_vain_try(unreached_by, expected):
    assert ladder.reordered_after_unanswered_calls([NURSE, OTHER, PHYSICIAN], unreached_by) == expected


def test_stored_ladder_is_read_back_and_gaps_have_defaults():
    changed = ladder.Ladder(
        {**ladder.DEFAULT.rungs, Level.URGENT: Rung(hold_minutes=30, person_minutes=7, both_roles=True)},
        frozenset({"C6_bleeding"}),
    )

    assert ladder.from_json(ladder.to_json(changed)) == changed
    assert ladder.from_json({}) == ladder.DEFAULT
    assert ladder.from_json({"levels": {"urgent": {"hold_minutes": 15}}}).rung(Level.URGENT) == Rung(
        hold_minutes=15
    )
    assert ladder.from_json({"levels": {"urgent": {"no_longer_known": 1}}, "either": 2}) == ladder.DEFAULT
    assert ladder.DEFAULT.rung(Level.URGENT).hold == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("level", "changes", "problems"),
    [
        (Level.EMERGENCY, {"person_minutes": 5, "hold_minutes": 5, "people_before_line": 1}, []),
        (Level.EMERGENCY, {"person_minutes": 6}, [(Level.EMERGENCY, "person_minutes")]),
        (Level.URGENT, {"person_minutes": 2}, [(Level.URGENT, "person_minutes")]),
        (Level.URGENT, {"person_minutes": 3}, []),
        (Level.URGENT, {"hold_minutes": 61}, [(Level.URGENT, "hold_minutes")]),
        (Level.URGENT, {"people_before_line": 0}, [(Level.URGENT, "people_before_line")]),
        (Level.SAME_DAY, {"hold_minutes": 29, "person_minutes": 99}, [(Level.SAME_DAY, "hold_minutes")]),
        (Level.WATCH, {"hold_minutes": 2881}, [(Level.WATCH, "hold_minutes")]),
    ],
)
def test_bounds(level, changes, problems):
    rungs = {**ladder.DEFAULT.rungs, level: replace(ladder.DEFAULT.rung(level), **changes)}

    assert ladder.out_of_bounds(ladder.Ladder(rungs)) == problems


def test_defaults_are_within_the_bounds():
    assert ladder.out_of_bounds(ladder.DEFAULT) == []


@pytest.mark.parametrize(
    ("level", "rules", "roles"),
    [
        (Level.EMERGENCY, (), ("nurse", "physician")),
        (Level.URGENT, (), ()),
        (Level.URGENT, ("temp", "C1"), ("nurse", "physician")),
        (Level.URGENT, ("temp",), ()),
        (Level.SAME_DAY, ("C1",), ()),
    ],
    ids=["by level", "one is enough", "by rule", "another rule", "nobody is paged"],
)
def test_roles_that_must_both_answer(level, rules, roles):
    rungs = {**ladder.DEFAULT.rungs, Level.EMERGENCY: Rung(hold_minutes=20, both_roles=True)}

    assert ladder.Ladder(rungs, frozenset({"C1"})).roles(level, rules) == roles


def test_which_levels_page_people_and_which_stand_on_the_worklist():
    assert ladder.PAGED_LEVELS == (Level.EMERGENCY, Level.URGENT)
    assert [level for level in Level if ladder.pages_staff(level)] == [Level.URGENT, Level.EMERGENCY]
    assert [level for level in Level if ladder.is_listed(level)] == list(reversed(ladder.DEFAULT.rungs))


@pytest.mark.parametrize(
    ("level", "lower"),
    [
        (Level.EMERGENCY, ("urgent", "same_day", "watch")),
        (Level.SAME_DAY, ("watch",)),
        (Level.WATCH, ()),
    ],
)
def test_level_may_be_lowered_as_far_as_it_stays_on_the_worklist(level, lower):
    assert ladder.lower_levels(level) == lower


@pytest.mark.parametrize(
    ("level", "longest"),
    [
        (Level.EMERGENCY, timedelta(minutes=15)),
        (Level.URGENT, timedelta(minutes=15)),
        (Level.SAME_DAY, timedelta(hours=4)),
        (Level.WATCH, timedelta(hours=24)),
    ],
)
def test_longest_snooze(level, longest):
    assert ladder.longest_snooze(level) == longest


@pytest.mark.parametrize(
    ("calls", "unreached"),
    [
        ([], False),
        ([False], False),
        ([False, False], True),
        ([True, False, False], True),
        ([False, True, False], False),
        ([False, False, True], False),
    ],
)
def test_family_is_unreached_after_two_calls_in_vain(calls, unreached):
    assert ladder.is_family_unreached(calls) is unreached
