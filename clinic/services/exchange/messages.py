"""Takes one HL7 v2 message of the hospital's admission system, at once, and says in words what came of it.

A message that is kept is acknowledged, even where a person has to settle it: sent again it says nothing new.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.access import Permission, clinics_with, require
from clinic.models import Clinic, Import, ImportRow, User
from clinic.rules.exchange import adt
from clinic.rules.exchange.rows import Incoming, Trouble, Unreadable
from clinic.rules.exchange.verdicts import Source, Verdict
from clinic.services.exchange import settling
from clinic.services.exchange.acts import Performer
from clinic.services.exchange.imports import LONGEST_KEY, perform_one, rows_of


@dataclass(frozen=True)
class Answer:
    """`code` as in HL7's table 0008: AA taken, AE wrong in itself, AR not for us.

    `trouble` says why nothing was kept; else `row` says what came of it, or None where no stay was touched.
    """

    control_id: str
    code: str
    row: ImportRow | None = None
    trouble: str = ""
    replayed: bool = False


NO_CLINIC = "no_clinic"
SAME_ID = "same_id"


def receive(*, body: bytes, clinic_slug: str, by: User, now: datetime) -> Answer:
    """Twice the same message is taken once. NotAllowed."""
    try:
        message = adt.read(body, zone=UTC)
    except Unreadable as wrong:
        return Answer(adt.control_id_of(body), "AR", trouble=wrong.trouble.value)
    clinic = _clinic(by, clinic_slug or message.facility, is_named=bool(clinic_slug))
    if clinic is None:
        return Answer(message.control_id, "AR", trouble=NO_CLINIC)
    require(by, Permission.IMPORT_RECORDS, clinic)
    # Its moments are those of the hospital's clock.
    message = adt.read(body, zone=ZoneInfo(clinic.time_zone))
    if message.row is None:
        return Answer(message.control_id, "AA")
    if len(message.control_id) > LONGEST_KEY:
        return Answer(message.control_id, "AR", trouble=Trouble.TOO_LONG.value)
    digest = hashlib.sha256(body).hexdigest()
    return _before(clinic, message, digest) or _receive(clinic, message, digest, by, now)


def _receive(clinic: Clinic, message: adt.AdtMessage, digest: str, by: User, now: datetime) -> Answer:
    incoming = Incoming((message.row,) if message.row else (), key=message.control_id)
    try:
        with transaction.atomic():
            found = Import.objects.create(
                clinic=clinic,
                source=Source.ADT,
                key=message.control_id,
                digest=digest,
                created_at=now,
                created_by=by,
                committed_at=now,
                committed_by=by,
            )
            row = rows_of(found, incoming)[0]
            row.save(force_insert=True)
            perform_one(row, Performer(clinic, by, now), as_shown=False)
            if row.verdict == Verdict.REFUSED and row.patient_id is not None:
                # The hospital will not say it again: somebody here has to know.
                row.verdict = Verdict.WAITS
                row.save(update_fields=["verdict"])
            settling.follow_alarm(clinic_id=clinic.pk, by=None, now=now)
    except IntegrityError:
        # The same message by another line at the same moment.
        again = _before(clinic, message, digest)
        if again is None:
            raise
        return again
    return _answer(message.control_id, row)


def _before(clinic: Clinic, message: adt.AdtMessage, digest: str) -> Answer | None:
    found = Import.objects.filter(clinic=clinic, source=Source.ADT, key=message.control_id).first()
    if found is None:
        return None
    if found.digest != digest:
        return Answer(message.control_id, "AR", trouble=SAME_ID)
    return _answer(message.control_id, found.rows.select_related("patient").get(), replayed=True)


def _answer(control_id: str, row: ImportRow, *, replayed: bool = False) -> Answer:
    return Answer(control_id, "AE" if row.verdict == Verdict.REFUSED else "AA", row, replayed=replayed)


def _clinic(by: User, name: str, *, is_named: bool) -> Clinic | None:
    """The clinic of this short name; where a message names none of ours the only one of the caller."""
    mine = list(clinics_with(by, Permission.VIEW_PATIENTS)[:50])
    found = next((one for one in mine if one.slug == name.lower()), None)
    if found is None and not is_named and len(mine) == 1:
        return mine[0]
    return found
