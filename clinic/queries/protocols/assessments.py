"""One way from answers to a level: the rules, given what was known of the patient at that moment.

Scoring, the advice in the request, the check-in's own pages and rehearsals all come through here, so none of
them can know less of a patient than another. Which moments count is decided here alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.models import Assessment as StoredAssessment
from clinic.models import Patient, Report
from clinic.queries.protocols.patient_context import context_of, history_of
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
)


@dataclass(frozen=True)
class Scored:
    """What the rules made of answers, and all that they were given with them."""

    context: PatientContext
    history: History
    assessment: Assessment

    @property
    def level(self) -> Level:
        return self.assessment.level

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The worst first."""
        return self.assessment.reasons

    def inputs(self) -> dict[str, Any]:
        """As it is stored with the level; `assess_again` reads it."""
        return {
            "patient": {**vars(self.context), "baseline": dict(self.context.baseline)},
            "history": [
                {"hours_ago": past.hours_ago, "answers": dict(past.answers)} for past in self.history.reports
            ],
        }


def assess_report(report: Report) -> Scored:
    """A stored report, by what was known when it came in."""
    return _assess(
        rules_of(report.protocol_version),
        report.answers,
        report.patient,
        at=report.received_at,
        apart_from=report,
    )


def assess_answers(
    *,
    protocol: Protocol,
    answers: Mapping[str, Any],
    patient: Patient,
    at: datetime,
    corrects: Report | None,
) -> Scored:
    """Answers that are not stored yet. The report that they correct is no history of theirs."""
    return _assess(protocol, answers, patient, at=at, apart_from=corrects)


def assess_again(protocol: Protocol, scored: StoredAssessment) -> Assessment:
    """What other rules make of a scored report, given the very inputs that scored it."""
    history = History(
        reports=tuple(
            PastReport(hours_ago=past["hours_ago"], answers=past["answers"])
            for past in scored.inputs["history"]
        )
    )
    return assess(protocol, scored.report.answers, PatientContext(**scored.inputs["patient"]), history)


def _assess(
    protocol: Protocol,
    answers: Mapping[str, Any],
    patient: Patient,
    *,
    at: datetime,
    apart_from: Report | None,
) -> Scored:
    context = context_of(patient, at)
    history = history_of(patient, at, apart_from=apart_from)
    return Scored(context, history, assess(protocol, answers, context, history))
