"""Which languages a clinic offers, and whether a person has checked them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from clinic.access import Permission, clinics_with
from clinic.models import Clinic, ClinicLanguage, User

SOURCE = settings.LANGUAGE_CODE


@dataclass(frozen=True)
class LanguageOffer:
    """One language at one clinic: offered or not, checked by a person or a machine's draft."""

    code: str
    name: str
    own_name: str
    offered: bool
    accepted_by: str
    approved_at: datetime | None
    approved_name: str

    @property
    def is_draft(self) -> bool:
        return self.approved_at is None


@dataclass(frozen=True)
class ClinicOffers:
    """All languages that we have, as one clinic stands to them."""

    clinic_id: UUID
    clinic_name: str
    offers: tuple[LanguageOffer, ...]


@dataclass(frozen=True)
class LanguageChoice:
    """A language under its own name, as the person looks for it."""

    code: str
    own_name: str
    is_chosen: bool


@dataclass(frozen=True)
class LanguageChoices:
    """What a family page says about languages; a draft is one that no person has checked."""

    choices: tuple[LanguageChoice, ...]
    is_draft: bool


def choices(clinics: Iterable[Clinic | UUID] | None = None) -> list[tuple[str, str]]:
    """(code, English name) of what these clinics offer, English first; of any clinic without an argument."""
    rows = ClinicLanguage.objects.filter(disabled_at__isnull=True)
    if clinics is not None:
        rows = rows.filter(clinic__in=list(clinics))
    offered = {SOURCE, *rows.values_list("language", flat=True)}
    return [(code, str(name)) for code, name in settings.LANGUAGES if code in offered]


def own_name(code: str) -> str:
    """A language as its readers call it, as a name that stands alone: "Español", "العربيّة"."""
    return capfirst(str(get_language_info(code)["name_local"]))


def language_choices(*, language: str, clinics: Iterable[Clinic] = ()) -> LanguageChoices:
    """For the pages of these clinics' families, or of visitors where no clinic is known. One query."""
    clinic_ids = {clinic.pk for clinic in clinics}
    rows = ClinicLanguage.objects.filter(disabled_at__isnull=True)
    if clinic_ids:
        rows = rows.filter(clinic__in=clinic_ids)
    found = list(rows.values_list("clinic_id", "language", "approved_at"))
    offered = {SOURCE, language, *(code for _, code, _ in found)}
    checked = {clinic_id for clinic_id, code, at in found if code == language and at}
    return LanguageChoices(
        choices=tuple(
            LanguageChoice(code, own_name(code), code == language)
            for code, _ in settings.LANGUAGES
            if code in offered
        ),
        is_draft=language != SOURCE and (not clinic_ids or checked != clinic_ids),
    )


def of_clinics(*, user: User) -> tuple[ClinicOffers, ...]:
    """What the clinics that the person administers offer."""
    clinics = list(clinics_with(user, Permission.MANAGE_CLINIC).order_by("name"))
    rows = ClinicLanguage.objects.filter(clinic__in=clinics, disabled_at__isnull=True)
    known = {(row.clinic_id, row.language): row for row in rows.select_related("accepted_by")}
    return tuple(
        ClinicOffers(
            clinic_id=clinic.pk,
            clinic_name=clinic.name,
            offers=tuple(
                _offer(code, known.get((clinic.pk, code)))
                for code, _name in settings.LANGUAGES
                if code != SOURCE
            ),
        )
        for clinic in clinics
    )


def _offer(code: str, row: ClinicLanguage | None) -> LanguageOffer:
    info = get_language_info(code)
    return LanguageOffer(
        code=code,
        name=str(info["name_translated"]),
        own_name=own_name(code),
        offered=row is not None,
        accepted_by=row.accepted_by.name if row and row.accepted_by else "",
        approved_at=row.approved_at if row else None,
        approved_name=row.approved_name if row else "",
    )
