"""What lets somebody in at a clinic that has people takes two: an operator asks, a lead of the clinic agrees.

A role, another person's password, the address they sign in with. Nobody asks for themselves. Where a clinic
has no other lead, another operator agrees, and the alarm at the clinic stays.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from clinic import row_scope
from clinic.access import get_access_request
from clinic.models import AccessRequest, Clinic, DeskSession, Staff, User
from clinic.models.access_request import AccessKind
from clinic.models.system_alarm import AlarmKind
from clinic.services.accounts import operators, own_notices
from clinic.services.accounts.own_notices import Changed
from clinic.services.core import alarms, audit, staff_texts
from clinic.services.rota import coverage

# Whoever agrees should still know why.
LASTS = timedelta(days=7)


class RequestRefused(Exception):
    """It cannot be done so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def needs_second_for_role(clinic: Clinic) -> bool:
    """Whether a role there has to be agreed to: not while a clinic is set up and has had nobody."""
    return Staff.objects.filter(clinic=clinic).exists()


def clinic_to_ask(user: User) -> Clinic | None:
    """Who is asked before somebody else changes how this person signs in: a clinic of theirs, led if any is.

    None where they have no role: nobody's patients can be seen with such a sign-in.
    """
    roles = Staff.objects.filter(user=user, ended_at__isnull=True).select_related("clinic")
    clinics = [one.clinic for one in roles.order_by("pk")]
    return next((one for one in clinics if _leads_beside(one.pk, user.pk)), clinics[0] if clinics else None)


def ask(
    *,
    clinic: Clinic,
    user: User,
    kind: AccessKind,
    by: User,
    now: datetime,
    role: str = "",
    phone: str | None = None,
    value: str = "",
) -> AccessRequest:
    """Ask for it; nothing has changed until somebody agrees. RequestRefused: "own", "asked_already"."""
    if user.pk == by.pk:
        raise RequestRefused("own")
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(
                clinic=clinic,
                user=user,
                kind=kind,
                role=role,
                phone=phone or None,
                value=value,
                asked_at=now,
                asked_by=by,
            )
            _audit("access_request.asked", request, by, now)
            alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.ACCESS_ASKED, subject=request.pk, now=now)
    except IntegrityError as error:
        raise RequestRefused("asked_already") from error
    return request


def agree(*, request_id: UUID, by: User, now: datetime) -> AccessRequest:
    """The second person: it is done now.

    NotVisible; RequestRefused: "second_person", "lead_needed", "closed", "cannot" (a role or an address that
    somebody has by now).
    """
    visible = get_access_request(by, request_id)
    if by.pk in {visible.user_id, visible.asked_by_id}:
        raise RequestRefused("second_person")
    if not is_lead(by, visible) and _leads_beside(visible.clinic_id, visible.user_id):
        raise RequestRefused("lead_needed")
    try:
        # The person may work at other clinics too, whose leads hear of it.
        with row_scope.everything(), transaction.atomic():
            request = _locked_open(visible)
            _DO[AccessKind(request.kind)](request, by, now)
            request.done_at, request.done_by, request.value = now, by, ""
            request.save(update_fields=["done_at", "done_by", "value"])
            _audit("access_request.done", request, by, now)
            _clear(request, by, now)
            return request
    except IntegrityError as error:
        raise RequestRefused("cannot") from error


def withdraw(*, request_id: UUID, by: User, now: datetime) -> AccessRequest:
    """A lead says no, or an operator takes it back. NotVisible; RequestRefused("closed")."""
    visible = get_access_request(by, request_id)
    with transaction.atomic():
        request = _locked_open(visible)
        _withdraw(request, by, now)
        return request


def close_lapsed(*, now: datetime) -> int:
    """Nobody has answered for a week; returns how many requests end so."""
    lapsed = open_ones().filter(asked_at__lte=now - LASTS)
    closed = 0
    for found in lapsed.order_by("asked_at", "pk"):
        with transaction.atomic():
            try:
                _withdraw(_locked_open(found), None, now)
            except RequestRefused:
                continue
            closed += 1
    return closed


def open_ones() -> QuerySet[AccessRequest]:
    """Requests that nobody has decided."""
    return AccessRequest.objects.filter(done_at__isnull=True, withdrawn_at__isnull=True)


def is_lead(person: User, request: AccessRequest) -> bool:
    """Whether the person leads the clinic that is asked."""
    return any(lead.user_id == person.pk for lead in staff_texts.administrators(request.clinic_id))


def _leads_beside(clinic_id: UUID, user_id: UUID) -> bool:
    return any(lead.user_id != user_id for lead in staff_texts.administrators(clinic_id))


def _locked_open(visible: AccessRequest) -> AccessRequest:
    rows = open_ones().select_for_update(of=("self",), no_key=True).select_related("user", "clinic")
    request = rows.filter(pk=visible.pk).first()
    if request is None:
        raise RequestRefused("closed")
    return request


def _give_role(request: AccessRequest, by: User, now: datetime) -> None:
    if not request.user.is_active:
        raise RequestRefused("cannot")
    staff = Staff.objects.create(
        user=request.user, clinic=request.clinic, role=request.role, phone=request.phone, created_at=now
    )
    operators.record_role(
        staff=staff,
        fields=(),
        is_new=True,
        by=request.asked_by,
        now=now,
        is_agreed=is_lead(by, request),
    )
    coverage.check_clinic(clinic=request.clinic, now=now)


def _set_password(request: AccessRequest, by: User, now: datetime) -> None:
    _change_sign_in(request, "password", by, now)


def _set_address(request: AccessRequest, by: User, now: datetime) -> None:
    _change_sign_in(request, "email", by, now)


def _change_sign_in(request: AccessRequest, field: str, by: User, now: datetime) -> None:
    """As the hash was made when it was typed. Every session and token of the person ends with it."""
    own_notices.tell_changed(user=request.user, what=_CHANGED[field], now=now)
    setattr(request.user, field, request.value)
    request.user.signed_out_at = now
    request.user.save(update_fields=[field, "signed_out_at"])
    DeskSession.objects.filter(user=request.user).delete()
    operators.record_sign_in(
        user=request.user,
        fields=[field],
        is_new=False,
        by=request.asked_by,
        now=now,
        agreed_at=(request.clinic_id,) if is_lead(by, request) else (),
    )


_CHANGED = {"password": Changed.PASSWORD, "email": Changed.ADDRESS}
_DO = {
    AccessKind.ROLE: _give_role,
    AccessKind.PASSWORD: _set_password,
    AccessKind.ADDRESS: _set_address,
}


def _withdraw(request: AccessRequest, by: User | None, now: datetime) -> None:
    request.withdrawn_at, request.withdrawn_by, request.value = now, by, ""
    request.save(update_fields=["withdrawn_at", "withdrawn_by", "value"])
    _audit("access_request.withdrawn", request, by, now)
    _clear(request, by, now)


def _clear(request: AccessRequest, by: User | None, now: datetime) -> None:
    kind = AlarmKind.ACCESS_ASKED
    alarms.clear(clinic_id=request.clinic_id, kind=kind, subject=request.pk, now=now, by=by)


def _audit(action: str, request: AccessRequest, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=request.clinic_id,
        subject_type="user",
        subject_id=request.user_id,
        detail={
            "request": str(request.pk),
            "kind": request.kind,
            "role": request.role,
            "asked_by": str(request.asked_by_id),
        },
    )
