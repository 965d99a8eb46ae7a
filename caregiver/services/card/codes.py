"""Codes that show the emergency card to an emergency room for four hours, without a sign-in."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from caregiver.models import CardLink
from caregiver.queries.card import cards
from clinic import refusals
from clinic.access import NotVisible, get_cared_for, patients_cared_for_by
from clinic.models import Clinic, User
from clinic.services.core import audit, rate_limits
from clinic.services.core.tokens import hash_of

CODE_LASTS = timedelta(hours=4)
# A family that creates yet another one has probably lost the first.
MOST_OPEN_CODES = 5
# The card speaks English to its reader, whatever language the family reads.
READERS_LANGUAGE = "en"


class UnknownCode(Exception):
    """There is no such code."""


class CodeEnded(Exception):
    """It has run out or the family has ended it; `clinic` is whom to call."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__("over")
        self.clinic = clinic


class OpenedTooOften(Exception):
    """The card was opened too often; only a machine does that. `clinic` is whom to call all the same."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__("too often")
        self.clinic = clinic


@dataclass(frozen=True)
class NewCode:
    """The code, and the only copy of its address."""

    link: CardLink
    url: str


def create(*, patient_id: UUID, by: User, now: datetime) -> NewCode:
    """A new code for this patient's card; where there are too many, the oldest ends. NotVisible."""
    patient = get_cared_for(by, patient_id)
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        _end_oldest(patient.pk, now)
        link = CardLink.objects.create(
            patient=patient,
            token_hash=hash_of(token),
            made_by=by,
            made_at=now,
            expires_at=now + CODE_LASTS,
        )
        _audit("card_link.made", link, by, now)
    return NewCode(link, f"{settings.PUBLIC_BASE_URL}/er/{token}/")


def end(*, code_id: UUID, by: User, now: datetime) -> None:
    """End a code at once; one that has ended stays as it is. NotVisible."""
    link = _visible(code_id, by)
    with transaction.atomic():
        if CardLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=now):
            _audit("card_link.ended", link, by, now)


def open_card(*, token: str, now: datetime) -> tuple[cards.Card, datetime]:
    """The card behind a code and until when it opens; each look is on record and shown to the family.

    UnknownCode, CodeEnded (also once its maker no longer looks after the patient), OpenedTooOften.
    """
    link = (
        CardLink.objects.select_related("patient__clinic", "made_by")
        .filter(token_hash=hash_of(token))
        .first()
    )
    if link is None:
        raise UnknownCode
    still_theirs = patients_cared_for_by(link.made_by).filter(pk=link.patient_id).exists()
    if link.ended_at is not None or link.expires_at <= now or not still_theirs:
        raise CodeEnded(link.patient.clinic)
    if rate_limits.count_use(kind="card", subject=link.pk):
        raise OpenedTooOften(link.patient.clinic)
    with transaction.atomic():
        _audit(cards.OPENED_ACTION, link, None, now)
    return cards.of_patient(patient=link.patient, language=READERS_LANGUAGE, now=now), link.expires_at


def _end_oldest(patient_id: UUID, now: datetime) -> None:
    still_open = CardLink.objects.filter(patient=patient_id, ended_at=None, expires_at__gt=now)
    too_many = still_open.order_by("-made_at", "pk").values_list("pk", flat=True)[MOST_OPEN_CODES - 1 :]
    CardLink.objects.filter(pk__in=list(too_many)).update(ended_at=now)


def _visible(code_id: UUID, by: User) -> CardLink:
    theirs = CardLink.objects.filter(patient__in=patients_cared_for_by(by)).select_related("patient")
    link = theirs.filter(pk=code_id).first()
    if link is None:
        refusals.record(CardLink, by, "card_link", code_id)
        raise NotVisible("card_link")
    return link


def _audit(action: str, link: CardLink, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=link.patient.clinic_id,
        subject_type="card_link",
        subject_id=link.pk,
        patient_id=link.patient_id,
        actor_kind="" if by else "visitor",
    )
