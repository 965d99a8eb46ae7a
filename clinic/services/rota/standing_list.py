"""The standing list: who may stand on it, and what follows when it changes."""

from datetime import datetime

from django.db import transaction

from clinic.models import Clinic, OnCall, Staff, User
from clinic.models.rota import LayerName
from clinic.services.core import audit, live
from clinic.services.rota import coverage, shifts


def require_eligible(*, clinic: Clinic, staff: Staff, now: datetime) -> None:
    """As for a shift: a proven and lately tested number, a current role here. WrongRole, NotReachable."""
    shifts.require_eligible(clinic=clinic, staff=staff, layer=LayerName.PRIMARY, now=now)


@transaction.atomic
def follow_up_change(*, clinic: Clinic, by: User, now: datetime) -> None:
    """The list was changed: put it on record, look for people and gaps again, and hint at it."""
    listed = OnCall.objects.filter(clinic=clinic).order_by("position").values_list("staff_id", flat=True)
    audit.record(
        action="standing_list.changed",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="standing_list",
        subject_id=clinic.pk,
        detail={"staff": list(listed)},
    )
    coverage.check_clinic(clinic=clinic, now=now)
    live.publish_change(clinic_id=clinic.pk, kind="rota", ref=clinic.slug, level=None, now=now)
