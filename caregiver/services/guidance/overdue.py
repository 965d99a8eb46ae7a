"""Tells a clinic's physicians once a week that pages which its families read are past their review date.

So is a variant beside which the shared page has changed, until somebody says that it still holds.

The pages stay as they are: an old text is better than none. What is late is on the editor's overview; the
text says only that there is something to look at.
"""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from caregiver.queries.guidance import upkeep
from clinic.access import Permission, roles_with
from clinic.models import Clinic, Staff
from clinic.queries.core import languages
from clinic.rules.core.staffed_hours import staffed_at
from clinic.services.core import staff_texts

logger = logging.getLogger(__name__)

OVERVIEW = "/cms/overview/"
# What was held up until the evening is told again next week.
EXPIRES_AFTER = timedelta(hours=8)


def text_medical_leads(*, now: datetime) -> int:
    """Text whoever signs guidance at clinics that look after somebody, in staffed hours; how many it is for.

    Safe to run at any time and twice at once: the outbox takes one text per person and calendar week.
    """
    if not settings.STAFF_CHECKS:
        return 0
    texted = 0
    for clinic in Clinic.objects.filter(patients__is_synthetic=False).distinct():
        try:
            texted += _text_leads_of_clinic(clinic, now)
        except Exception:
            logger.exception("reviews that are due cannot be told", extra={"clinic_id": str(clinic.pk)})
    return texted


@transaction.atomic
def _text_leads_of_clinic(clinic: Clinic, now: datetime) -> int:
    zone = ZoneInfo(clinic.time_zone)
    if not staffed_at(clinic.opening, now):
        return 0
    today = now.astimezone(zone).date()
    offered = [code for code, _name in languages.choices([clinic])]
    if not upkeep.is_any_overdue(clinic_id=clinic.pk, languages=offered, today=today):
        return 0
    week = f"{today:%G-W%V}"
    leads = _medical_leads(clinic)
    for lead in leads:
        staff_texts.text_person(
            staff=lead,
            words=lambda: _("Pages for families are past their review date. Please look at them:"),
            # By person, not by role: a physician of two clinics hears once.
            key=f"guidance-overdue:{week}:{lead.user_id}",
            path=OVERVIEW,
            expires_at=now + EXPIRES_AFTER,
            now=now,
        )
    return len(leads)


def _medical_leads(clinic: Clinic) -> list[Staff]:
    """The people who sign red-flag texts, where a text is known to reach them."""
    rows = Staff.objects.filter(
        clinic=clinic,
        role__in=roles_with(Permission.APPROVE_RED_FLAGS),
        ended_at__isnull=True,
        phone__isnull=False,
        phone_verified_at__isnull=False,
        user__is_active=True,
    )
    return list(rows.select_related("user", "clinic").order_by("pk"))
