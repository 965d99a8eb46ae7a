"""Proves that a member of staff can be reached on a number: a code is texted there and typed in here."""

import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic.access import get_own_role
from clinic.models import PhoneCode, Staff, User
from clinic.services.core import audit, released_numbers
from clinic.services.rota import coverage
from notifications.services import outbox

CODE_DIGITS = 6
EXPIRES_AFTER = timedelta(minutes=10)
MAX_TRIES = 5
# Each costs money, and a stranger's number must not be flooded by a signed-in person either.
SENDS, WINDOW = 5, timedelta(hours=1)


class TooManyCodes(Exception):
    """The person asked for too many codes within the hour."""


class CodeWrong(Exception):
    """Not the code, or it is too old, used, or was tried too often: ask for a new one."""


def send_code(*, staff_id: int, phone: str, by: User, now: datetime) -> PhoneCode:
    """Text a code to the number on which the person wants to be paged. NotVisible, TooManyCodes."""
    own = get_own_role(by, staff_id)
    with transaction.atomic():
        return _send_code(Staff.objects.select_for_update().get(pk=own.pk), phone, by, now)


def _send_code(staff: Staff, phone: str, by: User, now: datetime) -> PhoneCode:
    if PhoneCode.objects.filter(staff__user=by, asked_at__gt=now - WINDOW).count() >= SENDS:
        raise TooManyCodes
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    row = PhoneCode(staff=staff, phone=phone, asked_at=now, expires_at=now + EXPIRES_AFTER)
    row.code_hash = _hash(row, code)
    row.save(force_insert=True)
    outbox.queue(
        to=str(row.phone),
        body=_text_body(code, by.language),
        purpose="code",
        dedupe_key=f"phone-code:{row.pk}",
        service="codes",
        expires_at=row.expires_at,
        language=by.language,
        now=now,
    )
    return row


def confirm(*, staff_id: int, code: str, by: User, now: datetime) -> Staff:
    """The code of the newest text: pages go to that number from now on, and it counts. CodeWrong."""
    staff = get_own_role(by, staff_id)
    row = PhoneCode.objects.filter(staff=staff).order_by("-asked_at").first()
    if row is None or not _use_one_try(row, now):
        raise CodeWrong
    typed = "".join(character for character in code if character.isdigit())
    if not hmac.compare_digest(row.code_hash, _hash(row, typed)):
        raise CodeWrong
    return _mark_verified(row, by, now)


def _use_one_try(row: PhoneCode, now: datetime) -> bool:
    """Count the try before comparing, in one statement: parallel tries cannot exceed the limit."""
    alive = PhoneCode.objects.filter(pk=row.pk, used_at__isnull=True, tries__lt=MAX_TRIES, expires_at__gt=now)
    return bool(alive.update(tries=F("tries") + 1))


@transaction.atomic
def _mark_verified(row: PhoneCode, by: User, now: datetime) -> Staff:
    if not PhoneCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now):
        raise CodeWrong
    staff = Staff.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=row.staff_id)
    old = str(staff.phone or "")
    staff.phone, staff.phone_verified_at, staff.phone_tested_at = row.phone, now, now
    staff.save(update_fields=["phone", "phone_verified_at", "phone_tested_at"])
    released_numbers.release(old=old, now=now)
    audit.record(
        action="staff.phone_verified",
        by=by,
        now=now,
        clinic_id=staff.clinic_id,
        subject_type="staff",
        subject_id=staff.pk,
    )
    coverage.check_clinic(clinic=staff.clinic, now=now)
    return staff


def _text_body(code: str, language: str) -> str:
    """The last line lets phones fill the code in, and only on our own site."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    with translation.override(language):
        text = _("Your code is %(code)s. It works for 10 minutes. Do not share it.") % {"code": code}
    return f"{text}\n\n@{host} #{code}"


def _hash(row: PhoneCode, code: str) -> str:
    return salted_hmac("clinic.phone-check", f"{row.pk}:{code}", algorithm="sha256").hexdigest()
