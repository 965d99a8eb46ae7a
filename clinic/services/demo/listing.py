"""What `seed_demo` prints: the shape that scripts and tests rely on. Keys are added, never changed."""

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.models import User
from clinic.services.core import tokens
from clinic.services.demo.loading import load
from clinic.services.demo.people import PASSWORD

TOKEN_DAYS = 30


@transaction.atomic
def load_and_list(*, base_url: str, now: datetime, with_history: bool = False) -> dict[str, Any]:
    """Load what is missing and list everything, with a fresh API token for every person."""
    loaded = load(now=now, with_history=with_history)
    return {
        "base_url": base_url,
        "clinics": [
            {"id": str(clinic.pk), "slug": clinic.slug, "name": clinic.name} for clinic in loaded.clinics
        ],
        "staff": [
            {
                "email": one.email,
                "password": PASSWORD,
                "role": one.role,
                "clinic": str(one.clinic.pk),
                "name": one.user.name,
                "token": _token(one.user, now),
            }
            for one in loaded.staff
        ],
        "caregivers": [
            {
                "phone": one.phone,
                "name": one.user.name,
                "language": one.user.language,
                "patients": [str(patient.id) for patient in one.patients],
                "token": _token(one.user, now),
            }
            for one in loaded.caregivers
        ],
        "patients": [
            {
                "id": str(patient.id),
                "clinic": str(patient.clinic.pk),
                "day": patient.day,
                "name": patient.full_name,
            }
            for patient in loaded.patients
        ],
    }


def _token(user: User, now: datetime) -> str:
    return tokens.issue(user=user, label="demo", days=TOKEN_DAYS, now=now)
