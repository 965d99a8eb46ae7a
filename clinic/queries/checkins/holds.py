"""Families to whom nothing automatic is sent, because a person must read first what they wrote."""

from collections.abc import Collection
from uuid import UUID

from clinic.models import CareTeamMember, SystemAlarm
from clinic.models.system_alarm import AlarmKind

HOLDING = (AlarmKind.HELP_ASKED, AlarmKind.DEATH_TOLD)


def held(patient_ids: Collection[UUID]) -> set[UUID]:
    """Those of the patients whose family waits for a person to look; until then it hears nothing of ours."""
    waiting = SystemAlarm.objects.filter(kind__in=HOLDING, cleared_at__isnull=True)
    members = [int(subject) for subject in waiting.values_list("subject", flat=True)]
    if not members:
        return set()
    links = CareTeamMember.objects.filter(pk__in=members, patient__in=patient_ids)
    return set(links.values_list("patient_id", flat=True))


def is_held(patient_id: UUID) -> bool:
    """Whether that holds for one patient."""
    return bool(held([patient_id]))
