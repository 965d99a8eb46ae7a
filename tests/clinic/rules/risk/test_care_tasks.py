"""Care tasks: from which day each is asked for, until when, and what closes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols import default_document
from clinic.rules.protocols.document.additions import CARE_TASKS, HOME, NEEDS
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.risk.care_tasks import Act, LastAct, State, Stay, care_tasks
from tests.examples import examples

DAY_ZERO = date(2026, 3, 1)
SHIPPED = Protocol.from_document(default_document())
EVERYTHING_NEEDED = frozenset(NEEDS)


def on(day: int) -> date:
    return DAY_ZERO + timedelta(days=day)


def asked(code: str, day: int, home: int | None = 0, **given: Any) -> dict[tuple[str, int], str]:
    """Each task of one addition with how it stands on that day of the course."""
    (addition,) = (one for one in SHIPPED.additions if one.code == code)
    found = care_tasks(
        [addition],
        held=given.get("held", EVERYTHING_NEEDED),
        stay=Stay(DAY_ZERO, None if home is None else on(home)),
        acts=given.get("acts", {}),
        today=on(day),
    )
    return {one.key: str(one.state) for one in found}


def calls(day: int, home: int | None = 0, **given: Any) -> list[str]:
    return list(asked("high_risk", day, home, **given).values())


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (0, ["ahead", "ahead", "ahead"]),
        (1, ["due", "ahead", "ahead"]),
        (2, ["due", "ahead", "ahead"]),
        (3, ["missed", "due", "ahead"]),
        (6, ["missed", "due", "ahead"]),
        (7, ["missed", "missed", "due"]),
        (14, ["missed", "missed", "due"]),
        (15, ["missed", "missed", "missed"]),
    ],
)
def test_a_nurse_calls_on_days_one_three_and_seven(day: int, states: list[str]) -> None:
    assert calls(day) == states


def test_calls_count_from_the_day_on_which_they_came_home() -> None:
    assert calls(13, home=12) == ["due", "ahead", "ahead"]
    assert calls(12, home=12) == ["ahead", "ahead", "ahead"]
    assert calls(26, home=12) == ["missed", "missed", "due"]
    # In hospital, and before they go home, nobody is called.
    assert calls(13, home=None) == []


def test_a_call_closes_its_day_alone_and_one_from_before_the_last_stay_closes_none() -> None:
    acts = {("nurse_call", 1): LastAct(Act.DONE, on(1)), ("nurse_call", 3): LastAct(Act.NOT_NEEDED, on(3))}

    assert calls(3, acts=acts) == ["closed", "closed", "ahead"]
    assert calls(7, acts=acts) == ["closed", "closed", "due"]
    assert calls(5, home=3, acts=acts) == ["due", "closed", "ahead"]
    assert calls(5, home=4, acts=acts) == ["due", "ahead", "ahead"]


def test_what_was_taken_back_is_asked_for_again() -> None:
    acts = {("nurse_call", 1): LastAct(Act.TAKEN_BACK, on(1))}

    assert calls(2, acts=acts) == ["due", "ahead", "ahead"]
    assert calls(3, acts=acts) == ["missed", "due", "ahead"]


@pytest.mark.parametrize(
    ("code", "task", "needs"),
    [("heart", "heart_tests", "toxicity"), ("diabetes", "glucose_plan", "steroids_given")],
)
def test_some_tasks_wait_for_something_else_to_be_on_record(code: str, task: str, needs: str) -> None:
    assert asked(code, 5, held=frozenset()) == {}
    assert asked(code, 5, held=frozenset({needs})) == {(task, 0): "due"}


@pytest.mark.parametrize(
    ("code", "task", "first"),
    [
        ("slow_counts", "prophylaxis_plan", -7),
        ("low_counts", "marrow_review", 0),
        ("low_immunity", "prophylaxis_end", 0),
        ("far", "overnight_stay", -7),
        ("few_helpers", "second_contact", -14),
    ],
)
def test_what_is_asked_once_is_due_from_its_day_until_somebody_does_it(
    code: str, task: str, first: int
) -> None:
    assert asked(code, first - 1)[(task, first)] == "ahead"
    assert asked(code, first)[(task, first)] == "due"
    assert asked(code, 14)[(task, first)] == "due"
    # Of before they came home, and it counts: its days are those of the course.
    done = {(task, first): LastAct(Act.DONE, on(-3))}
    assert asked(code, 14, home=9, acts=done)[(task, first)] == "closed"


def test_what_two_additions_ask_for_is_asked_once() -> None:
    (addition,) = (one for one in SHIPPED.additions if one.code == "low_counts")
    stay = Stay(DAY_ZERO, DAY_ZERO)

    twice = care_tasks([addition, addition], held=frozenset(), stay=stay, acts={}, today=on(3))

    assert [one.task for one in twice] == ["marrow_review"]


acts = st.dictionaries(
    st.tuples(st.sampled_from(sorted(CARE_TASKS)), st.sampled_from([-14, -7, 0, 1, 3, 7])),
    st.builds(LastAct, st.sampled_from(list(Act)), st.integers(-14, 60).map(on)),
    max_size=8,
)


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(-20, 60), st.none() | st.integers(0, 40), acts)
def test_of_one_task_at_most_one_day_is_due_and_none_is_lost(
    day: int, home: int | None, told: dict[tuple[str, int], LastAct]
) -> None:
    stay = Stay(DAY_ZERO, None if home is None else on(home))

    found = care_tasks(SHIPPED.additions, held=EVERYTHING_NEEDED, stay=stay, acts=told, today=on(day))

    due = [one.task for one in found if one.state is State.DUE]
    assert len(due) == len(set(due))
    expected = {
        (task.task, one)
        for addition in SHIPPED.additions
        for task in addition.tasks
        for one in task.days
        if task.counted_from != HOME or home is not None
    }
    assert {one.key for one in found} == expected
    assert all(one.due_on <= on(day) for one in found if one.state in (State.DUE, State.MISSED))


def test_care_tasks_never_reach_a_phone() -> None:
    document = default_document()
    for row in document["additions"]:
        row["active"] = True
    table = decision_table(Protocol.from_document(document))

    assert any(one.tasks for one in SHIPPED.additions)
    assert all("tasks" not in one for one in table["additions"])
