"""A clinic's own terms of use and privacy notice: a new version takes the place of the one before."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinic.access import Permission, get_clinic, require
from clinic.models import Clinic, ClinicTerms, User
from clinic.models.clinic_terms import TEXT_AT_MOST
from clinic.queries.patients.terms import KINDS
from clinic.services.core import audit

Texts = Mapping[str, Mapping[str, str]]


class EnglishNeeded(Exception):
    """Both texts are there in English: whoever reads another language that is missing gets that one."""


class TooLong(Exception):
    """A text is longer than anybody reads on a phone."""


class PublishedMeanwhile(Exception):
    """Another administrator published a version since this form was opened: `latest`."""

    def __init__(self, latest: ClinicTerms) -> None:
        super().__init__()
        self.latest = latest


def publish(
    *, clinic_id: UUID, texts: Texts, asks_again: bool, seen: int, by: User, now: datetime
) -> ClinicTerms:
    """Put these texts, by language and kind, in force. The same texts again are no new version.

    `seen`: the number of the version on which this one builds, 0 for none. `asks_again`: whoever agreed to an
    earlier one is asked; the first one always asks. NotVisible, NotAllowed, EnglishNeeded, TooLong,
    PublishedMeanwhile.
    """
    require(by, Permission.MANAGE_CLINIC, get_clinic(by, clinic_id))
    written = _written(texts)
    if not all(written.get(settings.LANGUAGE_CODE, {}).get(kind) for kind in KINDS):
        raise EnglishNeeded
    if any(len(text) > TEXT_AT_MOST for kinds in written.values() for text in kinds.values()):
        raise TooLong
    with transaction.atomic():
        # Two who publish at once: the second one waits here, and then finds the first one's.
        clinic = Clinic.objects.select_for_update().get(pk=clinic_id)
        latest = ClinicTerms.objects.filter(clinic=clinic).order_by("-number").first()
        number = latest.number if latest else 0
        if latest is not None and latest.texts == written:
            return latest
        if latest is not None and number != seen:
            raise PublishedMeanwhile(latest)
        row = ClinicTerms.objects.create(
            clinic=clinic,
            number=number + 1,
            texts=written,
            asks_again=asks_again or latest is None,
            published_at=now,
            published_by=by,
        )
        audit.record(
            action="clinic_terms.published",
            by=by,
            now=now,
            clinic_id=clinic.pk,
            subject_type="clinic_terms",
            subject_id=row.pk,
            detail={"number": row.number, "languages": sorted(written), "asks_again": row.asks_again},
        )
    return row


def note_agreements_read(*, clinic: Clinic, by: User, now: datetime) -> None:
    """That somebody looked at who has agreed: these are names of families."""
    audit.record(
        action="clinic_terms.agreements_read",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="clinic",
        subject_id=clinic.pk,
    )


def _written(texts: Texts) -> dict[str, dict[str, str]]:
    """What is there, with the ends of lines as one kind of browser writes them."""
    found = {
        language: {
            kind: text
            for kind in KINDS
            if (text := kinds.get(kind, "").replace("\r\n", "\n").replace("\x00", "").strip())
        }
        for language, kinds in texts.items()
    }
    return {language: kinds for language, kinds in found.items() if kinds}
