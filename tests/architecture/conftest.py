"""A clinic with one of everything, and everybody who might ask for it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from caregiver.services import card_codes
from clinic.models import Escalation
from clinic.models.system_alarm import AlarmKind, SystemAlarm
from clinic.services import alarms, protocol_drafts, scoring
from tests import factories


@pytest.fixture
def people(clinic, patient, caregiver, stranger, nurse, other_nurse) -> dict[str, Any]:
    """In the order of the columns of access.yaml. All belong to the first clinic unless named other."""
    return {
        "anonymous": None,
        "linked": caregiver,
        "unlinked": stranger,
        "nurse": nurse,
        "other_nurse": other_nurse,
        "educator": factories.StaffFactory(clinic=clinic, role="educator").user,
        "administrator": factories.StaffFactory(clinic=clinic, role="administrator").user,
    }


@pytest.fixture
def world(people, clinic, patient, caregiver, nurse) -> SimpleNamespace:
    """One object behind every kind of address, all of the first clinic's patient."""
    report = factories.ReportFactory(
        patient=patient, author=caregiver, answers={"temp_value": 38.6, "temp_unit": "C", "confusion": 2}
    )
    now = timezone.now()
    scoring.score(report_id=report.pk, now=now)
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.NO_ON_CALL, subject="", now=now)
    invitation = factories.InvitationFactory(
        patient=patient, invited_by=nurse, expires_at=now + timedelta(hours=72)
    )
    draft = protocol_drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
    return SimpleNamespace(
        clinic=clinic,
        patient=patient,
        report=report,
        escalation=Escalation.objects.get(patient=patient),
        arguments={
            "patient_id": patient.pk,
            "report_id": report.pk,
            "escalation_id": Escalation.objects.get(patient=patient).pk,
            "alarm_id": SystemAlarm.objects.filter(clinic=clinic).latest("pk").pk,
            "invitation_id": invitation.pk,
            "member_id": patient.care_team.get().pk,
            "code_id": card_codes.make(patient_id=patient.pk, by=caregiver, now=now).link.pk,
            "message_id": report.pk,
            "device_id": report.pk,
            "page_key": "temperature",
            "slug": factories.GuidanceEditionFactory(slug="a-page").slug,
            "digest": "no-such-picture",
            "token": "no-such-token",
            "clinic_id": clinic.pk,
            "language": "es",
            "draft_id": draft.pk,
            "item_key": "question.chills",
            "pk": 999_999,
        },
    )
