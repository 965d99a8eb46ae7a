"""What is said at once, and once, to a family that asks for help by text."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from clinic.queries.patients import family_texts
from notifications.queries import replies_since

ONE_ANSWER_IN = timedelta(hours=1)


def answer(*, from_phone: str, now: datetime) -> str | None:
    """Nobody may wait for an answer to a text, however fast staff are. None for strangers and repeats."""
    link = family_texts.writers(from_phone, now=now).first()
    if link is None or replies_since(from_phone, now - ONE_ANSWER_IN):
        return None
    clinic = link.patient.clinic
    with translation.override(link.user.language):
        return _(
            "Do not wait for a text. If it cannot wait, call %(n)s. Or call us at any hour: %(phone)s"
        ) % {
            "n": clinic.emergency_number,
            "phone": clinic.line_phone.as_international,
        }
