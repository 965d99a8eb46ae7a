from datetime import timedelta

import pytest

from notifications.rules.errors import Action, Problem, action

MINUTE = timedelta(minutes=1)

TABLE = [
    ("20003", Action(Problem.SENDER, MINUTE, alarm=True)),
    ("20429", Action(Problem.BUSY, timedelta(seconds=5))),
    ("21211", Action(Problem.BAD_NUMBER)),
    ("21408", Action(Problem.BAD_NUMBER)),
    ("21610", Action(Problem.OPTED_OUT)),
    ("21612", Action(Problem.BAD_NUMBER)),
    ("21614", Action(Problem.BAD_NUMBER)),
    ("30001", Action(Problem.BUSY, timedelta(seconds=5))),
    ("30002", Action(Problem.SENDER, MINUTE, alarm=True)),
    ("30003", Action(Problem.UNREACHABLE, 15 * MINUTE)),
    ("30004", Action(Problem.BLOCKED)),
    ("30005", Action(Problem.BAD_NUMBER)),
    ("30006", Action(Problem.BAD_NUMBER)),
    ("30007", Action(Problem.SENDER, alarm=True)),
    ("30008", Action(Problem.UNREACHABLE, 15 * MINUTE)),
    ("30034", Action(Problem.SENDER, alarm=True)),
    ("30410", Action(Problem.UNREACHABLE, 15 * MINUTE)),
    ("30500", Action(Problem.UNREACHABLE, 15 * MINUTE)),
    ("12345", Action(Problem.OTHER, alarm=True)),
    ("", Action(Problem.OTHER, alarm=True)),
]


@pytest.mark.parametrize(("code", "expected"), TABLE, ids=[code or "empty" for code, _ in TABLE])
def test_action_for_each_code(code: str, expected: Action) -> None:
    assert action(code) == expected


def test_code_may_be_a_number() -> None:
    assert action(21610) == action("21610")
