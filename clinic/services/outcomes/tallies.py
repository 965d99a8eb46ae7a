"""Counts check-ins that are over, so that the page of figures need not read them all.

A tally is a copy of what the check-ins say, and never the other way round: it is deleted by the database when
one of them changes, and recounted here (ADR 35).
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Checkin, CheckinTally, Clinic
from clinic.queries.outcomes import monitoring
from clinic.queries.outcomes.monitoring import Counting, Person, Row, Tallied

logger = logging.getLogger(__name__)

# A round counts so many, so that reports and pages get their turn in between.
AT_ONCE = 500
# By then so much is new that a page would notice.
COUNTED_EVERY = timedelta(hours=20)


def count_due(*, now: datetime) -> int:
    """Count anew whose tally is missing, old or rests on what has changed; how many."""
    return in_each_clinic(_count_clinic, AT_ONCE, now)


def in_each_clinic(count: Callable[[Clinic, int, datetime], int], most: int, now: datetime) -> int:
    """How many were counted, `most` in all. One clinic stops no other."""
    done = 0
    for clinic in Clinic.objects.order_by("pk"):
        try:
            done += count(clinic, most - done, now)
        except Exception:
            logger.exception("figures cannot be counted ahead", extra={"clinic_id": str(clinic.pk)})
    return done


def count_all(*, now: datetime) -> int:
    """Count everybody anew, whatever is there; how many."""
    CheckinTally.objects.all().delete()
    return sum(_count_clinic(clinic, None, now) for clinic in Clinic.objects.order_by("pk"))


@dataclass(frozen=True)
class Checked:
    """How many tallies hold what a recount gives, and whose do not."""

    right: int
    differing: tuple[UUID, ...]


def check(*, now: datetime) -> Checked:
    """Compare every tally that is in use with a recount of the same time; writes nothing.

    Only of what it counts: a check-in that was not over yet may be dropped, and it says nothing of that one.
    """
    right, differing = 0, list[UUID]()
    for clinic in Clinic.objects.order_by("pk"):
        counting = monitoring.counting_of(clinic)
        people = monitoring.people_of(clinic) if counting else {}
        for tally in CheckinTally.objects.filter(patient__in=list(people)).iterator():
            person = people[tally.patient_id]
            if counting is None or tally.basis != counting.basis(person):
                continue
            rows = _checkins_at(clinic, person, tally.counted_at)
            if monitoring.weeks_before(counting, person, rows, tally.through) == tally.weeks:
                right += 1
            else:
                differing.append(tally.patient_id)
    return Checked(right, tuple(differing))


def _count_clinic(clinic: Clinic, most: int | None, now: datetime) -> int:
    counting = monitoring.counting_of(clinic)
    if counting is None:
        return 0
    people = monitoring.people_of(clinic)
    chosen = list(_due(clinic, counting, people, now))[:most]
    for person in chosen:
        _count(clinic, counting, person, now)
    return len(chosen)


def _due(clinic: Clinic, counting: Counting, people: dict[UUID, Person], now: datetime) -> Iterator[Person]:
    tallies = CheckinTally.objects.filter(patient__clinic=clinic)
    basis_of = dict(tallies.values_list("patient_id", "basis"))
    since = Checkin.objects.filter(
        patient=OuterRef("patient"), due_at__gte=OuterRef("through"), due_at__lte=now
    )
    old = tallies.filter(Exists(since), counted_at__lte=now - COUNTED_EVERY)
    outdated = set(old.values_list("patient_id", flat=True))
    for person in people.values():
        if person.id in outdated or basis_of.get(person.id) != counting.basis(person):
            yield person


@transaction.atomic
def _count(clinic: Clinic, counting: Counting, person: Person, now: datetime) -> None:
    _wait_for_changes(person.id)
    found = recount(clinic, counting, person, now)
    tally = CheckinTally(
        patient_id=person.id,
        basis=counting.basis(person),
        through=found.through,
        counted_at=now,
        weeks=found.weeks,
    )
    columns = ["basis", "through", "counted_at", "weeks"]
    CheckinTally.objects.bulk_create(
        [tally], update_conflicts=True, unique_fields=["patient"], update_fields=columns
    )


def recount(clinic: Clinic, counting: Counting, person: Person, now: datetime) -> Tallied:
    """What a tally of this patient would hold."""
    return monitoring.counted(counting, person, _checkins_at(clinic, person, now), now)


def _checkins_at(clinic: Clinic, person: Person, at: datetime) -> QuerySet[Checkin, Row]:
    return monitoring.checkins_of([person.id], monitoring.kept_from(clinic, at), at)


def _wait_for_changes(patient_id: UUID) -> None:
    """Until this transaction ends no check-in of theirs changes unseen: triggers ask for the same lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('clinic_checkintally'), hashtext(%s))",
                [str(patient_id)],
            )
