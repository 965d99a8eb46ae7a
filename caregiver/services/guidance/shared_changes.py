"""Tells a clinic's educators that a shared page has changed beside a variant of theirs.

Families go on reading the variant. What changed is on the editor's desk; the text says only that there is
something to look at. Asked every hour, so that nothing hangs on one moment.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from caregiver.models import GuidanceVariant
from caregiver.queries.guidance import variants
from clinic.access import Permission, roles_with
from clinic.models import Clinic, Staff
from clinic.rules.core.staffed_hours import staffed_at
from clinic.services.core import staff_texts

logger = logging.getLogger(__name__)

CHANGED = "/cms/overview/?changed=1"
EXPIRES_AFTER = timedelta(hours=8)


def text_educators(*, now: datetime) -> int:
    """Text the educators of clinics whose live variants wait to be held beside a newer page; how many.

    In staffed hours. The outbox takes one text per person and newest change, however often this is run.
    """
    if not settings.STAFF_CHECKS:
        return 0
    texted = 0
    for clinic in Clinic.objects.filter(pk__in=GuidanceVariant.objects.filter(live=True).values("clinic")):
        try:
            texted += _text_educators_of_clinic(clinic, now)
        except Exception:
            logger.exception("a changed page cannot be told", extra={"clinic_id": str(clinic.pk)})
    return texted


@transaction.atomic
def _text_educators_of_clinic(clinic: Clinic, now: datetime) -> int:
    if not staffed_at(clinic.opening, now):
        return 0
    own = GuidanceVariant.objects.filter(clinic=clinic, live=True).select_related("locale")
    changed = variants.changed_beside(own)
    if not changed:
        return 0
    educators = Staff.objects.filter(
        clinic=clinic,
        role__in=roles_with(Permission.EDIT_CONTENT),
        ended_at__isnull=True,
        phone__isnull=False,
        phone_verified_at__isnull=False,
        user__is_active=True,
    )
    found = list(educators.select_related("user", "clinic").order_by("pk"))
    for educator in found:
        staff_texts.text_person(
            staff=educator,
            words=lambda: _("A page that your clinic words in its own way has changed. Please look at it:"),
            key=f"guidance-changed:{clinic.pk}:{max(changed.values())}:{educator.user_id}",
            path=CHANGED,
            expires_at=now + EXPIRES_AFTER,
            now=now,
        )
    return len(found)
