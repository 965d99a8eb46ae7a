"""What families read after a report agrees with itself, and the sheet for a reader is what they read."""

import os
import re

import pytest
from django.conf import settings

from clinic.rules.core.enums import Level
from tests.advice_sheet import PLACE, Block, blocks, sheet

LANGUAGES = [code for code, _ in settings.LANGUAGES]
NO_ONE_READS = {
    "en": "No one is reading",
    "es": "Nadie lee",
    "ar": "لا أحد يقرأ",
    "vi": "Không có ai đọc",
    "zh-hans": "没有人看报告",
}


def test_sheet_is_what_families_read() -> None:
    """`make advice-sheet` writes it anew."""
    if os.environ.get("KINWATCH_WRITE") == "1":
        PLACE.write_text(sheet(), encoding="utf-8")

    assert PLACE.read_text(encoding="utf-8") == sheet()


@pytest.fixture(params=LANGUAGES)
def told(request: pytest.FixtureRequest) -> tuple[str, list[Block]]:
    return request.param, blocks(request.param)


def test_no_one_reads_is_said_after_hours_and_never_beside_seen(told: tuple[str, list[Block]]) -> None:
    language, found = told
    rows = [(block, row, NO_ONE_READS[language] in row.note) for block in found for row in block.rows]

    said = [(block, row) for block, row, is_said in rows if is_said]

    assert said
    assert {row.state for _, row in said} <= {"not seen", "on record", "with an earlier one"}
    assert [block for block, _ in said if block.advice.staffed or block.level >= Level.URGENT] == []


def test_each_state_has_words_of_its_own(told: tuple[str, list[Block]]) -> None:
    _, found = told
    for block in found:
        words = [(row.status, row.home) for row in block.rows]
        assert len(set(words)) == len(words), block.level
        assert all(row.status for row in block.rows)


def test_every_hour_of_every_level_is_there(told: tuple[str, list[Block]]) -> None:
    _, found = told
    hours = {level: {hour for one in found if one.level is level for hour in one.hours} for level in Level}

    assert {level: len(of_level) for level, of_level in hours.items()} == {
        Level.EMERGENCY: 6,
        # By how far the family is, as well.
        Level.URGENT: 18,
        Level.SAME_DAY: 12,
        Level.WATCH: 6,
        Level.NONE: 6,
    }


def test_emergency_states_read_at_grade_4() -> None:
    rows = [row for one in blocks("en") if one.level is Level.EMERGENCY for row in one.rows if row.home]
    texts = {re.sub(r"Jan \d+ \d+:\d+ [AP]M", "at two", row.home) for row in rows}

    assert {text: grade(text) for text in texts if grade(text) > 4} == {}


def grade(text: str) -> float:
    words = re.findall(r"[A-Za-z'-]+", text)
    sentences = max(1, len(re.findall(r"[.?!](?:\s|$)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
