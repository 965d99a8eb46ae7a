"""The answers of a check-in in words, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from caregiver.services.check_in.steps import CheckInReview
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Question
from clinic.rules.protocols.scoring.numbers import as_typed, temperature_as_typed


@dataclass(frozen=True)
class ReviewLine:
    """One question and its answer."""

    label: str
    answer: str
    is_answered: bool


@dataclass(frozen=True)
class ReviewSection:
    """One page, and the way back to it."""

    key: str
    title: str
    lines: tuple[ReviewLine, ...]


def review_lines(review: CheckInReview, language: str) -> list[ReviewSection]:
    """Every question that was asked; what was left open says so."""
    return [
        ReviewSection(
            key=page.key,
            title=page.title(language),
            lines=tuple(_line(question, review.answers, language) for question in questions),
        )
        for page, questions in review.asked
        if questions
    ]


def _line(question: Question, answers: Mapping[str, Any], language: str) -> ReviewLine:
    words = _words(question, answers, language)
    return ReviewLine(question.label(language), words or _("Not answered"), bool(words))


def _words(question: Question, answers: Mapping[str, Any], language: str) -> str:
    value = answers.get(question.answer_keys[0])
    if value is None:
        return ""
    if question.kind is Kind.TICKS:
        return ", ".join(question.option_text(one, language) or str(one) for one in value) or _(
            "None of these"
        )
    if question.kind is Kind.YES_NO:
        return _("Yes") if value is True else _("No")
    if question.kind is Kind.CHOICE:
        return question.option_text(value, language)
    if question.kind is Kind.TEMPERATURE:
        return temperature_as_typed(value, answers.get(question.answer_keys[1]) or question.unit)
    return as_typed(value, question.unit, language)
