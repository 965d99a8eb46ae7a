"""Weekly test pages, marked as a test. Without an answer the person stops counting as coverage."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.access import Permission, get_colleague, get_own_drill, require
from clinic.models import OnCall, PagerDrill, Shift, ShiftPattern, Staff, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import on_call
from clinic.rules.core.staffed_hours import staffed_at
from clinic.rules.rota.shifts import TEST_COUNTS_FOR
from clinic.services.core import alarms, audit, staff_texts
from clinic.services.rota import coverage

logger = logging.getLogger(__name__)

TEST_EVERY = timedelta(days=7)
# An hour: a test is answered between other things, unlike a page.
ANSWER_WITHIN = timedelta(hours=1)
# Not 1: that takes an alert, and a reply to a test must never take one by mistake.
REPLY_DIGIT = "8"
MY_SHIFTS_PATH = "/console/rota/mine/"


def send_due(*, now: datetime) -> int:
    """A test page to everybody on a rota or list whose last one is a week old, in staffed hours only."""
    if not settings.STAFF_CHECKS:
        return 0
    sent = 0
    for staff in _pageable_staff(now):
        try:
            sent += _send_if_due(staff, now)
        except Exception:
            logger.exception("a test page cannot be sent", extra={"staff_id": staff.pk})
    return sent


def send(*, staff_id: int, by: User, now: datetime) -> PagerDrill:
    """A test page now, because an administrator or the person wants one. NotVisible, NotAllowed."""
    staff = get_colleague(by, staff_id)
    if staff.user_id != by.pk:
        require(by, Permission.MANAGE_STAFF, staff.clinic_id)
    with transaction.atomic():
        return _send(staff, by, now)


def answer(*, test_page_id: int, by: User, now: datetime) -> None:
    """The person pressed the button. NotVisible. Idempotent."""
    drill = get_own_drill(by, test_page_id)
    _mark_answered(PagerDrill.objects.filter(pk=drill.pk), by, now)


def answer_by_text(*, from_phone: str, now: datetime) -> bool:
    """The person replied to the test from the number that it was sent to; False when none was open."""
    drills = PagerDrill.objects.filter(
        staff__phone=from_phone, staff__ended_at__isnull=True, sent_at__gt=now - TEST_COUNTS_FOR
    )
    return _mark_answered(drills, None, now)


def report_unanswered(*, now: datetime) -> int:
    """The lead hears of every test that stayed unanswered for an hour."""
    late = PagerDrill.objects.filter(
        answered_at__isnull=True,
        lead_told_at__isnull=True,
        sent_at__lte=now - ANSWER_WITHIN,
        # Whoever has left since owes no answer.
        staff__ended_at__isnull=True,
    )
    reported = 0
    for drill_id in list(late.values_list("pk", flat=True)[:100]):
        reported += _report_unanswered(drill_id, now)
    return reported


def _pageable_staff(now: datetime) -> list[Staff]:
    """Everybody whom a page may reach, once."""
    weekly = ShiftPattern.objects.filter(ended_at__isnull=True).values("staff_id")
    dated = Shift.objects.filter(cancelled_at__isnull=True, ends_at__gt=now).values("staff_id")
    listed = OnCall.objects.values("staff_id")
    rows = Staff.objects.filter(pk__in=weekly.union(dated, listed))
    return [staff for staff in rows.select_related("user", "clinic") if on_call.is_reachable(staff)]


def _is_staffed(staff: Staff, now: datetime) -> bool:
    """Nobody is woken by a test."""
    return staffed_at(staff.clinic.opening, now)


def _audit(drill: PagerDrill, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=drill.staff.clinic_id,
        subject_type="drill",
        subject_id=drill.pk,
        detail={"staff": drill.staff_id},
    )


def _send_if_due(staff: Staff, now: datetime) -> bool:
    last = staff.drills.order_by("-sent_at").values_list("sent_at", flat=True).first()
    rested = last is None or now - last >= TEST_EVERY
    if not rested or staff.phone_verified_at is None or not _is_staffed(staff, now):
        return False
    with transaction.atomic():
        Staff.objects.select_for_update().get(pk=staff.pk)
        if staff.drills.filter(sent_at__gt=now - TEST_EVERY).exists():
            return False
        _send(staff, None, now)
    return True


def _send(staff: Staff, by: User | None, now: datetime) -> PagerDrill:
    drill = PagerDrill.objects.create(staff=staff, sent_at=now)
    staff_texts.text_person(
        staff=staff,
        words=lambda: (
            _("TEST page, nobody is waiting. Reply %(digit)s, or press the button:") % {"digit": REPLY_DIGIT}
        ),
        key=f"drill:{drill.pk}",
        path=MY_SHIFTS_PATH,
        now=now,
        by_phone_only=True,
    )
    _audit(drill, "drill.sent", by, now)
    return drill


@transaction.atomic
def _mark_answered(drills: QuerySet[PagerDrill], by: User | None, now: datetime) -> bool:
    is_open = list(
        drills.filter(answered_at__isnull=True)
        .select_related("staff__clinic")
        .select_for_update(of=("self",))
    )
    for drill in is_open:
        drill.answered_at = now
        drill.save(update_fields=["answered_at"])
        Staff.objects.filter(pk=drill.staff_id).update(phone_tested_at=now)
        _audit(drill, "drill.answered", by, now)
        alarms.clear(
            clinic_id=drill.staff.clinic_id, kind=AlarmKind.DRILL_MISSED, subject=drill.staff_id, now=now
        )
        coverage.check_clinic(clinic=drill.staff.clinic, now=now)
    return bool(is_open)


@transaction.atomic
def _report_unanswered(drill_id: int, now: datetime) -> bool:
    rows = PagerDrill.objects.filter(pk=drill_id, answered_at__isnull=True, lead_told_at__isnull=True)
    if not rows.update(lead_told_at=now):
        return False
    drill = PagerDrill.objects.select_related("staff").get(pk=drill_id)
    clinic_id: UUID = drill.staff.clinic_id
    alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.DRILL_MISSED, subject=drill.staff_id, now=now)
    staff_texts.text_leads(
        clinic_id=clinic_id,
        words=lambda: _("A test page was not answered. Check the rota:"),
        key=f"drill-missed:{drill.pk}",
        path="/console/rota/",
        now=now,
    )
    return True
