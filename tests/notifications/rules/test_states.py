from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.states import SETTLED, State, advance, from_provider, rank

states = st.sampled_from(list(State))


@given(
    st.lists(states, min_size=1, max_size=6).flatmap(
        lambda told: st.tuples(st.just(told), st.permutations(told))
    )
)
def test_any_order_ends_in_the_same_state(orders: tuple[list[State], list[State]]) -> None:
    told, shuffled = orders

    assert reduce(advance, told, State.PENDING) == reduce(advance, shuffled, State.PENDING)


@given(st.lists(states, min_size=1, max_size=6), st.data())
def test_repeated_callbacks_change_nothing(told: list[State], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(told)))

    assert reduce(advance, told + repeats, State.PENDING) == reduce(advance, told, State.PENDING)


@given(states, states)
def test_state_never_goes_back(current: State, told: State) -> None:
    assert rank(advance(current, told)) >= rank(current)


@pytest.mark.parametrize("order", list(permutations(["queued", "sending", "sent", "delivered"])))
def test_every_order_of_the_usual_callbacks_ends_delivered(order: tuple[str, ...]) -> None:
    end = reduce(advance, (from_provider(status) for status in order), State.SENDING)

    assert end is State.DELIVERED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", State.ACCEPTED),
        ("Sent", State.SENT),
        ("undelivered", State.FAILED),
        ("failed", State.FAILED),
        ("read", State.DELIVERED),
        ("brand-new", None),
    ],
)
def test_status_of_the_provider_in_our_words(status: str, state: State | None) -> None:
    assert from_provider(status) is state


def test_settled_are_the_states_in_which_nothing_is_left_to_do() -> None:
    assert set(State) - SETTLED == {State.PENDING, State.SENDING, State.UNKNOWN}
