"""From the fields of a form to the answers of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Question

UNSURE = "unsure"
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class ReadAnswers:
    """Answers as a report carries them, and the questions that somebody is not sure about."""

    answers: Mapping[str, Any]
    unsure: tuple[str, ...]


def read_answers(questions: Iterable[Question], fields: Mapping[str, list[str]]) -> ReadAnswers:
    """Only what was answered; an empty field is no answer. Odd values stay for the checks to refuse."""
    answers: dict[str, Any] = {}
    unsure: list[str] = []
    for question in questions:
        given = {key: without_nul(fields.get(key, [])) for key in {question.key, *question.answer_keys}}
        if given[question.key] == [UNSURE]:
            unsure.append(question.key)
        else:
            answers |= _answer(question, given)
    return ReadAnswers(answers, tuple(unsure))


def without_nul(value: Any) -> Any:
    """No keyboard types a NUL character, and PostgreSQL stores none."""
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def _answer(question: Question, fields: Mapping[str, list[str]]) -> dict[str, Any]:
    values = [value.strip() for value in fields[question.answer_keys[0]] if value.strip()]
    if question.kind is Kind.TICKS:
        # The page asked and nothing was ticked: that is an answer.
        return {question.key: values}
    if not values:
        return {}
    value = values[-1]
    if question.kind is Kind.TEMPERATURE:
        value_key, unit_key = question.answer_keys
        return {value_key: value, unit_key: (fields[unit_key] or [""])[-1]}
    if question.kind is Kind.CHOICE and value.isascii() and value.isdigit():
        return {question.key: int(value)}
    if question.kind is Kind.YES_NO:
        return {question.key: _YES_NO.get(value, value)}
    return {question.key: value}
