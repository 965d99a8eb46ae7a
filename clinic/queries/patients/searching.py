"""Finds patients by whatever is known of them: name, hospital number, a caregiver's name or phone."""

from django.db.models import Q

from clinic.models import CareTeamMember
from clinic.rules.patients.names import wanted


def found_by(typed: str) -> Q:
    """Every word that was typed stands somewhere; the columns are those that DerivedField keeps."""
    words = wanted(typed)
    if typed.strip() and not words:
        return Q(pk__in=())
    condition = Q()
    for ways in words:
        of_patient, of_caregiver = Q(), Q()
        for parts in ways:
            of_patient |= _all_in("search_text", parts)
            of_caregiver |= _all_in("user__search_text", parts)
        team = CareTeamMember.objects.filter(of_caregiver, ended_at__isnull=True)
        condition &= of_patient | Q(pk__in=team.values("patient"))
    return condition


def _all_in(column: str, parts: tuple[str, ...]) -> Q:
    condition = Q()
    for part in parts:
        condition &= Q(**{f"{column}__contains": part})
    return condition
