"""A real alert every week: a synthetic patient's urgent report through scoring, console, page and answer.

It is the only proof that the whole chain works while nothing happens. Its patient is flagged, is never
monitored, and clinic/access.py shows it in no list; the page says that it is a test. Until a person has
answered, ten minutes after the sending, the audit fails and the outside monitor hears nothing.
"""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from clinic.access import Permission, require
from clinic.models import Clinic, Escalation, Patient, Report, User, WeeklyTest
from clinic.models.escalation import EscalationState, Outcome
from clinic.models.patient import PatientStatus, Target
from clinic.models.system_alarm import AlarmKind
from clinic.protocols import WEEKLY_TEST_ANSWERS
from clinic.rules.core.staffed_hours import staffed_at
from clinic.services.core import alarms, audit
from clinic.services.escalations import lifecycle
from clinic.services.protocols.versions import NoProtocol, current_version
from clinic.services.reports import intake

logger = logging.getLogger(__name__)

TEST_EVERY = timedelta(days=7)
ANSWER_WITHIN = timedelta(minutes=10)
# Not in the first hour of the day, which belongs to what came in overnight.
AFTER_OPENING = timedelta(hours=1)


class TestStillOpen(Exception):
    """The last test has not been answered: answer that one."""


def send_due(*, now: datetime) -> int:
    """One test a week for every clinic that looks after somebody; returns how many were sent."""
    if not settings.STAFF_CHECKS:
        return 0
    sent = 0
    for clinic in Clinic.objects.filter(patients__is_synthetic=False).distinct():
        try:
            sent += _send_if_due(clinic, now)
        except NoProtocol:
            logger.warning("clinic has no protocol to test", extra={"clinic_id": str(clinic.pk)})
        except Exception:
            logger.exception("the weekly test cannot be sent", extra={"clinic_id": str(clinic.pk)})
    return sent


def send(*, clinic: Clinic, by: User, now: datetime) -> WeeklyTest:
    """The test now, because an administrator wants it. NotAllowed, StillOpen, NoProtocol."""
    require(by, Permission.MANAGE_STAFF, clinic)
    with transaction.atomic():
        if _running(clinic):
            raise TestStillOpen
        return _send(clinic, by, now)


def finish_answered(*, now: datetime) -> int:
    """Note which tests a person has answered and close them; alarm about those that nobody answers."""
    answered = 0
    for test in WeeklyTest.objects.filter(answered_at__isnull=True).select_related("report"):
        try:
            answered += _finish(test, now)
        except Exception:
            logger.exception("a weekly test cannot be finished", extra={"test_id": test.pk})
    return answered


def _send_if_due(clinic: Clinic, now: datetime) -> bool:
    last = clinic.weekly_tests.order_by("-sent_at").values_list("sent_at", flat=True).first()
    opening = clinic.opening
    quiet = staffed_at(opening, now) and staffed_at(opening, now - AFTER_OPENING)
    if not quiet or (last is not None and now - last < TEST_EVERY):
        return False
    with transaction.atomic():
        # Two schedulers at once: the second one waits here, and then finds the first one's.
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        if _running(clinic) or clinic.weekly_tests.filter(sent_at__gt=now - TEST_EVERY).exists():
            return False
        _send(clinic, None, now)
    return True


def _running(clinic: Clinic) -> bool:
    return clinic.weekly_tests.filter(answered_at__isnull=True).exists()


def submit_report(*, clinic: Clinic, now: datetime) -> Report:
    """An urgent report of the clinic's made-up patient, as a family's comes in. NoProtocol."""
    return intake.submit(
        report_id=uuid4(),
        patient=_synthetic_patient(clinic, now),
        by=_synthetic_author(clinic),
        protocol_version=current_version(clinic=clinic),
        observed_at=now,
        sent_at=now,
        language=settings.LANGUAGE_CODE,
        answers=WEEKLY_TEST_ANSWERS,
        now=now,
    ).report


def _send(clinic: Clinic, by: User | None, now: datetime) -> WeeklyTest:
    report = submit_report(clinic=clinic, now=now)
    test = WeeklyTest.objects.create(clinic=clinic, report=report, sent_at=now)
    audit.record(
        action="weekly_test.sent",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="weekly_test",
        subject_id=test.pk,
    )
    return test


def _synthetic_patient(clinic: Clinic, now: datetime) -> Patient:
    """The clinic's made-up patient. Not monitored, so that no check-in of it is planned, asked or missed."""
    patient, _created = Patient.objects.get_or_create(
        clinic=clinic,
        is_synthetic=True,
        defaults={
            "given_name": "Weekly",
            "family_name": "Test",
            "infusion_date": now.date(),
            "product": "test",
            "target": Target.CD19,
            "time_zone": clinic.time_zone,
            "status": PatientStatus.ENDED,
            "created_at": now,
        },
    )
    return patient


def _synthetic_author(clinic: Clinic) -> User:
    """Nobody's sign-in: without a password, and shut. The address can belong to nobody (RFC 2606)."""
    email = f"weekly-test@{clinic.slug}.invalid"
    author = User.objects.filter(email=email).first()
    return author or User.objects.create_user(email=email, name="Weekly test", is_active=False)


def _finish(test: WeeklyTest, now: datetime) -> bool:
    escalation = Escalation.objects.filter(events__report=test.report_id).first()
    if escalation is None or escalation.state == EscalationState.OPEN:
        if now - test.sent_at >= ANSWER_WITHIN:
            alarms.raise_alarm(
                clinic_id=test.clinic_id, kind=AlarmKind.TEST_UNANSWERED, subject=test.pk, now=now
            )
        return False
    taker = escalation.acknowledged_by
    with transaction.atomic():
        if escalation.state == EscalationState.ACKNOWLEDGED and taker:
            # Whoever took it has done what the test asks for; an outcome would be made up.
            lifecycle.resolve(
                escalation_id=escalation.pk, by=taker, outcome=Outcome.MISTAKEN_ENTRY, note="", now=now
            )
        WeeklyTest.objects.filter(pk=test.pk).update(answered_at=now)
        alarms.clear(clinic_id=test.clinic_id, kind=AlarmKind.TEST_UNANSWERED, subject=test.pk, now=now)
        audit.record(
            action="weekly_test.answered",
            by=taker or escalation.resolved_by,
            now=now,
            clinic_id=test.clinic_id,
            subject_type="weekly_test",
            subject_id=test.pk,
        )
    return True
