"""One page of a check-in as a form, made from the questions of the protocol."""

from typing import Any

from django import forms

from caregiver.services.check_in.steps import OpenStep
from clinic.question_fields import fields_of
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.scoring.answers import AnswerProblem


class CheckInStepForm(forms.Form):
    """Draws the questions. What was posted is read by `posted_answers` and checked by the protocol."""

    # Nothing must be answered, so nothing is marked "optional".
    all_optional = True

    def __init__(self, data: Any = None, *, step: OpenStep, language: str, unit: str) -> None:
        super().__init__(data, initial=_initial(step, unit))
        self.questions = step.questions
        for question in step.questions:
            self.fields |= fields_of(question, language)

    def lead(self) -> list[forms.BoundField]:
        """Readings that come before the first choice; above the "none of these" button."""
        return self._bound[: self._first_choice()]

    def rest(self) -> list[forms.BoundField]:
        return self._bound[self._first_choice() :]

    def has_choices(self) -> bool:
        """Whether "none of these" says anything on this page."""
        return any(question.kind in {Kind.CHOICE, Kind.YES_NO} for question in self.questions)

    def has_only_numbers(self) -> bool:
        """A page of empty boxes reads as if each had to be filled in."""
        return all(question.kind is Kind.NUMBER for question in self.questions)

    def add_problems(self, problems: tuple[AnswerProblem, ...], language: str) -> None:
        """Put each refusal beside its field."""
        keys = {question.key: question.answer_keys[0] for question in self.questions}
        for problem in problems:
            self.add_error(keys.get(problem.key), problem.text(language))

    @property
    def _bound(self) -> list[forms.BoundField]:
        return list(self)

    def _first_choice(self) -> int:
        choices = {question.key for question in self.questions if question.kind in {Kind.CHOICE, Kind.YES_NO}}
        return next(
            (place for place, field in enumerate(self._bound) if field.name in choices), len(self.fields)
        )


def _initial(step: OpenStep, unit: str) -> dict[str, Any]:
    """What was answered before; the unit alone is chosen ahead, as this person's own."""
    initial: dict[str, Any] = {}
    for question in step.questions:
        if question.kind is Kind.TEMPERATURE:
            initial[question.answer_keys[1]] = unit
    for key, value in step.answers.items():
        initial[key] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return initial
