"""Somebody leaves: a role ends at one clinic, or a sign-in is closed. One act, whatever door it comes by.

What the person has in hand waits again at once, no chain and no shift counts on them, and with their last
role everything ends by which they could still get in.
"""

import logging
from datetime import datetime

from django.db import transaction

from clinic.access import get_managed_role, is_operator
from clinic.models import ApiToken, CalendarFeed, DeskSession, Patient, Staff, User
from clinic.services.accounts import emergency_access, staff_invitations
from clinic.services.core import audit, devices, live, released_numbers
from clinic.services.desk import handovers
from clinic.services.escalations import releases
from clinic.services.patients import watchers
from clinic.services.rota import leavers

logger = logging.getLogger(__name__)


class OwnRole(Exception):
    """Nobody ends their own role on the console: another administrator, or an operator, does."""


def end_role(*, staff_id: int, by: User, now: datetime) -> Staff:
    """End a role for good; who comes back gets a new one. Idempotent. NotVisible, OwnRole."""
    visible = get_managed_role(by, staff_id)
    if visible.user_id == by.pk and not is_operator(by):
        raise OwnRole
    with transaction.atomic():
        if _end_role(visible, by, now):
            _end_sign_ins_of_leaver(visible.user, by, now)
        visible.refresh_from_db()
        return visible


@transaction.atomic
def end_by_directory(*, staff: Staff, goes_on: bool, actor: str, now: datetime) -> None:
    """The hospital's directory gives this role no more. `goes_on`: it gives another one there."""
    audit.record(
        action="staff.no_longer_given",
        by=None,
        now=now,
        clinic_id=staff.clinic_id,
        subject_type="staff",
        subject_id=staff.pk,
        actor_kind=actor,
        detail={"role": staff.role, "goes_on": goes_on},
    )
    if _end_role(staff, staff.user, now) and not goes_on:
        _end_sign_ins_of_leaver(staff.user, staff.user, now)


@transaction.atomic
def close_sign_in(*, user: User, by: User, now: datetime) -> None:
    """Shut a person's sign-in, which ends every role of theirs. The caller has checked that `by` may.

    Opened again, it opens nothing by itself: roles are given anew. Somebody of a family watches no more.
    """
    cared_for = Patient.objects.filter(care_team__user=user, care_team__ended_at__isnull=True).order_by("pk")
    families = list(cared_for.select_for_update(of=("self",), no_key=True))
    roles = Staff.objects.filter(user=user, ended_at__isnull=True).select_related("user", "clinic")
    for staff in roles.order_by("pk"):
        _end_role(staff, by, now)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        audit.record(action="sign_in.closed", by=by, now=now, subject_type="user", subject_id=user.pk)
    user.is_active = False
    for patient in families:
        watchers.sync(patient=patient, now=now)
    _end_sign_ins_of_leaver(user, by, now)


def release_held_without_role(*, now: datetime) -> int:
    """Release what somebody has who may no longer act on it there; returns how many escalations.

    No door should leave anything behind. This is the safety net for a press of "Take it" in the very moment
    of leaving, and for rows that are changed by hand.
    """
    released = 0
    for escalation_id in releases.held_without_role():
        try:
            released += releases.release_held(escalation_id=escalation_id, now=now)
        except Exception:
            logger.exception("an escalation cannot be released", extra={"escalation_id": str(escalation_id)})
    return released


def _end_role(visible: Staff, by: User, now: datetime) -> bool:
    """Locks in their order: escalations, handovers, then the role. False when it had ended before."""
    releases.lock_all(staff=visible)
    handovers.lock_of_leaver(staff=visible)
    rows = Staff.objects.select_for_update(of=("self",), no_key=True).select_related("user", "clinic")
    staff = rows.get(pk=visible.pk)
    if staff.ended_at is not None:
        return False
    staff.ended_at, staff.ended_by = now, by
    staff.save(update_fields=["ended_at", "ended_by"])
    leavers.take_off(staff=staff, by=by, now=now)
    reopened = releases.release_all(staff=staff, by=by, now=now)
    hastened = handovers.hasten_for_leaver(staff=staff, now=now)
    released_numbers.release(old=str(staff.phone or ""), now=now)
    staff_invitations.revoke_of_leaver(staff=staff, by=by, now=now)
    audit.record(
        action="staff.ended",
        by=by,
        now=now,
        clinic_id=staff.clinic_id,
        subject_type="staff",
        subject_id=staff.pk,
        detail={"role": staff.role, "released": reopened, "handovers": hastened},
    )
    # Every open console of the clinic asks again who it is: the person's own closes.
    live.publish_change(clinic_id=staff.clinic_id, kind="staff", ref=staff.pk, level=None, now=now)
    return True


def _end_sign_ins_of_leaver(leaver: User, by: User, now: datetime) -> None:
    """Tokens, sessions, notified browsers and the calendar's address end with the last role."""
    devices.remove_all_of_leaver(leaver=leaver, by=by, now=now)
    if leaver.is_active and Staff.objects.filter(user=leaver, ended_at__isnull=True).exists():
        return
    emergency_access.end_all_of_leaver(leaver=leaver, by=by, now=now)
    User.objects.filter(pk=leaver.pk).update(signed_out_at=now)
    DeskSession.objects.filter(user=leaver).delete()
    tokens = ApiToken.objects.filter(user=leaver, revoked_at__isnull=True)
    token_ids = list(tokens.values_list("pk", flat=True))
    tokens.update(revoked_at=now)
    feeds = CalendarFeed.objects.filter(user=leaver, revoked_at__isnull=True).update(revoked_at=now)
    audit.record(
        action="sign_ins.ended",
        by=by,
        now=now,
        subject_type="user",
        subject_id=leaver.pk,
        detail={"tokens": token_ids, "calendars": feeds},
    )
