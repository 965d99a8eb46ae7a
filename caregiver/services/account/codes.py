"""Six digits, texted to a phone: what they cost to guess and to ask for, whatever they are for."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from caregiver.models import SignInCode
from clinic.models import User
from notifications.services import outbox

CODE_DIGITS = 6
EXPIRES_AFTER = timedelta(minutes=10)
MAX_TRIES = 5
# Counted per number and address; all addresses together have a higher limit. What is asked on a phone on
# which the person was signed in before is counted apart, so that no stranger locks a family out.
SENDS_PER_PAIR, SENDS_PER_NUMBER, NUMBER_WINDOW = 3, 10, timedelta(minutes=15)
# What reaches one number at most, and how much of it is kept for the person's own phone.
TEXTS_PER_HOUR, KEPT_FOR_KNOWN_DEVICES = 5, 2
# Codes of so many families within an hour, on phones that nobody knows, are a program that goes through
# numbers: of a twentieth of all families, and of this many at least.
FLOOD_SHARE, FLOOD_LEAST, FLOOD_WINDOW = 20, 20, timedelta(hours=1)
# Many families share the address of a hospital's wifi.
SENDS_PER_SOURCE, SOURCE_WINDOW = 30, timedelta(hours=1)


class TooManyCodes(Exception):
    """This number or this address asked for too many codes; known and unknown numbers alike."""


class NumberFlooded(TooManyCodes):
    """So many codes were asked for this number that it is no family any more."""


class WrongCode(Exception):
    """Not the code. `tries_left` may be shown: it is counted for unknown numbers too."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(str(tries_left))
        self.tries_left = tries_left


class DeadCode(Exception):
    """Too old, used, tried too often, or never asked for in this browser."""


@dataclass(frozen=True)
class RequestedCode:
    """What the browser that asked must keep."""

    code_id: UUID


def issue(
    *,
    phone: str,
    user: User | None,
    source: str,
    now: datetime,
    for_number_change: bool = False,
    is_known: bool = False,
) -> RequestedCode:
    """Text a code. Without a user the same work is done and undone. TooManyCodes, NumberFlooded.

    `is_known`: asked on a device of theirs. Runs inside the caller's transaction.
    """
    source_hash = _hash(source)
    _one_at_a_time(f"number:{phone}", f"source:{source_hash}")
    if is_known:
        _refuse_too_many_of_known_device(phone, now)
    else:
        _refuse_too_many(phone, source_hash, now)
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    row = SignInCode(
        phone=phone,
        user=user,
        source_hash=source_hash,
        asked_at=now,
        expires_at=now + EXPIRES_AFTER,
        for_number_change=for_number_change,
        from_known_device=is_known,
        is_texted=_texts_left(phone, now) > (0 if is_known else KEPT_FOR_KNOWN_DEVICES),
    )
    row.code_hash = _hash(f"{row.pk}:{code}")
    row.save(force_insert=True)
    _queue_text(row, code, now)
    return RequestedCode(code_id=row.pk)


def try_code(
    *, code_id: UUID, code: str, now: datetime, for_number_change: bool = False
) -> SignInCode | None:
    """Counts a try; the row where it is the code, None where it is not. DeadCode."""
    row = _take_one_try(code_id, for_number_change, now)
    typed = "".join(character for character in code if character.isdigit())
    return row if hmac.compare_digest(row.code_hash, _hash(f"{row.pk}:{typed}")) else None


def refuse(code_id: UUID) -> None:
    """After a try that led nowhere: WrongCode with the tries that are left, or DeadCode."""
    tries = SignInCode.objects.values_list("tries", flat=True).get(pk=code_id)
    if tries >= MAX_TRIES:
        raise DeadCode
    raise WrongCode(MAX_TRIES - tries)


def numbers_asked_by_strangers(*, now: datetime) -> set[str]:
    """The families' numbers for which codes were asked lately on phones that nobody knows."""
    asked = SignInCode.objects.filter(
        from_known_device=False,
        for_number_change=False,
        user__isnull=False,
        asked_at__gt=now - FLOOD_WINDOW,
    )
    return {str(phone) for phone in asked.values_list("phone", flat=True).distinct()}


def use_up(row: SignInCode, now: datetime) -> bool:
    """True for the one request that uses the code."""
    return bool(SignInCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now))


def _refuse_too_many(phone: str, source_hash: str, now: datetime) -> None:
    strangers = SignInCode.objects.filter(from_known_device=False)
    of_number = strangers.filter(phone=phone, asked_at__gt=now - NUMBER_WINDOW)
    of_source = strangers.filter(source_hash=source_hash, asked_at__gt=now - SOURCE_WINDOW)
    if of_number.count() >= SENDS_PER_NUMBER:
        raise NumberFlooded
    if (
        of_number.filter(source_hash=source_hash).count() >= SENDS_PER_PAIR
        or of_source.count() >= SENDS_PER_SOURCE
    ):
        raise TooManyCodes


def _refuse_too_many_of_known_device(phone: str, now: datetime) -> None:
    """Whatever strangers ask meanwhile, from whichever address."""
    own = SignInCode.objects.filter(phone=phone, from_known_device=True, asked_at__gt=now - NUMBER_WINDOW)
    if own.count() >= SENDS_PER_PAIR or not _texts_left(phone, now):
        raise TooManyCodes


def _texts_left(phone: str, now: datetime) -> int:
    """How many more texts may go to the number now."""
    texted = SignInCode.objects.filter(phone=phone, is_texted=True, asked_at__gt=now - timedelta(hours=1))
    return max(0, TEXTS_PER_HOUR - texted.count())


def _one_at_a_time(*names: str) -> None:
    """Requests for the same number, or from the same address, wait for each other until they commit.

    The count before an insert is right only then. SQLite lets one writer in at a time anyway. Always the
    number first, so that no two requests wait for each other.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in names:
            key = int.from_bytes(bytes.fromhex(_hash(name))[:8], signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _queue_text(row: SignInCode, code: str, now: datetime) -> None:
    """Queue the text. Where none may go the same work is done and undone, so it takes as long."""
    language = row.user.language if row.user else settings.LANGUAGE_CODE
    with transaction.atomic():
        outbox.queue(
            to=str(row.phone),
            body=_text_body(code, language),
            purpose="code",
            dedupe_key=f"code:{row.pk}",
            service="codes",
            expires_at=row.expires_at,
            language=language,
            now=now,
        )
        if row.user is None or not row.is_texted:
            transaction.set_rollback(True)


def _text_body(code: str, language: str) -> str:
    """The last line lets phones fill the code in, and only on our own site."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    with translation.override(language):
        text = _("Your code is %(code)s. It works for 10 minutes. Do not share it.") % {"code": code}
    return f"{text}\n\n@{host} #{code}"


def _take_one_try(code_id: UUID, for_number_change: bool, now: datetime) -> SignInCode:
    """Counts before it compares, in one statement: fifty tries at once still get five."""
    alive = SignInCode.objects.filter(
        pk=code_id,
        for_number_change=for_number_change,
        used_at__isnull=True,
        tries__lt=MAX_TRIES,
        expires_at__gt=now,
    )
    if not alive.update(tries=F("tries") + 1):
        raise DeadCode
    return SignInCode.objects.select_related("user").get(pk=code_id)


def _hash(text: str) -> str:
    return salted_hmac("caregiver.sign-in", text, algorithm="sha256").hexdigest()
