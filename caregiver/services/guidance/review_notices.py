"""Tells those who may approve a page that one waits for them: a text with a link and no title."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from caregiver.models import GuidanceText
from clinic.access import Permission, clinics_with, roles_with
from clinic.models import Clinic, Staff, User
from clinic.rules.core.staffed_hours import next_staffed, staffed_at
from clinic.services.core import staff_texts

REVIEWS = "/cms/reviews/"
# A text that was held up for longer is of no use: it stands on the list of reviews all the same.
EXPIRES_AFTER = timedelta(hours=8)


def text_reviewers(
    *,
    text: GuidanceText,
    revision_id: int,
    authors: set[UUID],
    needs_physician: bool,
    by: User,
    now: datetime,
) -> int:
    """Text the colleagues of whoever handed it in; how many it is for. Outside staffed hours it waits.

    Once for each person and text, however often it is called. Who wrote at the text cannot approve it and
    hears nothing; nor do other clinics' people, who may approve a shared text too when they find it.
    """
    if not settings.STAFF_CHECKS:
        return 0
    permission = Permission.APPROVE_RED_FLAGS if needs_physician else Permission.EDIT_CONTENT
    clinics = clinics_with(by, Permission.EDIT_CONTENT)
    owners = (
        clinics.filter(pk=text.clinic_id) if text.clinic_id else clinics.filter(keeps_shared_guidance=True)
    )
    reviewers = {
        one.user_id: one for one in _reviewers(owners, permission) if one.user_id not in authors | {by.pk}
    }
    for reviewer in reviewers.values():
        not_before = _when_staffed(reviewer, now)
        staff_texts.text_person(
            staff=reviewer,
            words=lambda: _("A page for families waits for a second person. Please read it:"),
            key=f"guidance-review:{revision_id}:{reviewer.user_id}",
            path=REVIEWS,
            not_before=not_before,
            expires_at=(not_before or now) + EXPIRES_AFTER,
            now=now,
        )
    return len(reviewers)


def _reviewers(owners: QuerySet[Clinic], permission: Permission) -> list[Staff]:
    rows = Staff.objects.filter(
        clinic__in=owners.values("pk"),
        role__in=roles_with(permission),
        ended_at__isnull=True,
        phone__isnull=False,
        phone_verified_at__isnull=False,
        user__is_active=True,
    )
    return list(rows.select_related("user", "clinic").order_by("pk"))


def _when_staffed(staff: Staff, now: datetime) -> datetime | None:
    opening = staff.clinic.opening
    return None if staffed_at(opening, now) else next_staffed(opening, now)
