"""Which questions of a step are asked: by the day, by what staff know, and by what is answered so far."""

from collections.abc import Mapping

from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import PatientContext, facts_of, plan_of


def questions_of(
    *, step: QuestionStep, protocol: Protocol, context: PatientContext, answers: Mapping[str, object]
) -> tuple[Question, ...]:
    """The step's questions without those that this person, on this day, is not asked."""
    plan = plan_of(protocol, context)
    facts = facts_of(protocol, check_answers(protocol, answers).values, context)
    return tuple(
        question
        for question in step.questions
        if question.key in plan.asks
        or (
            question.shown_in(plan.phase.code)
            and (question.ask_when is None or question.ask_when.holds(facts))
        )
    )
