"""Advice for a form that came without a session: it waits for no sign-in."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError

from clinic.models import Clinic
from clinic.queries.protocols.versions import shipped_rules
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import NO_HISTORY, PatientContext, assess
from clinic.rules.reports.posted_answers import read_answers
from clinic.services.protocols.versions import NoProtocol, current_version, rules_of

# Somebody of whom nothing is known. Day 0 is the strictest reading.
_STRANGER = PatientContext(
    day=0,
    tier="standard",
    target="",
    product="",
    age=None,
    immune_risk=False,
    neutropenia=False,
    platelets_low=False,
    masked=False,
    baseline={},
    minutes_to_centre=None,
    no_transport=False,
    findings=(),
    home_day=None,
)


def level_of_form(*, fields: Mapping[str, list[str]], remembered: Iterable[str]) -> Level:
    """How serious the posted answers are, for a patient of whom nothing is known.

    Nothing is looked up by what was posted, so nothing can be probed.
    """
    protocol = _protocol(remembered)
    asked = [one for one in protocol.questions if any(key in fields for key in one.answer_keys)]
    answers = read_answers(asked, fields).answers
    return assess(protocol, answers, _STRANGER, NO_HISTORY).level


def _protocol(remembered: Iterable[str]) -> Protocol:
    try:
        clinic = Clinic.objects.filter(pk__in=[one for one in remembered if one]).first()
    except (ValueError, ValidationError):
        clinic = None
    if clinic is not None:
        try:
            return rules_of(current_version(clinic=clinic))
        except NoProtocol:
            pass
    return shipped_rules()
