"""What the family's side keeps of phones and codes goes when it has long ended; docs/data.md."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from caregiver.models import CardLink, Phone
from clinic.rules.patients.retention import days_before
from clinic.services.core.kept import Kind


def _ended(now: datetime) -> datetime:
    return days_before(now, settings.RETENTION_SIGN_INS_DAYS)


def _phones(now: datetime) -> QuerySet[Phone]:
    over = Q(expires_at__lt=_ended(now)) | Q(revoked_at__lt=_ended(now))
    return Phone.objects.filter(over) if settings.RETENTION_SIGN_INS_DAYS else Phone.objects.none()


def _card_links(now: datetime) -> QuerySet[CardLink]:
    rows = CardLink.objects.filter(expires_at__lt=_ended(now))
    return rows if settings.RETENTION_SIGN_INS_DAYS else rows.none()


KINDS = (Kind("phones", _phones), Kind("card_codes", _card_links))
