"""Deletes expired data: no health data stays in unfinished forms."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from caregiver.models import SignInCode
from caregiver.queries.household.drafts import BOTH
from caregiver.queries.household.today import DRAFT_LASTS
from clinic.models import KeypadCall
from clinic.services.reports import writing_samples

# The emptied row stays for a while: it is what tells the family that a check-in was given up.
NOTICE_LASTS = timedelta(days=7)
CODES_LAST = timedelta(days=7)
CALLS_LAST = timedelta(days=7)


def delete(*, now: datetime) -> None:
    """Empty drafts that have run out, and forget old drafts, sign-in codes and ended sessions."""
    for drafts in BOTH:
        run_out = drafts._default_manager.filter(updated_at__lte=now - DRAFT_LASTS)
        run_out.exclude(answers={}).update(answers={}, pages_done=[], confirmed=[])
        run_out.filter(updated_at__lte=now - NOTICE_LASTS).delete()
    said = KeypadCall.objects.filter(updated_at__lte=now - DRAFT_LASTS).exclude(progress={}, next_at=None)
    said.update(progress={}, next_at=None)
    KeypadCall.objects.filter(updated_at__lte=now - CALLS_LAST).delete()
    SignInCode.objects.filter(asked_at__lte=now - CODES_LAST).delete()
    Session.objects.filter(expire_date__lte=now).delete()
    writing_samples.delete_expired(now=now)
