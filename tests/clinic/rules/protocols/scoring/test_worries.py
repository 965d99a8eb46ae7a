from __future__ import annotations

from dataclasses import replace

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.worries import worry_level
from tests.clinic.rules.people import a_person


@pytest.mark.parametrize(("is_strong", "level"), [(False, Level.SAME_DAY), (True, Level.URGENT)])
def test_worry_counts_where_the_protocol_does_not_ask_about_it(
    protocol: Protocol, is_strong: bool, level: Level
) -> None:
    unasked = replace(protocol, questions=())

    assert worry_level(unasked, a_person(day=60), is_strong=is_strong) is level


def test_strong_worry_is_never_less_than_worry(protocol: Protocol) -> None:
    for day in (3, 20, 60, 400):
        person = a_person(day=day)

        told = worry_level(protocol, person, is_strong=False)

        assert Level.SAME_DAY <= told <= worry_level(protocol, person, is_strong=True)
