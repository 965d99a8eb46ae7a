"""Takes whoever leaves out of everything that the rota is made of."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.models import OnCall, Shift, ShiftNotice, ShiftPattern, ShiftSwap, Staff, User
from clinic.models.rota import SwapState
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import shift_rows
from clinic.services.core import alarms, audit, staff_texts
from clinic.services.rota import coverage

MY_SHIFTS_PATH = "/console/rota/mine/"
# What only the person could have put right, by the id of their role.
_ALARMS = (AlarmKind.DRILL_MISSED, AlarmKind.STAFF_NUMBER)


def take_off(*, staff: Staff, by: User, now: datetime) -> None:
    """End their weekly shifts, shifts with a date, swaps and place on the standing list, from now on.

    A shift that runs ends now, and the past stays readable. Colleagues with whom they had agreed on a swap
    are texted. Runs inside the caller's transaction, after the role has ended.
    """
    listed = OnCall.objects.filter(staff=staff).delete()[0]
    weekly = ShiftPattern.objects.filter(staff=staff, ended_at__isnull=True).update(ended_at=now, ended_by=by)
    shifts = list(Shift.objects.filter(staff=staff, cancelled_at__isnull=True, ends_at__gt=now))
    for shift in shifts:
        _end_shift(shift, by, now)
    swaps = list(
        ShiftSwap.objects.select_for_update(of=("self",))
        .filter(Q(from_staff=staff) | Q(to_staff=staff), state=SwapState.ASKED)
        .select_related("from_staff__user", "from_staff__clinic")
    )
    for swap in swaps:
        _close_swap(swap, staff, by, now)
    audit.record(
        action="rota.left",
        by=by,
        now=now,
        clinic_id=staff.clinic_id,
        subject_type="staff",
        subject_id=staff.pk,
        detail={
            "standing_list": listed,
            "weekly": weekly,
            "shifts": {str(one.pk): one.ends_at.isoformat() for one in shifts},
            "swaps": [one.pk for one in swaps],
        },
    )
    _clear_alarms(staff, now)
    coverage.check_clinic(clinic=staff.clinic, now=now)
    for shift in shifts:
        _text_giver(shift, now)


def _end_shift(shift: Shift, by: User, now: datetime) -> None:
    if shift.starts_at < now:
        Shift.objects.filter(pk=shift.pk).update(ends_at=now)
    else:
        Shift.objects.filter(pk=shift.pk).update(cancelled_at=now, cancelled_by=by)


def _close_swap(swap: ShiftSwap, staff: Staff, by: User, now: datetime) -> None:
    is_giver = swap.from_staff_id == staff.pk
    swap.state, swap.answered_at = (SwapState.WITHDRAWN if is_giver else SwapState.DECLINED), now
    swap.save(update_fields=["state", "answered_at"])
    audit.record(
        action=f"swap.{swap.state}",
        by=by,
        now=now,
        clinic_id=swap.clinic_id,
        subject_type="swap",
        subject_id=swap.pk,
        detail={"left": staff.pk},
    )
    if not is_giver:
        when = swap.starts_at
        staff_texts.text_person(
            staff=swap.from_staff,
            words=lambda: (
                _("Your colleague cannot take your shift on %(when)s.")
                % {"when": staff_texts.clinic_time(when, staff.clinic)}
            ),
            key=f"swap:{swap.pk}:{swap.state}",
            path=MY_SHIFTS_PATH,
            now=now,
        )


def _text_giver(shift: Shift, now: datetime) -> None:
    """Whose shift it was before the swap has it again, if nobody else has, and does not know."""
    if shift.swap_id is None:
        return
    swap = ShiftSwap.objects.select_related("clinic", "from_staff__user", "from_staff__clinic").get(
        pk=shift.swap_id
    )
    begins_at = max(shift.starts_at, now)
    found = shift_rows.load(clinics=[swap.clinic], start=begins_at, end=shift.ends_at)[swap.clinic_id]
    on = [span for span in found.on_at(begins_at) if span.layer == shift.layer]
    if not on or on[0].staff != swap.from_staff_id:
        return
    staff_texts.text_person(
        staff=swap.from_staff,
        words=lambda: (
            _("Your colleague has left, so the shift on %(when)s is yours again.")
            % {"when": staff_texts.clinic_time(begins_at, swap.clinic)}
        ),
        key=f"swap:{swap.pk}:returned",
        path=MY_SHIFTS_PATH,
        now=now,
    )


def _clear_alarms(staff: Staff, now: datetime) -> None:
    for kind in _ALARMS:
        alarms.clear(clinic_id=staff.clinic_id, kind=kind, subject=staff.pk, now=now)
    notices = ShiftNotice.objects.filter(staff=staff, lead_told_at__isnull=False, ends_at__gt=now)
    for notice in notices:
        alarms.clear(clinic_id=staff.clinic_id, kind=AlarmKind.SHIFT_UNCONFIRMED, subject=notice.pk, now=now)
