"""A person's own short code for calls, and whether a clinic asks for it. The code itself is kept nowhere."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from clinic.access import Permission, require
from clinic.models import CallCode, Clinic, User
from clinic.rules.desk.lock import is_weak
from clinic.rules.paging.replies import CODE_DIGITS
from clinic.services.core import audit


class WeakCode(Exception):
    """Not four digits, all the same, or in a row."""


def has(user: User) -> bool:
    """Whether the person has set a code."""
    return CallCode.objects.filter(user=user).exists()


def is_theirs(user: User, digits: str) -> bool:
    """Whether these digits are the person's code."""
    stored = CallCode.objects.filter(user=user).values_list("code_hash", flat=True).first()
    return stored is not None and check_password(digits, stored)


@transaction.atomic
def set_own(*, by: User, code: str, now: datetime) -> None:
    """Set or change one's own code. WeakCode."""
    if len(code) != CODE_DIGITS or is_weak(code):
        raise WeakCode
    CallCode.objects.update_or_create(user=by, defaults={"code_hash": make_password(code), "set_at": now})
    audit.record(action="call_code.set", by=by, now=now, subject_type="user", subject_id=by.pk)


def ask_in_calls(*, clinic: Clinic, by: User, required: bool, now: datetime) -> bool:
    """Whether a call is answered only with the code; False when it was so already. NotAllowed."""
    require(by, Permission.MANAGE_PAGING, clinic)
    with transaction.atomic():
        changed = Clinic.objects.filter(pk=clinic.pk, call_code_required=not required)
        if not changed.update(call_code_required=required):
            return False
        audit.record(
            action="call_code.required" if required else "call_code.not_required",
            by=by,
            now=now,
            clinic_id=clinic.pk,
            subject_type="clinic",
            subject_id=clinic.pk,
        )
        return True
