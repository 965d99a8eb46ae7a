"""What a person chose for themselves: language, unit, reminders, quiet hours, word back, telephone."""

from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from clinic.models import User
from clinic.models.word_back import WordBackChannel
from clinic.queries.core import languages
from clinic.services.core import devices
from clinic.services.patients import keypad_codes, text_consent
from notifications.queries import standings
from notifications.rules.standings import Standing

# The wording beside the box, of the invitation and in the settings. Another wording, another name.
REMINDERS_TEXT = "reminders-1"


def choose_language(*, by: User, language: str) -> bool:
    """Speak this language from now on; False for one that no clinic of theirs offers."""
    links = by.care_links.filter(ended_at__isnull=True)
    clinics = set(links.values_list("patient__clinic_id", flat=True))
    if language not in {by.language, *(code for code, _name in languages.choices(clinics or None))}:
        return False
    by.language = language
    by.save(update_fields=["language"])
    return True


def choose_unit(*, by: User, unit: str) -> None:
    """Offer this temperature unit first; any other word is ignored."""
    if unit in {"C", "F"}:
        by.temperature_unit = unit
        by.save(update_fields=["temperature_unit"])


def choose_word_back(*, by: User, by_way: str, taken: bool, unreached: bool, closed: bool) -> None:
    """Hear of these by this way from now on; clinic/services/patients/word_back.py sends it."""
    by.hears_back_by = by_way
    by.hears_taken, by.hears_unreached, by.hears_closed = taken, unreached, closed
    by.save(update_fields=["hears_back_by", "hears_taken", "hears_unreached", "hears_closed"])


def hear_on_device(*, by: User, endpoint: str, p256dh: str, auth: str, label: str, now: datetime) -> UUID:
    """Show this person's notes on this device from now on, in place of texts; the device's id.

    Not one transaction: the device's address is looked up on the way. devices.NotAPushAddress.
    """
    added = devices.add(by=by, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, now=now)
    by.hears_back_by = WordBackChannel.PUSH
    by.save(update_fields=["hears_back_by"])
    return added


@transaction.atomic
def choose_keypad(*, by: User, called: bool, code: str, now: datetime) -> None:
    """Be called at check-ins or not, and a new code where one was typed. WeakCode, NoNumber, CodeNeeded."""
    if code:
        keypad_codes.set_own(by=by, code=code, now=now)
    keypad_codes.choose_calls(by=by, wanted=called, now=now)


@transaction.atomic
def choose_reminders(*, by: User, wanted: bool, quiet_from: time, quiet_until: time, now: datetime) -> None:
    """Remind this person outside their quiet hours, or not at all; equal hours mean at any hour."""
    by.quiet_from, by.quiet_until = quiet_from, quiet_until
    by.save(update_fields=["quiet_from", "quiet_until"])
    standing = standings([str(by.phone or "")])[str(by.phone or "")]
    agreed = standing in {Standing.ON, Standing.UNREACHABLE}
    if wanted and not agreed:
        text_consent.agree(by=by, text_version=REMINDERS_TEXT, now=now)
    # An unticked box after a STOP says nothing new, and START must be able to undo the STOP.
    if agreed and not wanted:
        text_consent.decline(by=by, now=now)
