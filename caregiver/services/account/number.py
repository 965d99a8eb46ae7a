"""A person's own new number, proven by a code that is texted to it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from caregiver.services.account import codes
from caregiver.services.account.preferences import REMINDERS_TEXT
from clinic.models import User
from clinic.services.patients import number_changes, text_consent


def ask_code(*, by: User, phone: str, source: str, now: datetime) -> codes.RequestedCode:
    """Text a code to the new number. SameNumber, CannotBeTexted, TooManyCodes."""
    number_changes.require_possible(user=by, phone=phone)
    with transaction.atomic():
        return codes.issue(phone=phone, user=by, source=source, now=now, for_number_change=True)


def confirm(*, by: User, code_id: UUID, code: str, wants_reminders: bool, now: datetime) -> None:
    """The number is theirs from now on; reminders go there only if they agree to that.

    WrongCode, DeadCode; NumberOfStranger, CannotBeTexted, and then nothing has changed.
    """
    row = codes.try_code(code_id=code_id, code=code, now=now, for_number_change=True)
    if row is None or row.user_id != by.pk:
        codes.refuse(code_id)
        return
    with transaction.atomic():
        if not codes.use_up(row, now):
            raise codes.DeadCode
        number_changes.change(user=by, phone=str(row.phone), now=now)
        if wants_reminders:
            text_consent.agree(by=by, text_version=REMINDERS_TEXT, now=now)
