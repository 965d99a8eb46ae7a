"""One way from answers to a level: the rules, given what was known of the patient at that moment.

Scoring, the advice in the request, the check-in's own pages and rehearsals all come through here, so none of
them can know less of a patient than another. Which moments count is decided here alone: answers are read
twice, as of the moment at which the signs were seen and as of their arrival, and the higher level counts.
So a report that arrives past midnight, in another phase, weighs as much as if it had come at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.models import Assessment as StoredAssessment
from clinic.models import Patient, Report
from clinic.queries.core import courses
from clinic.queries.protocols.patient_context import context_of, history_of, read_context
from clinic.queries.protocols.versions import rules_of
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    Assessment,
    History,
    PastReport,
    PatientContext,
    Reason,
    assess,
    higher_of,
)

NO_HISTORY = History(reports=())


@dataclass(frozen=True)
class Scored:
    """What the rules made of answers, and all that they were given with them.

    `history` is what was seen before these answers were, the same in both readings. Only where they arrived
    in another course than the one in which they were seen, the reading of the arrival has none.
    """

    observed_context: PatientContext
    received_context: PatientContext
    history: History
    crosses_course: bool
    as_observed: Assessment
    as_received: Assessment

    @property
    def assessment(self) -> Assessment:
        """Both readings together: every reason of either, each at the higher level that it has."""
        return higher_of(self.as_observed, self.as_received)

    @property
    def level(self) -> Level:
        return self.assessment.level

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The worst first."""
        return self.assessment.reasons

    @property
    def context(self) -> PatientContext:
        """What was known in the reading that decides; that of the arrival where both say the same."""
        by_observation = self.as_observed.level > self.as_received.level
        return self.observed_context if by_observation else self.received_context

    @property
    def contexts(self) -> tuple[PatientContext, ...]:
        """What was known when the signs were seen, and what when they arrived; one where that is the same."""
        both = (self.observed_context, self.received_context)
        return both[:1] if both[0] == both[1] else both

    def holds_only_as_observed(self, reason: Reason) -> bool:
        """Whether a rule fired at this level only by the moment at which the signs were seen."""
        known = {one.key: one.level for one in self.as_received.reasons}
        return known.get(reason.key, Level.NONE) < reason.level

    def inputs(self) -> dict[str, Any]:
        """As it is stored with the level; `assess_again` reads it."""
        stored: dict[str, Any] = {
            "patient": _context_to_json(self.received_context),
            "history": [
                {"hours_ago": past.hours_ago, "answers": dict(past.answers)} for past in self.history.reports
            ],
        }
        if len(self.contexts) > 1 or self.crosses_course:
            stored["patient_as_observed"] = _context_to_json(self.observed_context)
        if self.crosses_course:
            stored["crosses_course"] = True
        return stored


def assess_report(report: Report) -> Scored:
    """A stored report, by what was known when its signs were seen and when it came in."""
    return _assess(
        rules_of(report.protocol_version),
        report.answers,
        report.patient,
        observed_at=report.observed_at,
        received_at=report.received_at,
        apart_from=report,
    )


def assess_answers(
    *,
    protocol: Protocol,
    answers: Mapping[str, Any],
    patient: Patient,
    at: datetime,
    corrects: Report | None,
    observed_at: datetime | None = None,
) -> Scored:
    """Answers that are not stored yet, seen `at` that moment or before.

    The report that they correct is no history of theirs, and they are of its moment.
    """
    if corrects is not None:
        observed_at = corrects.observed_at
    return _assess(
        protocol,
        answers,
        patient,
        observed_at=min(observed_at or at, at),
        received_at=at,
        apart_from=corrects,
    )


def assess_again(protocol: Protocol, scored: StoredAssessment) -> Assessment:
    """What other rules make of a scored report, given the very inputs that scored it."""
    inputs, answers = scored.inputs, scored.report.answers
    history = History(
        reports=tuple(
            PastReport(hours_ago=past["hours_ago"], answers=past["answers"]) for past in inputs["history"]
        )
    )
    received_history = NO_HISTORY if inputs.get("crosses_course") else history
    as_received = assess(protocol, answers, read_context(inputs["patient"]), received_history)
    if "patient_as_observed" not in inputs:
        return as_received
    observed_context = read_context(inputs["patient_as_observed"])
    return higher_of(assess(protocol, answers, observed_context, history), as_received)


def _assess(
    protocol: Protocol,
    answers: Mapping[str, Any],
    patient: Patient,
    *,
    observed_at: datetime,
    received_at: datetime,
    apart_from: Report | None,
) -> Scored:
    then, now = context_of(patient, observed_at), context_of(patient, received_at)
    history = history_of(patient, observed_at=observed_at, known_at=received_at, apart_from=apart_from)
    crosses = courses.at(patient, observed_at) != courses.at(patient, received_at)
    as_received = assess(protocol, answers, now, NO_HISTORY if crosses else history)
    is_same = then == now and not crosses
    as_observed = as_received if is_same else assess(protocol, answers, then, history)
    return Scored(then, now, history, crosses, as_observed=as_observed, as_received=as_received)


def _context_to_json(context: PatientContext) -> dict[str, Any]:
    return {**vars(context), "baseline": dict(context.baseline)}
