"""Finds patients by whatever is known of them: name, hospital numbers, a caregiver's name or phone."""

from django.db.models import Q

from clinic.models import CareTeamMember, MergedNumber
from clinic.rules.patients.names import wanted


def found_by(typed: str) -> Q:
    """Every word that was typed stands somewhere; the columns are those that DerivedField keeps."""
    words = wanted(typed)
    if typed.strip() and not words:
        return Q(pk__in=())
    condition = Q()
    for ways in words:
        of_patient, of_caregiver, of_merged = Q(), Q(), Q()
        for parts in ways:
            of_patient |= _all_in("search_text", parts)
            of_caregiver |= _all_in("user__search_text", parts)
            of_merged |= _all_in("hospital_number", parts, "icontains")
        merged = MergedNumber.objects.filter(of_merged)
        team = CareTeamMember.objects.filter(of_caregiver, ended_at__isnull=True)
        condition &= of_patient | Q(pk__in=team.values("patient")) | Q(pk__in=merged.values("patient"))
    return condition


def _all_in(column: str, parts: tuple[str, ...], how: str = "contains") -> Q:
    condition = Q()
    for part in parts:
        condition &= Q(**{f"{column}__{how}": part})
    return condition
