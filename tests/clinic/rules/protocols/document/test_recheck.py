"""What follows when a second reading does not come."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.protocols import editing
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import assess_missing_recheck
from tests.clinic.rules.spoiling import Document, problems


def timers(document: Document) -> list[tuple[int, str]]:
    recheck = Protocol.from_document(document).recheck
    assert recheck
    return [(one.minutes, one.level) for one in recheck.missed]


def test_document_from_before_the_setting_has_the_default_timers_and_words(document: Document) -> None:
    stated = timers(document)
    del document["recheck"]["missed"], document["recheck"]["why"]

    assert timers(document) == stated == [(60, "same_day"), (120, "urgent")]
    found = assess_missing_recheck(Protocol.from_document(document), 61.5)
    assert found.reasons[0].why("en") == "No second reading 61 minutes after it was due (60 or more)"


@pytest.mark.parametrize(
    ("missed", "problem"),
    [
        ([], "recheck.missed: at least one step"),
        ([{"minutes": 0, "level": "urgent"}], "recheck.missed: minutes above 0"),
        ([{"minutes": 60, "level": "none"}], "recheck.missed: minutes above 0"),
        (
            [{"minutes": 60, "level": "urgent"}, {"minutes": 120, "level": "same_day"}],
            "recheck.missed: 120 minutes is not a later and higher step",
        ),
        (
            [{"minutes": 60, "level": "same_day"}, {"minutes": 60, "level": "urgent"}],
            "recheck.missed: 60 minutes is not a later and higher step",
        ),
    ],
)
def test_timers_that_make_no_sense_are_refused(document: Document, missed: Any, problem: str) -> None:
    document["recheck"]["missed"] = missed

    assert any(one.startswith(problem) for one in problems(document))


def test_timers_and_words_are_edited_like_those_of_silence(document: Document) -> None:
    places = {field.place: field.value for field in editing.fields(document, "recheck")}

    assert places["recheck.missed[1].minutes"] == 60
    assert places["recheck.missed[2].level"] == "urgent"
    assert "recheck.why.en" in places
    changed = editing.with_values(document, {"recheck.missed[2].minutes": 90})
    assert timers(changed) == [(60, "same_day"), (90, "urgent")]


@pytest.mark.parametrize(
    ("minutes", "level"), [(59.9, "none"), (60, "same_day"), (119.9, "same_day"), (120, "urgent")]
)
def test_level_rises_with_the_minutes(document: Document, minutes: float, level: str) -> None:
    assert assess_missing_recheck(Protocol.from_document(document), minutes).level == Level(level)


def test_protocol_without_a_second_reading_never_misses_one(document: Document) -> None:
    del document["recheck"]

    assert assess_missing_recheck(Protocol.from_document(document), 9999).level == Level.NONE
