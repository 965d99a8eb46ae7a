"""The order in which a family's caregivers are texted."""

from datetime import datetime

from django.db.models.functions import Coalesce

from clinic.models import CareTeamMember, Patient, Report, User
from clinic.queries.checkins import nights
from notifications.queries import standings
from notifications.rules.standings import Standing


def of_patient(*, patient: Patient, at: datetime) -> list[User]:
    """Whom to text, the first one first: who is awake tonight, then who reported last, then the others.

    Only people with access now whom a text can reach; empty where there is nobody.
    """
    links = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__is_active=True)
    rows = links.select_related("user").order_by("started_at", "pk")
    people = [row.user for row in rows if accepts_reminders(row.user)]
    reports = Report.objects.standing().filter(patient=patient, is_drill=False)
    last = reports.order_by("-observed_at", "-received_at", "-pk")
    # Whoever told a report on the telephone has reported too.
    reporter = Coalesce("told__member__user_id", "author_id")
    first = [
        nights.watcher_id(patient=patient, at=at),
        last.annotate(reporter=reporter).values_list("reporter", flat=True).first(),
    ]
    # Python's sort keeps the order of the others.
    return sorted(people, key=lambda person: first.index(person.pk) if person.pk in first else len(first))


def accepts_reminders(person: User) -> bool:
    """Whether they have a phone, have agreed to reminders and have not stopped them."""
    phone = str(person.phone or "")
    return bool(phone) and standings([phone])[phone] is Standing.ON
