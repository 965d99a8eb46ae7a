"""Whom a clinic treats, for the invented people on whom a draft is rehearsed."""

from datetime import datetime, timedelta

from django.utils import timezone

from clinic.models import Clinic, Patient
from clinic.models.patient import Target
from clinic.rules.patients.ages import age_on
from clinic.rules.protocols.simulation.cohort import Mix

# Fewer say little about the next.
AT_LEAST = 20
_LOOKS_BACK = timedelta(days=730)
_OLDER_FROM = 75
_FAR_FROM_MINUTES = 60


def mix_of(clinic: Clinic, now: datetime) -> Mix:
    """What the clinic expects, as it wrote it down; else the shares among its own patients of two years.

    None where it wrote nothing down and has fewer than AT_LEAST patients: then the table's assumption stands.
    """
    own = _own_mix(clinic, now)
    return Mix(
        bcma=_share(clinic.expected_bcma, own.bcma),
        from_75=_share(clinic.expected_from_75, own.from_75),
        far=_share(clinic.expected_far, own.far),
    )


def _share(per_cent: int | None, own: float | None) -> float | None:
    return own if per_cent is None else per_cent / 100


def _own_mix(clinic: Clinic, now: datetime) -> Mix:
    today = timezone.localtime(now, clinic.opening.zone).date()
    treated = Patient.objects.filter(
        clinic=clinic,
        is_synthetic=False,
        erased_at__isnull=True,
        infusion_date__range=(today - _LOOKS_BACK, today),
    )
    rows = list(treated.values_list("target", "birth_date", "infusion_date", "minutes_to_centre"))
    if len(rows) < AT_LEAST:
        return Mix()
    ages = [age_on(birth, infusion) for _target, birth, infusion, _minutes in rows if birth is not None]
    return Mix(
        bcma=sum(target == Target.BCMA for target, *_ in rows) / len(rows),
        from_75=sum(age >= _OLDER_FROM for age in ages) / len(ages) if len(ages) >= AT_LEAST else None,
        # A way that nobody wrote down counts as long, as it does everywhere.
        far=sum(minutes is None or minutes > _FAR_FROM_MINUTES for *_, minutes in rows) / len(rows),
    )
