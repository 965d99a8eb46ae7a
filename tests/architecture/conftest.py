"""A clinic with one of everything, and everybody who might ask for it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from caregiver.services.card import codes
from clinic.models import Escalation
from clinic.models.system_alarm import AlarmKind, SystemAlarm
from clinic.services.core import alarms
from clinic.services.desk import handovers
from clinic.services.escalations import scoring, worries
from clinic.services.protocols import drafts
from clinic.services.reports import home_checks
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
    staff = nurse.staff_roles.get()
    colleague = factories.StaffFactory(clinic=clinic)
    shift = factories.ShiftFactory(staff=colleague)
    swap = factories.ShiftSwapFactory(from_staff=colleague, to_staff=staff)
    usual = {"by": nurse, "score": 9, "language": "en"}
    home_checks.set_baseline(patient_id=patient.pk, now=now, **usual)
    check = home_checks.record_asleep(
        patient_id=patient.pk, by=caregiver, language="en", alertness=1, now=now
    )
    sample = factories.WritingSampleFactory(patient=patient, author=caregiver)
    worry = worries.record(worry_id=uuid4(), patient_id=patient.pk, by=caregiver, told_at=now, now=now)
    draft = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
    escalation = Escalation.objects.get(patient=patient)
    handover = handovers.hand_over(
        clinic_id=clinic.pk,
        by=colleague.user,
        to_staff_id=staff.pk,
        notes={},
        seen={str(escalation.pk)},
        now=now,
    )
    return SimpleNamespace(
        clinic=clinic,
        patient=patient,
        report=report,
        escalation=escalation,
        arguments={
            "patient_id": patient.pk,
            "report_id": report.pk,
            "escalation_id": escalation.pk,
            "handover_id": handover.pk,
            "item_id": handover.items.get().pk,
            "alarm_id": SystemAlarm.objects.filter(clinic=clinic).latest("pk").pk,
            "invitation_id": invitation.pk,
            "member_id": patient.care_team.get().pk,
            "code_id": codes.create(patient_id=patient.pk, by=caregiver, now=now).link.pk,
            "message_id": report.pk,
            "worry_id": worry.pk,
            "check_id": check.pk,
            "sample_id": sample.pk,
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
            "staff_id": staff.pk,
            "shift_id": shift.pk,
            "pattern_id": factories.ShiftPatternFactory(staff=colleague).pk,
            "notice_id": factories.ShiftNoticeFactory(staff=staff).pk,
            "drill_id": factories.PagerDrillFactory(staff=staff).pk,
            "swap_id": swap.pk,
        },
    )
