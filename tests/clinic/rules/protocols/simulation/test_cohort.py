"""The table of assumptions: every number has a source, and scaling touches what it says it does."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.protocols import cohort_document, default_document
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.simulation.cohort import HIGHEST_SHARE, CohortError, Mix, read

COHORT = read(cohort_document())
PROTOCOL = Protocol.from_document(default_document())
READINGS = {"temp", "pulse", "sbp", "spo2", "home_check"}


@pytest.fixture
def document() -> dict[str, Any]:
    return cohort_document()


def test_every_row_says_where_its_number_comes_from() -> None:
    assert [row.name for row in COHORT.rows if not row.source.strip()] == []
    assert len(COHORT.rows) == len({row.name for row in COHORT.rows}) > 50


def test_every_row_of_the_table_is_one_that_is_used() -> None:
    assert COHORT.background.keys() <= set(PROTOCOL.scale_items)
    assert {sign.item for event in COHORT.events for sign in event.signs} <= {
        *PROTOCOL.scale_items,
        *READINGS,
    }


@pytest.mark.parametrize("section", ["people", "usual", "families", "measured", "medicines", "background"])
def test_row_without_a_source_is_refused(document: dict[str, Any], section: str) -> None:
    name, row = next((name, row) for name, row in document[section].items() if isinstance(row, dict))
    del row["source"]

    with pytest.raises(CohortError, match=f"{section}.{name}: where the number comes from is missing"):
        read(document)


def test_event_without_a_source_for_its_signs_is_refused(document: dict[str, Any]) -> None:
    document["events"]["gut"]["signs_source"] = ""

    with pytest.raises(CohortError, match=r"events\.gut"):
        read(document)


@pytest.mark.parametrize("spoil", ["background", "events", "last_day"])
def test_table_with_something_missing_is_refused(document: dict[str, Any], spoil: str) -> None:
    del document[spoil]

    with pytest.raises(CohortError):
        read(document)


def test_scaling_multiplies_complaints_and_events_and_nothing_else() -> None:
    half = COHORT.scaled(0.5)

    assert half.background["activity"].early == COHORT.background["activity"].early / 2
    assert half.background["activity"].second == COHORT.background["activity"].second
    assert [event.share for event in half.events] == [event.share / 2 for event in COHORT.events]
    assert (half.given, half.missed, half.comes_home) == (COHORT.given, COHORT.missed, COHORT.comes_home)
    assert COHORT.scaled(1.0) == COHORT


def test_scaled_share_stays_below_everybody() -> None:
    assert COHORT.scaled(100).background["activity"].early == HIGHEST_SHARE


def test_mix_takes_the_place_of_three_shares_and_says_whose_they_are() -> None:
    own = COHORT.mixed(Mix(bcma=0.8, far=0.25))

    assert (own.share("people.bcma"), own.share("people.far")) == (0.8, 0.25)
    assert own.share("people.from_75") == COHORT.share("people.from_75")
    changed = {row.name: row.source for row in own.rows if row not in COHORT.rows}
    assert changed == {"people.bcma": "the clinic's own", "people.far": "the clinic's own"}
    assert COHORT.mixed(Mix()) == COHORT


def test_missed_share_is_that_of_the_day() -> None:
    assert [COHORT.missed_share(day) for day in (0, 14.9, 15, 30.9, 31, 100)] == [
        *(0.18, 0.18),
        *(0.15, 0.15),
        *(0.2, 0.2),
    ]
