"""What waits for a person: seen on its page and by an alarm, and settled by whoever looks after patients."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.access import Permission, get_import_row, require
from clinic.models import ImportRow, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.exchange.verdicts import Verdict
from clinic.services.core import alarms, audit


def waiting() -> QuerySet[ImportRow]:
    """Rows that nobody has settled yet."""
    return ImportRow.objects.filter(
        verdict=Verdict.WAITS, settled_at__isnull=True, undone_at__isnull=True, done_at__isnull=False
    )


def settle(*, row_id: UUID, by: User, now: datetime) -> ImportRow:
    """Somebody has put right what this row was about, or there was nothing to do. NotVisible, NotAllowed."""
    visible = get_import_row(by, row_id)
    require(by, Permission.MANAGE_PATIENTS, visible.clinic_id)
    with transaction.atomic():
        row = ImportRow.objects.select_for_update(of=("self",)).get(pk=visible.pk)
        if row.settled_at is None and row.verdict == Verdict.WAITS:
            row.settled_at, row.settled_by = now, by
            row.save(update_fields=["settled_at", "settled_by"])
            audit.record(
                action="import.settled",
                by=by,
                now=now,
                clinic_id=row.clinic_id,
                subject_type="import",
                subject_id=row.of_import_id,
                patient_id=row.patient_id,
                detail={"row": row.number},
            )
    follow_alarm(clinic_id=row.clinic_id, by=by, now=now)
    return row


def follow_alarm(*, clinic_id: UUID, by: User | None, now: datetime) -> None:
    """Staff are told as long as something about a patient of theirs waits. Unknown numbers are only listed:

    a hospital's messages are about many who are not looked after here.
    """
    of_patients = waiting().filter(clinic=clinic_id, patient__isnull=False)
    if of_patients.exists():
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.IMPORT_WAITS, subject="", now=now)
    else:
        alarms.clear(clinic_id=clinic_id, kind=AlarmKind.IMPORT_WAITS, subject="", now=now, by=by)
