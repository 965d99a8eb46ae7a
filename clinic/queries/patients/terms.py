"""Which terms are in force, the product's and a clinic's own, and whether somebody has agreed to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import get_language, get_language_info

from clinic.access import Permission, choose_clinic
from clinic.models import CareTeamMember, Clinic, ClinicTerms, TermsAcceptance, User
from clinic.queries.core import languages

# Grows when the text of the terms page changes in a way that people must agree to anew.
VERSION = "2026-11"
# In the order in which they are read.
KINDS = ("terms", "privacy")
# Everybody whom a large centre follows fits; beyond that the page says how many are left.
LISTED_AT_MOST = 500


@dataclass(frozen=True)
class ShownText:
    """One text in the language in which there is one."""

    text: str
    language: str
    right_to_left: bool


@dataclass(frozen=True)
class ShownTerms:
    """A clinic's own terms as somebody reads them now."""

    pk: int
    clinic: Clinic
    number: int
    published_at: datetime
    terms: ShownText
    privacy: ShownText


@dataclass(frozen=True)
class Agreement:
    """Somebody who looks after a patient here, and the newest version to which they agreed."""

    name: str
    number: int | None
    accepted_at: datetime | None
    is_owed: bool


@dataclass(frozen=True)
class TermsPage:
    """What an administrator sees of a clinic's own terms: each version with how many agreed to it."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    versions: tuple[tuple[ClinicTerms, int], ...]
    languages: tuple[tuple[str, str], ...]

    @property
    def latest(self) -> ClinicTerms | None:
        return self.versions[0][0] if self.versions else None


@dataclass(frozen=True)
class AgreementsPage:
    """Who has agreed. `left`: so many more there are. `is_asked`: a version is published that asks for it."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    people: tuple[Agreement, ...]
    left: int
    is_asked: bool


def are_owed(*, user: User) -> bool:
    """Whether this person has not agreed to a version in force, ours or a clinic's. Nothing waits for it."""
    accepted = TermsAcceptance.objects.filter(user=user)
    owed = ~Exists(accepted.filter(version=VERSION)) | Exists(_owed_to_clinics(user))
    return User.objects.filter(owed, pk=user.pk).exists()


def own_of(*, clinics: Iterable[Clinic]) -> list[ShownTerms]:
    """The version in force of each clinic that has terms of its own, in the reader's language or English."""
    rows = ClinicTerms.objects.filter(clinic__in=[one.pk for one in clinics])
    newest = ClinicTerms.objects.filter(clinic=OuterRef("clinic")).order_by("-number").values("number")[:1]
    found = rows.filter(number=Subquery(newest)).select_related("clinic").order_by("clinic__name", "pk")
    return [_shown(one) for one in found]


def of_clinic(*, user: User, clinic_slug: str) -> TermsPage:
    """That of the named clinic, or of the person's first one. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_CLINIC)
    versions = list(ClinicTerms.objects.filter(clinic=clinic).select_related("published_by"))
    agreed: dict[int, int] = {}
    for pk in TermsAcceptance.objects.filter(clinic_terms__clinic=clinic).values_list(
        "clinic_terms", flat=True
    ):
        agreed[pk] = agreed.get(pk, 0) + 1
    return TermsPage(
        clinic=clinic,
        clinics=clinics,
        versions=tuple((one, agreed.get(one.pk, 0)) for one in versions),
        languages=tuple(languages.choices([clinic])),
    )


def agreements_of(*, user: User, clinic_slug: str) -> AgreementsPage:
    """Everybody who looks after a patient there now, those who still owe it first. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_CLINIC)
    accepted = TermsAcceptance.objects.filter(user=OuterRef("pk"), clinic_terms__clinic=clinic).order_by(
        "-clinic_terms__number"
    )
    caring = CareTeamMember.objects.filter(patient__clinic=clinic, ended_at=None).values("user")
    people = User.objects.filter(pk__in=caring, is_active=True).annotate(
        number=Subquery(accepted.values("clinic_terms__number")[:1]),
        accepted_at=Subquery(accepted.values("accepted_at")[:1]),
    )
    must = ClinicTerms.objects.filter(clinic=clinic, asks_again=True).order_by("-number").first()
    found = [
        Agreement(
            name=str(one.name),
            number=one.number,
            accepted_at=one.accepted_at,
            is_owed=must is not None and (one.number or 0) < must.number,
        )
        for one in people.order_by(F("number").asc(nulls_first=True), "name")[:LISTED_AT_MOST]
    ]
    left = max(0, people.count() - LISTED_AT_MOST) if len(found) == LISTED_AT_MOST else 0
    return AgreementsPage(
        clinic=clinic, clinics=clinics, people=tuple(found), left=left, is_asked=must is not None
    )


def lacking_languages(clinic: Clinic) -> list[str]:
    """The languages that it offers its families and in which its own terms are not; all without any."""
    newest = ClinicTerms.objects.filter(clinic=clinic).order_by("-number").first()
    texts = newest.texts if newest else {}
    offered = [code for code, _name in languages.choices([clinic])]
    return [code for code in offered if not all(texts.get(code, {}).get(kind) for kind in KINDS)]


def _owed_to_clinics(user: User) -> QuerySet[ClinicTerms]:
    """Versions that ask again, of clinics of those whom they look after, with none as new agreed to."""
    caring = CareTeamMember.objects.filter(user=user, ended_at=None).values("patient__clinic")
    as_new = TermsAcceptance.objects.filter(
        user=user,
        clinic_terms__clinic=OuterRef("clinic"),
        clinic_terms__number__gte=OuterRef("number"),
    )
    return ClinicTerms.objects.filter(~Exists(as_new), Q(clinic__in=caring), asks_again=True)


def _shown(row: ClinicTerms) -> ShownTerms:
    terms, privacy = (_in_language(row, kind) for kind in KINDS)
    return ShownTerms(row.pk, row.clinic, row.number, row.published_at, terms, privacy)


def _in_language(row: ClinicTerms, kind: str) -> ShownText:
    wanted = get_language() or settings.LANGUAGE_CODE
    language = wanted if row.texts.get(wanted, {}).get(kind) else settings.LANGUAGE_CODE
    text = row.texts.get(language, {}).get(kind, "")
    return ShownText(text, language, bool(get_language_info(language)["bidi"]))
