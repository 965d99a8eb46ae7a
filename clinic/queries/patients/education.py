"""Which guidance each caregiver has read and whether they passed its question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clinic.models import GuidanceReading, Patient


@dataclass(frozen=True)
class ReadGuidance:
    """One page that somebody has read; `passed_at` is set once its question was answered rightly."""

    slug: str
    title: str
    version: int
    is_variant: bool
    read_at: datetime
    passed_at: datetime | None


@dataclass(frozen=True)
class CaregiverReading:
    """All that one caregiver has read for a patient, the newest first."""

    name: str
    readings: tuple[ReadGuidance, ...]

    @property
    def passed(self) -> tuple[ReadGuidance, ...]:
        return tuple(page for page in self.readings if page.passed_at)


def of_patient(*, patient: Patient) -> tuple[CaregiverReading, ...]:
    """Caregivers whose access has not ended, by name; one query. The caller has checked who may see it."""
    rows = GuidanceReading.objects.filter(
        patient=patient, user__care_links__patient=patient, user__care_links__ended_at__isnull=True
    )
    found: dict[str, list[GuidanceReading]] = {}
    for row in rows.select_related("user").order_by("user__name", "user_id", "-read_at"):
        found.setdefault(str(row.user_id), []).append(row)
    return tuple(CaregiverReading(group[0].user.name, _pages(group)) for group in found.values())


def has_read_enough(*, patient: Patient, read: int = 5, passed: int = 3) -> bool:
    """Whether one caregiver has read so many pages and passed so many questions."""
    return any(len(one.readings) >= read and len(one.passed) >= passed for one in of_patient(patient=patient))


def _pages(rows: Iterable[GuidanceReading]) -> tuple[ReadGuidance, ...]:
    return tuple(
        ReadGuidance(row.slug, row.title, row.version, row.is_variant, row.read_at, row.passed_at)
        for row in rows
    )
