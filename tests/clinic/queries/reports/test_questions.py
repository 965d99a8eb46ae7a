import pytest

from clinic.protocols import default_document
from clinic.queries.reports.questions import questions_asked
from clinic.rules.protocols.document.protocol import Protocol


@pytest.fixture
def asked(patient, now):
    """Which questions are asked when this one depends on that condition."""

    def ask(key, condition, answers):
        document = default_document("car-t")
        (question,) = [one for one in document["questions"] if one["key"] == key]
        question["ask_when"] = condition
        protocol = Protocol.from_document(document)
        (page,) = [one for one in protocol.steps if key in {question.key for question in one.questions}]
        shown = questions_asked(page=page, protocol=protocol, patient=patient, answers=answers, now=now)
        return key in {one.key for one in shown}

    return ask


@pytest.mark.parametrize(("baseline", "is_asked"), [({}, False), ({"pain": 1}, False), ({"pain": 2}, True)])
def test_condition_may_ask_for_a_usual_value_as_in_scoring(asked, patient, baseline, is_asked):
    patient.baseline = baseline

    assert asked("diarrhea_days", "baseline.pain >= 2", {}) is is_asked


@pytest.mark.parametrize(
    ("condition", "answers", "is_asked"),
    [
        ("diarrhea >= 1", {}, False),
        ("diarrhea >= 1", {"diarrhea": 1}, True),
        ("temp is missing", {}, True),
        ("temp is missing", {"temp_value": 36.8}, False),
        ("red_flags >= 1", {"red_flags": ["seizure"]}, True),
        ("red_flags >= 1", {}, False),
        ("antipyretic_6h", {}, False),
    ],
)
def test_question_without_an_answer_calls_for_no_other(asked, condition, answers, is_asked):
    assert asked("diarrhea_days", condition, answers) is is_asked
