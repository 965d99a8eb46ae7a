"""Which pages fit an answer and a day, and what leads nowhere."""

from caregiver.rules.guidance.matching import for_answers, for_day, orphans, signs_of
from clinic.rules.core.enums import Level
from tests.factories import guidance_content

FEVER = guidance_content("fever", "urgent", questions=["temp", "chills"], number=3)
BRAIN = guidance_content("brain", "emergency", questions=["confusion"], number=6)
CALL = guidance_content(
    "call",
    "emergency",
    questions=["confusion", "red_flags"],
    number=1,
    body=[
        {
            "warning_signs": {
                "heading": "Signs",
                "items": [{"text": "A seizure.", "question": "red_flags", "option": "seizure"}],
            }
        }
    ],
)
LATE = guidance_content(
    "late", "emergency", questions=["confusion"], number=11, target="BCMA", days={"from": 8, "to": None}
)
EARLY = guidance_content("early", number=2, questions=[], days={"from": 0, "to": 14})
PAGES = [FEVER, BRAIN, CALL, LATE, EARLY]


def test_the_gravest_answer_comes_first():
    fired = [("temp", Level.URGENT), ("confusion", Level.EMERGENCY)]

    assert for_answers(PAGES, fired, {}, "CD19", 10) == ["call", "brain", "fever"]


def test_page_that_names_the_very_answer_comes_before_one_of_the_question():
    fired = [("red_flags", Level.EMERGENCY), ("confusion", Level.EMERGENCY)]

    assert for_answers(PAGES, fired, {"red_flags": ["seizure"]}, "CD19", 10)[0] == "call"


def test_pages_of_other_cells_are_left_out():
    fired = [("confusion", Level.URGENT)]

    assert "late" not in for_answers(PAGES, fired, {}, "CD19", 10)
    assert "late" in for_answers(PAGES, fired, {}, "BCMA", 10)


def test_answers_that_gave_no_level_lead_nowhere():
    assert for_answers(PAGES, [], {"temp_value": 38}, "CD19", 10) == []


def test_page_of_other_days_is_left_out_where_another_answers():
    first_days = guidance_content(
        "crs", "emergency", questions=["temp"], number=5, days={"from": 0, "to": 30}
    )
    fired = [("temp", Level.URGENT)]

    assert for_answers([FEVER, first_days], fired, {}, "CD19", 30) == ["crs", "fever"]
    assert for_answers([FEVER, first_days], fired, {}, "CD19", 31) == ["fever"]


def test_page_of_other_days_stays_where_no_other_answers():
    first_days = guidance_content("brain", "emergency", questions=["speech"], days={"from": 0, "to": 30})
    fired = [("temp", Level.SAME_DAY), ("speech", Level.URGENT)]

    assert for_answers([FEVER, first_days], fired, {}, "CD19", 45) == ["brain", "fever"]


def test_pages_of_the_day():
    assert for_day(PAGES, 4, "BCMA") == ["early"]
    assert for_day(PAGES, 14, "BCMA") == ["early", "late"]
    assert for_day(PAGES, 15, "CD19") == []


def test_orphans_are_listed_by_kind():
    pages = [{**FEVER, "related": ["nowhere"]}, CALL]
    questions = {"temp": set(), "red_flags": {"cannot_wake"}, "worry": set()}

    assert set(orphans(pages, questions)) == {
        ("question", "worry"),
        ("page", "fever: chills"),
        ("page", "fever: nowhere"),
        ("page", "call: confusion"),
        ("sign", "call: red_flags.seizure"),
    }


def test_signs_are_read_as_they_are_written():
    assert signs_of(CALL) == [("red_flags", "seizure")]
