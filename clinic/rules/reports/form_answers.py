"""How the answers of a form become those of a report: steps are merged, what cannot be meant is left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Protocol, QuestionStep
from clinic.rules.protocols.scoring.answers import AnswerProblem, CheckedAnswers, unstorable

_NONE = {Kind.CHOICE: 0, Kind.YES_NO: False}


def with_none_of_the_rest(
    page: QuestionStep, answers: Mapping[str, Any], *, shown: Iterable[str], unsure: Iterable[str]
) -> dict[str, Any]:
    """ "None of these today", question by question. What was marked stays: it never takes back a sign."""
    left_open = set(shown) - set(unsure)
    rest = {one.key: _NONE[one.kind] for one in page.questions if one.key in left_open and one.kind in _NONE}
    return {**rest, **answers}


def without_questions(protocol: Protocol, answers: Mapping[str, Any], shown: Iterable[str]) -> dict[str, Any]:
    """Answers to the questions that a page did not show."""
    left_out = {key for one in shown for key in protocol.question(one).answer_keys}
    return {key: value for key, value in answers.items() if key not in left_out}


def without_refused_answers(
    protocol: Protocol, answers: Mapping[str, Any], refused: Iterable[AnswerProblem]
) -> dict[str, Any]:
    """All but what the input checks refuse."""
    return without_questions(protocol, answers, [problem.key for problem in refused])


def storable_answers(protocol: Protocol, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a report can hold; a reading that cannot be meant stays in, and is scored as unknown."""
    return without_refused_answers(protocol, answers, unstorable(protocol, answers))


def says_the_same(
    sent: Mapping[str, Any], protocol: Protocol, answers: Mapping[str, Any], *, shown: Iterable[str]
) -> bool:
    """Whether a page states what the sent report states."""
    elsewhere = without_questions(protocol, sent, shown)
    return bool({**elsewhere, **answers} == sent)


def unconfirmed_readings(
    checked: CheckedAnswers, confirmed: Iterable[str], keys: Iterable[str]
) -> tuple[AnswerProblem, ...]:
    """Unlikely readings of these questions that nobody has said are right."""
    wanted, known = set(keys), set(confirmed)
    return tuple(
        one for one in checked.confirmations if one.key in wanted and reading_token(one) not in known
    )


def reading_token(problem: AnswerProblem) -> str:
    """Identifies one unlikely reading, so that confirming it does not confirm another."""
    return f"{problem.key}:{problem.code}:{problem.params.get('typed', '')}"
