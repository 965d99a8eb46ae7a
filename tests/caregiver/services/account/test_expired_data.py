from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from caregiver import tasks
from caregiver.models import CheckinDraft, SignInCode
from caregiver.services.account import expired_data
from caregiver.services.check_in import steps
from clinic.services.protocols.versions import current_version

ANSWERS = {"temp_value": "38.6", "confusion": 2}


@pytest.fixture
def draft(caregiver, patient, now):
    return CheckinDraft.objects.create(
        user=caregiver,
        patient=patient,
        protocol_version=current_version(clinic=patient.clinic),
        answers=ANSWERS,
        pages_done=["red_flags"],
        started_at=now,
        updated_at=now,
    )


@pytest.mark.parametrize(
    ("age", "answers"), [(timedelta(hours=11, minutes=59), ANSWERS), (timedelta(hours=12), {})]
)
def test_draft_that_has_run_out_holds_no_health_data(draft, now, age, answers):
    expired_data.delete(now=now + age)

    draft.refresh_from_db()
    assert draft.answers == answers


def test_emptied_draft_still_tells_the_family_for_a_week(draft, caregiver, patient, now):
    later = now + timedelta(days=2)

    expired_data.delete(now=later)
    step = steps.open_step(by=caregiver, patient_id=patient.pk, page_key=None, following=False, now=later)

    assert step.dropped_from == now
    expired_data.delete(now=now + timedelta(days=7))
    assert CheckinDraft.objects.count() == 0


def test_old_codes_and_ended_sessions_go(db, now):
    for days in (0, 7):
        SignInCode.objects.create(
            phone="+12015550123",
            code_hash="x",
            source_hash="y",
            asked_at=now - timedelta(days=days),
            expires_at=now,
        )
    Session.objects.create(session_key="ended", session_data="", expire_date=now)
    Session.objects.create(session_key="lives", session_data="", expire_date=now + timedelta(days=1))

    expired_data.delete(now=now)

    assert SignInCode.objects.get().asked_at == now
    assert Session.objects.get().session_key == "lives"


def test_task_clears(draft):
    CheckinDraft.objects.update(updated_at=timezone.now() - timedelta(hours=13))

    tasks.clear_leftovers()

    draft.refresh_from_db()
    assert draft.answers == {}
