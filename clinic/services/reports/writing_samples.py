"""Writing samples: stores the daily sentence, shows it to those who may see it, deletes it after a time."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clinic.access import get_cared_for, get_writing_sample
from clinic.models import User, WritingSample
from clinic.queries.patients.deletions import open_holds
from clinic.rules.patients.life_events import OVER
from clinic.rules.protocols.document.phases import day_of
from clinic.services.core import audit
from clinic.services.reports import pictures


def keep(*, patient_id: UUID, by: User, data: bytes, now: datetime) -> WritingSample:
    """Store one sentence as a picture that holds nothing else. NotVisible, TooLarge, NotAPicture."""
    patient = get_cared_for(by, patient_id)
    picture = pictures.clean(data)
    with transaction.atomic():
        sample = WritingSample.objects.create(
            patient=patient,
            author=by,
            picture=picture.data,
            width=picture.width,
            height=picture.height,
            is_baseline=day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone)) < 0,
            written_at=now,
        )
        _audit("writing.kept", sample, by, now)
    return sample


def open_sample(*, sample_id: UUID, by: User, now: datetime) -> WritingSample:
    """One picture, for the family and the staff of its patient; written down that it was seen. NotVisible."""
    sample = get_writing_sample(by, sample_id)
    _audit("writing.viewed", sample, by, now)
    return sample


@transaction.atomic
def delete_expired(*, now: datetime) -> int:
    """Delete expired samples; returns how many.

    A daily sentence after WRITING_DAYS; one from before the infusion when monitoring has ended, because
    until then every other is laid next to it. None while a legal hold stands.
    """
    old = now - timedelta(days=settings.WRITING_DAYS)
    done = Q(is_baseline=False) | Q(patient__status__in=OVER)
    samples = WritingSample.objects.filter(done, written_at__lte=old).defer("picture")
    samples = samples.exclude(patient__in=open_holds().values("patient"))
    rows = list(samples.select_related("patient"))
    for sample in rows:
        _audit("writing.deleted", sample, None, now)
    WritingSample.objects.filter(pk__in=[sample.pk for sample in rows]).delete()
    return len(rows)


def _audit(action: str, sample: WritingSample, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=sample.patient.clinic_id,
        subject_type="writing_sample",
        subject_id=sample.pk,
        patient_id=sample.patient_id,
    )
