"""Who calls: a number that the clinic knows, and a person's own code. Until both fit, nothing is told.

A telephone number can be forged, so it is no proof; the code is. Its tries are counted in the database, by
number, known or not, so that neither a second call nor a cache that is down gives more of them.
"""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q, QuerySet, Sum

from clinic.access import patients_cared_for_by
from clinic.models import CallCode, Clinic, KeypadCall, Patient, User
from clinic.models.patient import PatientStatus

TRIES_PER_CALL = 3
# Of one number, in all its calls.
TRIES_PER_HOUR = 5
# Nobody is asked about these; what comes in by another door is kept all the same.
_OVER = (PatientStatus.DIED, PatientStatus.ENDED)


def may_try(*, clinic: Clinic, phone: str, now: datetime) -> bool:
    """Whether one more code of this number is looked at in this hour."""
    recent = KeypadCall.objects.filter(clinic=clinic, phone=phone, started_at__gt=now - timedelta(hours=1))
    return int(recent.aggregate(wrong=Sum("wrong_codes"))["wrong"] or 0) < TRIES_PER_HOUR


def person_of(*, clinic: Clinic, phone: str, code: str) -> User | None:
    """Whose code this is, among the people of this number. Takes as long for a number that nobody has."""
    stored = CallCode.objects.filter(user__in=_people(clinic, phone)).select_related("user").order_by("pk")
    fitting = [one.user for one in stored if check_password(code, one.code_hash)]
    if not stored:
        make_password(code)
    return fitting[0] if fitting else None


def patients_of(*, person: User, clinic: Clinic) -> tuple[Patient, ...]:
    """For whom they may report by telephone here; always in the same order."""
    mine = patients_cared_for_by(person).filter(clinic=clinic).exclude(status__in=_OVER)
    return tuple(mine.select_related("clinic").order_by("given_name", "pk"))


def _people(clinic: Clinic, phone: str) -> QuerySet[User]:
    """Family only: staff have their own codes for pages, under their own numbers."""
    cares = Q(care_links__ended_at__isnull=True, care_links__patient__clinic=clinic)
    return User.objects.filter(cares, phone=phone, email__isnull=True, is_active=True).distinct()
