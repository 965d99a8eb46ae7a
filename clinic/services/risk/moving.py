"""Laboratory values, facts and care tasks that go with a patient to another clinic."""

from datetime import datetime

from clinic.models import CareTaskEntry, LabResult, Patient, RiskFactSheet, User
from clinic.queries.risk import care_tasks, known
from clinic.services.risk import runs

# In the place of the way by which a value once came in.
SOURCE = "transfer"


def take_along(*, old: Patient, new: Patient, by: User, now: datetime) -> None:
    """Copy what counts to the receiver's record and compute its assessment anew.

    Values that were struck out, the facts of earlier courses and what was suggested stay with the sender, and
    so do the names of who typed them: here they are of whoever accepted. Runs in the caller's transaction,
    with both records locked.
    """
    values = LabResult.objects.filter(patient=old, struck_at=None).order_by("taken_on", "taken_at", "lab")
    copies = [_copied(one, new, by, now) for one in values]
    LabResult.objects.bulk_create(copies)
    sheet = known.newest_sheet(old)
    if sheet is not None:
        RiskFactSheet.objects.create(
            patient=new,
            course_number=new.course_number,
            number=1,
            facts=sheet.facts,
            saved_at=now,
            saved_by=by,
        )
    _copy_care_tasks(old, new, by)
    if copies or sheet is not None:
        runs.compute(patient=new, trigger="patient", now=now)


def _copy_care_tasks(old: Patient, new: Patient, by: User) -> None:
    """What counts of the current course: what was done there is not asked for again here."""
    newest = care_tasks.newest_entries([old]).get(old.pk, {}).values()
    CareTaskEntry.objects.bulk_create(
        CareTaskEntry(
            patient=new,
            course_number=new.course_number,
            number=number,
            task=one.task,
            day=one.day,
            act=one.act,
            words=one.words,
            at=one.at,
            by=by,
        )
        for number, one in enumerate(newest, start=1)
    )


def _copied(value: LabResult, new: Patient, by: User, now: datetime) -> LabResult:
    return LabResult(
        patient=new,
        lab=value.lab,
        typed_value=value.typed_value,
        typed_unit=value.typed_unit,
        value=value.value,
        taken_on=value.taken_on,
        taken_at=value.taken_at,
        source=SOURCE,
        is_confirmed=value.is_confirmed,
        entered_at=now,
        entered_by=by,
    )
