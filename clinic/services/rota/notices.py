"""Notices before a shift and at its end; a shift that is not confirmed is reported to the lead."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.access import get_own_notice
from clinic.models import Clinic, ShiftNotice, Staff, User
from clinic.models.rota import LayerName
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import shift_rows
from clinic.rules.rota import shifts
from clinic.rules.rota.shifts import ShiftSpan
from clinic.services.core import alarms, audit, staff_texts

logger = logging.getLogger(__name__)

# Not 1: that takes an alert, and a reply to a notice must never take one by mistake.
REPLY_DIGIT = "7"
MY_SHIFTS_PATH = "/console/rota/mine/"
# How far a shift is followed to find out where it ends, for whoever is on for days on end.
FOLLOWED_FOR = timedelta(days=15)
# Whoever is on just before a shift begins goes on, and has confirmed already.
JUST_BEFORE = timedelta(minutes=1)
END_TEXTED_WITHIN = timedelta(hours=1)


def send_due(*, now: datetime) -> int:
    """Tell everybody whose shift begins within half an hour; returns how many were told."""
    if not settings.STAFF_CHECKS:
        return 0
    sent = 0
    clinics = list(Clinic.objects.all())
    rotas = shift_rows.load(clinics=clinics, start=now - JUST_BEFORE, end=now + FOLLOWED_FOR)
    for clinic in clinics:
        found = rotas[clinic.pk]
        for span in _beginning_shifts(found, now):
            sent += _send_notice(clinic, found.people[span.staff], span, now)
    return sent


def confirm(*, notice_id: int, by: User, now: datetime) -> None:
    """The person pressed the button. NotVisible. Idempotent."""
    notice = get_own_notice(by, notice_id)
    _mark_confirmed(ShiftNotice.objects.filter(pk=notice.pk), by, now)


def confirm_by_text(*, from_phone: str, now: datetime) -> bool:
    """The person replied to the notice of a shift that has not ended; False when there was none."""
    notices = ShiftNotice.objects.filter(
        staff__phone=from_phone, staff__ended_at__isnull=True, ends_at__gt=now
    )
    return _mark_confirmed(notices, None, now)


def waiting_for(*, phone: str, now: datetime) -> ShiftNotice | None:
    """The notice to this phone that nobody has confirmed yet."""
    notices = ShiftNotice.objects.filter(
        staff__phone=phone, staff__ended_at__isnull=True, ends_at__gt=now, confirmed_at__isnull=True
    )
    return notices.select_related("staff__user").order_by("-sent_at").first()


def report_unconfirmed(*, now: datetime) -> int:
    """The lead hears of an unconfirmed shift before it begins."""
    late = ShiftNotice.objects.filter(
        confirmed_at__isnull=True,
        lead_told_at__isnull=True,
        ends_at__gt=now,
        starts_at__lte=now + shifts.TOLD_BEFORE,
    )
    return sum(
        _report_unconfirmed(notice, now)
        for notice in late.select_related("clinic")[:100]
        if shifts.reply_deadline(notice.sent_at, notice.starts_at) <= now
    )


def text_shift_ends(*, now: datetime) -> int:
    """Tell whoever has come to the end of their shift, unless they go on."""
    over = ShiftNotice.objects.filter(
        end_told_at__isnull=True, ends_at__lte=now, ends_at__gt=now - END_TEXTED_WITHIN
    )
    texted = 0
    for notice in over.select_related("staff__user", "staff__clinic", "clinic")[:100]:
        texted += _text_shift_end(notice, now)
    return texted


def clear_alarms_of_ended_shifts(*, now: datetime) -> None:
    """Clear alarms about unconfirmed shifts that have ended."""
    over = ShiftNotice.objects.filter(
        lead_told_at__isnull=False,
        confirmed_at__isnull=True,
        ends_at__lte=now,
        ends_at__gt=now - shifts.A_DAY,
    )
    for notice in over:
        alarms.clear(clinic_id=notice.clinic_id, kind=AlarmKind.SHIFT_UNCONFIRMED, subject=notice.pk, now=now)


def _beginning_shifts(found: shift_rows.Rota, now: datetime) -> list[ShiftSpan]:
    """Shifts that begin within the notice's time, each to its real end."""
    soon = now + shifts.NOTICE_BEFORE
    spans = []
    for layer in found.layers:
        if any(
            now < span.starts_at <= soon
            for span in found.timeline(layer, now - JUST_BEFORE, soon + JUST_BEFORE)
        ):
            whole = shifts.merged(found.timeline(layer, now - JUST_BEFORE, now + FOLLOWED_FOR))
            spans += [span for span in whole if now < span.starts_at <= soon]
    return spans


def _send_notice(clinic: Clinic, staff: Staff, span: ShiftSpan, now: datetime) -> bool:
    with transaction.atomic():
        notice, created = ShiftNotice.objects.get_or_create(
            staff=staff,
            layer=span.layer,
            starts_at=span.starts_at,
            defaults={"clinic": clinic, "ends_at": span.ends_at, "sent_at": now},
        )
        if created:
            staff_texts.text_person(
                staff=staff,
                words=lambda: (
                    _("Your shift (%(layer)s) begins at %(when)s. Reply %(digit)s to confirm, or open:")
                    % {
                        "layer": LayerName(span.layer).label,
                        "when": staff_texts.clinic_time(span.starts_at, clinic),
                        "digit": REPLY_DIGIT,
                    }
                ),
                key=f"shift:{notice.pk}",
                path=MY_SHIFTS_PATH,
                expires_at=span.starts_at,
                now=now,
            )
        return created


@transaction.atomic
def _mark_confirmed(notices: QuerySet[ShiftNotice], by: User | None, now: datetime) -> bool:
    waiting = list(notices.filter(confirmed_at__isnull=True).select_for_update())
    for notice in waiting:
        notice.confirmed_at = now
        notice.save(update_fields=["confirmed_at"])
        audit.record(
            action="shift.confirmed",
            by=by,
            now=now,
            clinic_id=notice.clinic_id,
            subject_type="shift_notice",
            subject_id=notice.pk,
            detail={"staff": notice.staff_id},
        )
        alarms.clear(clinic_id=notice.clinic_id, kind=AlarmKind.SHIFT_UNCONFIRMED, subject=notice.pk, now=now)
    return bool(waiting)


@transaction.atomic
def _report_unconfirmed(notice: ShiftNotice, now: datetime) -> bool:
    rows = ShiftNotice.objects.filter(pk=notice.pk, confirmed_at__isnull=True, lead_told_at__isnull=True)
    if not rows.update(lead_told_at=now):
        return False
    if not _is_still_on_shift(notice):
        return False
    alarms.raise_alarm(
        clinic_id=notice.clinic_id, kind=AlarmKind.SHIFT_UNCONFIRMED, subject=notice.pk, now=now
    )
    staff_texts.text_leads(
        clinic_id=notice.clinic_id,
        words=lambda: (
            _("The shift that begins at %(when)s is not confirmed. Check the rota:")
            % {"when": staff_texts.clinic_time(notice.starts_at, notice.clinic)}
        ),
        key=f"shift-unconfirmed:{notice.pk}",
        path="/console/rota/",
        now=now,
    )
    return True


def _is_still_on_shift(notice: ShiftNotice) -> bool:
    """Somebody else may have taken the shift since the notice went out."""
    return notice.staff_id in _staff_on_shift_at(notice.clinic, max(notice.starts_at, notice.sent_at))


def _staff_on_shift_at(clinic: Clinic, at: datetime) -> set[int]:
    found = shift_rows.load(clinics=[clinic], start=at, end=at + timedelta.resolution)
    return {span.staff for span in found[clinic.pk].on_at(at)}


@transaction.atomic
def _text_shift_end(notice: ShiftNotice, now: datetime) -> bool:
    if not ShiftNotice.objects.filter(pk=notice.pk, end_told_at__isnull=True).update(end_told_at=now):
        return False
    if notice.staff_id in _staff_on_shift_at(notice.clinic, now):
        # The shift was made longer since, or the person goes on in another layer.
        return False
    staff_texts.text_person(
        staff=notice.staff,
        words=lambda: _("Your shift has ended. Alerts go to the next person now. Your shifts:"),
        key=f"shift-end:{notice.pk}",
        path=MY_SHIFTS_PATH,
        now=now,
    )
    return True
