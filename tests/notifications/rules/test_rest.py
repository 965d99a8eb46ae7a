import pytest

from notifications.rules.rest import Rest


@pytest.mark.parametrize(
    ("took", "at", "holds"),
    [
        pytest.param(0.02, 100.03, False, id="a refusal spares nobody"),
        pytest.param(2.0, 102.0, True, id="one that hung is spared"),
        pytest.param(2.0, 106.9, True, id="for five seconds"),
        pytest.param(2.0, 107.0, False, id="and asked again"),
    ],
)
def test_neighbour_that_hung_is_not_asked_for_five_seconds(took, at, holds):
    rest = Rest()
    assert rest.holds(0.0) is False

    rest.failed(began=100.0, ended=100.0 + took)

    assert rest.holds(at) is holds
