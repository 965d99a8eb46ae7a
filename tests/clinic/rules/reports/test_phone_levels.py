from itertools import product

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.reports.phone_levels import counted, is_higher, parse


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        *((level.value, level) for level in Level),
        ("", None),
        ("Urgent", None),
        ("call now", None),
        ("None", None),
        (" urgent", None),
        ("x" * 40, None),
    ],
)
def test_parse_knows_the_five_levels_and_nothing_else(sent, level):
    assert parse(sent) is level


@pytest.mark.parametrize(("scored", "on_phone"), list(product(Level, Level)))
def test_the_higher_level_counts_whoever_said_it(scored, on_phone):
    assert counted(scored, on_phone) == counted(on_phone, scored)
    assert counted(scored, on_phone).rank == max(scored.rank, on_phone.rank)
    assert is_higher(on_phone, scored) is (on_phone.rank > scored.rank)


@pytest.mark.parametrize("scored", Level)
def test_a_phone_that_said_nothing_changes_nothing(scored):
    assert counted(scored, "") is scored
    assert not is_higher("", scored)
