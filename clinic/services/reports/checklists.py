"""What one family is asked now: the protocol of their clinic in their language, with its rules."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation

from clinic.models import Patient, ProtocolVersion
from clinic.models.patient import PatientStatus
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.phases import day_of, phase_for
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports.intake import CallTarget, call_targets


@dataclass(frozen=True)
class Checklist:
    """The current version's rules, the patient's day and phase, and the numbers to call."""

    patient: Patient
    version: ProtocolVersion
    rules: Protocol
    language: str
    day: int
    phase: Phase
    call: tuple[CallTarget, ...]


class CareOver(Exception):
    """The patient has died: nothing is asked any more."""


def checklist(*, patient: Patient, language: str, now: datetime) -> Checklist:
    """The checklist for this patient now. NoProtocol when the clinic has published none; CareOver."""
    if patient.status == PatientStatus.DIED:
        raise CareOver
    version = current_version_for(patient=patient)
    rules = rules_of(version)
    day = day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone))
    with translation.override(language):
        call = call_targets(clinic=patient.clinic)
    return Checklist(patient, version, rules, language, day, phase_for(rules, day), call)
