"""Advice for answers about a patient who is not theirs: whose access has ended, or who never had any.

Nothing is looked up by what was sent, so nothing can be probed; but an emergency waits for no permission.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Clinic, User
from clinic.queries.protocols.versions import shipped_rules
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.additions import FINDINGS
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import NO_HISTORY, PatientContext, assess
from clinic.services.reports.intake import CallTarget, call_targets

# Of a patient of whom nothing is known every fact is the one that makes the rules strictest.
_ANYBODY = PatientContext(
    day=0,
    tier="high",
    target="",
    product="",
    age=None,
    immune_risk=True,
    neutropenia=True,
    platelets_low=True,
    masked=True,
    baseline={},
    minutes_to_centre=None,
    no_transport=True,
    findings=sorted(FINDINGS),
    home_day=0,
)
# Whoever has never been with a clinic is shown the numbers of a few.
_SHOWN = 5


@dataclass(frozen=True)
class StrangerAdvice:
    """How serious the answers are by the strictest reading, and whom to call."""

    level: Level
    title: str
    call: tuple[CallTarget, ...]


def of_answers(*, answers: Mapping[str, Any], by: User) -> StrangerAdvice:
    """The numbers are those of the clinics that this person has been with, else of every clinic."""
    clinics = list(Clinic.objects.filter(patients__care_team__user=by).distinct().order_by("name"))
    clinics = clinics or list(Clinic.objects.order_by("name")[:_SHOWN])
    level = level_of(shipped_rules(), answers)
    emergency = clinics[0].emergency_number if clinics else "911"
    calls = [target for clinic in clinics for target in call_targets(clinic=clinic)]
    return StrangerAdvice(level, _title(level, emergency), tuple(dict.fromkeys(calls)))


def level_of(protocol: Protocol, answers: Mapping[str, Any]) -> Level:
    """Of a patient of whom nothing is known, by the strictest reading. What cannot be read is not said."""
    refused = {problem.key for problem in check_answers(protocol, answers).problems}
    readable = {key: value for key, value in answers.items() if key not in refused}
    return assess(protocol, readable, _ANYBODY, NO_HISTORY).level


def _title(level: Level, emergency_number: str) -> str:
    if level == Level.EMERGENCY:
        return _("Call %(number)s now") % {"number": emergency_number}
    if level == Level.URGENT:
        return _("Call the 24-hour line now")
    return _("Call for help")
