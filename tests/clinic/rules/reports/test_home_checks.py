"""Ten points, and two bands that are read apart."""

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import PatientContext, assess
from clinic.rules.reports.home_checks import HIGHEST, STEPS, TASKS, ScoreComparison, score_of


def test_ten_tasks_make_ten_points_as_the_protocol_asks():
    question = Protocol.from_document(default_document("car-t")).question("home_check")

    assert (len(TASKS), len(set(TASKS)), HIGHEST) == (10, 10, question.maximum)
    assert [len(step.tasks) for step in STEPS] == [4, 3, 1, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "score"), [((), 10), (("year", "counting"), 8), (TASKS, 0)], ids=["all", "two", "none"]
)
def test_each_task_done_right_is_a_point(wrong, score):
    assert score_of({task: task not in wrong for task in TASKS}) == score


def test_task_without_an_answer_leaves_the_check_unfinished():
    assert score_of(dict.fromkeys(TASKS[1:], True)) is None


@pytest.mark.parametrize(
    ("usual", "score", "below_full", "change"),
    [
        (10, 8, True, 2),
        (7, 7, True, 0),
        (10, 10, False, 0),
        (9, 10, False, 0),
        (7, 6, True, 1),
        (10, 2, True, 8),
    ],
)
def test_absolute_and_change_bands_are_independent(usual, score, below_full, change):
    reading = ScoreComparison(score, usual)

    assert (reading.is_below_full, reading.change) == (below_full, change)


@pytest.mark.parametrize(
    ("usual", "score", "day", "level"),
    [
        (10, 8, 7, "urgent"),
        (10, 8, 60, "same_day"),
        (10, 6, 60, "urgent"),
        (7, 7, 7, "none"),
        (7, 6, 7, "urgent"),
        (9, 9, 7, "none"),
        (2, 2, 60, "emergency"),
        (10, 2, 7, "emergency"),
        (3, 3, 7, "none"),
    ],
)
def test_protocol_reads_the_points_against_the_usual_score(usual, score, day, level):
    protocol = Protocol.from_document(default_document("car-t"))
    person = PatientContext(day=day, baseline={"home_check": usual})

    found = assess(protocol, {"temp_value": 36.6, "home_check": str(score)}, person)

    assert found.level == level
