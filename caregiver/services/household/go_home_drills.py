"""The go-home drill as the family sends it: a test alarm that proves the whole path before going home."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import get_cared_for
from clinic.models import Report, User
from clinic.models.patient import PatientStatus
from clinic.services.patients import go_home_drills
from clinic.services.patients.preparation import queue_trial_texts
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import intake


def send(*, by: User, patient_id: UUID, report_id: UUID, now: datetime) -> Report:
    """Send the marked test, and a test text to everybody in the family. A double tap sends one.

    NotVisible. NoDrillNow: the patient is at home already, where an alarm is real.
    """
    patient = get_cared_for(by, patient_id)
    with transaction.atomic():
        if patient.status != PatientStatus.PREPARING:
            raise go_home_drills.NoDrillNow
        sent = Report.objects.filter(pk=report_id, patient=patient, author=by).first()
        if sent is not None:
            return sent
        version = current_version_for(patient=patient)
        queue_trial_texts(patient=patient, now=now)
        return intake.submit(
            report_id=report_id,
            patient=patient,
            by=by,
            protocol_version=version,
            observed_at=now,
            sent_at=now,
            language=by.language,
            answers=go_home_drills.answers_of(rules_of(version)),
            now=now,
            is_drill=True,
        ).report
