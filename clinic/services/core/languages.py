"""Takes a language into use at a clinic, records who has checked it, takes it out of use."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinic.access import Permission, get_clinic, require
from clinic.models import Clinic, ClinicLanguage, User
from clinic.services.core import audit


class UnknownLanguage(Exception):
    """We have no translation into it, or English, which is always there."""


class DraftNotAccepted(Exception):
    """A machine translation is offered only when somebody at the clinic accepts that it is unchecked."""


class NameNeeded(Exception):
    """An approval names the person who has checked the translation."""


def offer(*, clinic_id: UUID, language: str, accepts_draft: bool, by: User, now: datetime) -> ClinicLanguage:
    """Offer it from now on; again changes nothing. UnknownLanguage, DraftNotAccepted."""
    clinic = _managed_clinic(clinic_id, language, by)
    if not accepts_draft:
        raise DraftNotAccepted
    with transaction.atomic():
        row, created = ClinicLanguage.objects.get_or_create(
            clinic=clinic,
            language=language,
            disabled_at=None,
            defaults={"offered_since": now, "accepted_by": by},
        )
        if created:
            _audit("clinic_language.enabled", row, by, now)
    return row


def approve(*, clinic_id: UUID, language: str, name: str, by: User, now: datetime) -> None:
    """Record that this person has checked the translation. UnknownLanguage, NameNeeded."""
    clinic = _managed_clinic(clinic_id, language, by)
    if not name.strip():
        raise NameNeeded
    with transaction.atomic():
        row = _offered_language(clinic, language)
        row.approved_at, row.approved_by, row.approved_name = now, by, name.strip()
        row.save(update_fields=["approved_at", "approved_by", "approved_name"])
        _audit("clinic_language.approved", row, by, now)


def withdraw(*, clinic_id: UUID, language: str, by: User, now: datetime) -> None:
    """Offer it to nobody new. UnknownLanguage where it is not offered."""
    clinic = _managed_clinic(clinic_id, language, by)
    with transaction.atomic():
        row = _offered_language(clinic, language)
        row.disabled_at, row.disabled_by = now, by
        row.save(update_fields=["disabled_at", "disabled_by"])
        _audit("clinic_language.disabled", row, by, now)


def _managed_clinic(clinic_id: UUID, language: str, by: User) -> Clinic:
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.MANAGE_CLINIC, clinic)
    if language == settings.LANGUAGE_CODE or language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language)
    return clinic


def _offered_language(clinic: Clinic, language: str) -> ClinicLanguage:
    rows = ClinicLanguage.objects.select_for_update()
    row = rows.filter(clinic=clinic, language=language, disabled_at__isnull=True).first()
    if row is None:
        raise UnknownLanguage(language)
    return row


def _audit(action: str, row: ClinicLanguage, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=row.clinic_id,
        subject_type="clinic_language",
        subject_id=row.pk,
        detail={"language": row.language},
    )
