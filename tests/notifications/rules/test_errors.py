from datetime import timedelta

import pytest

from notifications.rules.errors import ACTIONS, BACK_OFF, ErrorAction, Mark, Problem, action_for


def test_code_may_be_a_number() -> None:
    assert action_for(21610) == action_for("21610")


def test_code_that_nobody_wrote_down_is_never_retried_and_somebody_looks() -> None:
    assert action_for("12345") == ErrorAction(Problem.OTHER, needs_operator=True)


@pytest.mark.parametrize("code", ["", "cancelled", "opted_out", "unresolved"])
def test_word_of_our_own_asks_for_nothing(code: str) -> None:
    assert action_for(code) == ErrorAction(Problem.NONE)


@pytest.mark.parametrize("code", ACTIONS)
def test_every_action_ends_somewhere(code: str) -> None:
    """Nothing is both tried again and given up, and what is wrong with a number reaches a person."""
    found = ACTIONS[code]

    assert found.retry_after is None or found.second_try_after is None
    assert (
        found.retry_after is None
        or found.retry_after == BACK_OFF
        or found.retry_after >= timedelta(seconds=1)
    )
    assert found.mark is Mark.NONE or found.needs_person
