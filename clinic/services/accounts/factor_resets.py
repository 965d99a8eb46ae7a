"""A lost second factor is taken away by two people: one asks, another agrees, neither is the owner.

One alone could take over any colleague's sign-in whose password they know or set.
"""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from clinic import row_scope
from clinic.access import NotVisible, get_managed_role
from clinic.models import DeskSession, FactorReset, Staff, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.desk.factor_resets import LASTS, undecided
from clinic.services.accounts import own_notices
from clinic.services.accounts.own_notices import Changed
from clinic.services.core import alarms, audit, staff_texts, tokens


class ResetRefused(Exception):
    """It cannot be done so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(*, staff_id: int, reason: str, by: User, now: datetime) -> FactorReset:
    """Ask for it. NotVisible; ResetRefused: "own_factor", "no_reason", "no_factor", "asked_already"."""
    staff = get_managed_role(by, staff_id)
    if staff.user_id == by.pk:
        raise ResetRefused("own_factor")
    if not reason.strip():
        raise ResetRefused("no_reason")
    if staff.ended_at is not None or not Authenticator.objects.filter(user=staff.user).exists():
        raise ResetRefused("no_factor")
    try:
        with transaction.atomic():
            lapsed = undecided().filter(user=staff.user_id, asked_at__lte=now - LASTS)
            lapsed.update(withdrawn_at=now, withdrawn_by=by)
            reset = FactorReset.objects.create(
                staff=staff, user=staff.user, reason=reason.strip(), asked_at=now, asked_by=by
            )
            _audit("factor_reset.asked", reset, by, now)
    except IntegrityError as error:
        raise ResetRefused("asked_already") from error
    return reset


def agree(*, reset_id: UUID, by: User, now: datetime) -> FactorReset:
    """The second person: factors, sessions and API tokens end.

    NotVisible; ResetRefused: "second_person", "lead_needed", "closed".
    """
    visible = _visible(reset_id, by)
    if by.pk in {visible.user_id, visible.asked_by_id}:
        raise ResetRefused("second_person")
    if not _is_led_by_one_of(visible, by):
        raise ResetRefused("lead_needed")
    with transaction.atomic():
        reset = _locked_open(visible.pk)
        if reset is None or reset.asked_at <= now - LASTS:
            raise ResetRefused("closed")
        reset.done_at, reset.done_by = now, by
        reset.save(update_fields=["done_at", "done_by"])
        Authenticator.objects.filter(user=reset.user_id).delete()
        User.objects.filter(pk=reset.user_id).update(signed_out_at=now)
        DeskSession.objects.filter(user=reset.user_id).delete()
        tokens.revoke_all(user=reset.user, because="factor", by=by, now=now)
        _audit("factor_reset.done", reset, by, now)
        _tell_leads(reset, now)
        own_notices.tell_changed(user=reset.user, what=Changed.FACTOR, now=now)
        return reset


def withdraw(*, reset_id: UUID, by: User, now: datetime) -> FactorReset:
    """Whoever asked takes it back, or another says no. NotVisible; ResetRefused("closed")."""
    visible = _visible(reset_id, by)
    with transaction.atomic():
        reset = _locked_open(visible.pk)
        if reset is None:
            raise ResetRefused("closed")
        reset.withdrawn_at, reset.withdrawn_by = now, by
        reset.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _audit("factor_reset.withdrawn", reset, by, now)
        return reset


def _visible(reset_id: UUID, by: User) -> FactorReset:
    reset = FactorReset.objects.filter(pk=reset_id).first()
    if reset is None:
        raise NotVisible("factor_reset")
    get_managed_role(by, reset.staff_id)
    return reset


def _is_led_by_one_of(reset: FactorReset, by: User) -> bool:
    """Operators could make each other, so one of the two leads the clinic, where anybody else does."""
    leads = {lead.user_id for lead in staff_texts.administrators(reset.staff.clinic_id)} - {reset.user_id}
    return not leads or bool(leads & {by.pk, reset.asked_by_id})


@row_scope.everything()
def _tell_leads(reset: FactorReset, now: datetime) -> None:
    """Whoever signs in next as this person sets up a new factor: every clinic of theirs hears of it."""
    clinics = Staff.objects.filter(user=reset.user_id, ended_at__isnull=True)
    for clinic_id in clinics.values_list("clinic_id", flat=True):
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.ACCESS_GIVEN, subject=reset.user_id, now=now)


def _locked_open(reset_id: UUID) -> FactorReset | None:
    return undecided().select_for_update().filter(pk=reset_id).first()


def _audit(action: str, reset: FactorReset, by: User, now: datetime) -> None:
    clinics = Staff.objects.filter(user=reset.user_id, ended_at__isnull=True)
    audit.record_at_clinics(
        action=action,
        by=by,
        now=now,
        clinic_ids=list(clinics.values_list("clinic_id", flat=True)),
        subject_type="user",
        subject_id=reset.user_id,
        detail={"asked_by": str(reset.asked_by_id)},
    )
