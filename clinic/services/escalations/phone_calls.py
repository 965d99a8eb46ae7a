"""Notes a call between staff and a family, also in the log of the alert that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.access import Permission, get_patient, require
from clinic.models import Contact, Escalation, Patient, PhoneCall, User
from clinic.models.clinic_transfer import ClinicTransferState
from clinic.models.escalation import EscalationState
from clinic.models.patient import PatientStatus
from clinic.models.phone_call import CallDirection
from clinic.services.core import audit
from clinic.services.escalations import contacts
from clinic.services.reports import tellers

_AHEAD_TOLERATED = timedelta(minutes=1)


class CallAhead(Exception):
    """The call is said to have been in the future."""


class CallConflict(Exception):
    """Another call is noted under this id."""


@dataclass(frozen=True)
class CallNote:
    """A call as staff describe it. A family that calls is always reached."""

    call_id: UUID
    at: datetime
    teller: tellers.Teller
    direction: CallDirection
    reached: bool
    words: str = ""
    # Also a contact of the alert that is open.
    for_alert: bool = False


def note(*, patient_id: UUID, by: User, call: CallNote, now: datetime) -> PhoneCall:
    """Put a call on record; the same form again gives the same call.

    With `for_alert` it counts in the open alert like a call that is logged there; where that has been closed
    meanwhile, the call stands alone. NotVisible, NotAllowed, NobodyNamed, CallAhead, CallConflict.
    """
    visible = patient_of(patient_id=patient_id, by=by)
    person = tellers.look_up(call.teller, patient=visible)
    if call.at > now + _AHEAD_TOLERATED:
        raise CallAhead
    with transaction.atomic():
        # The patient before the escalation, and one request of a double tap after the other.
        patient = Patient.objects.select_for_update(no_key=True).get(pk=visible.pk)
        stored = PhoneCall.objects.filter(pk=call.call_id).first()
        if stored is not None:
            return _require_same(stored, patient, by)
        return _create_call(patient, call, person, by, now)


def patient_of(*, patient_id: UUID, by: User) -> Patient:
    """The patient about whom this person may note a call. NotVisible, NotAllowed."""
    patient = get_patient(by, patient_id)
    require(by, Permission.ACT_ON_ESCALATIONS, patient.clinic_id)
    return patient


def takes_reports(patient: Patient) -> bool:
    """Whether what is told can be entered here: not after a death, nor where another clinic goes on."""
    moved = patient.clinic_transfers.filter(state=ClinicTransferState.ACCEPTED)
    return patient.status != PatientStatus.DIED and not moved.exists()


def open_alert_of(patient: Patient) -> Escalation | None:
    """The alert that a call may be about; the family's test alarm is none."""
    unresolved = Escalation.objects.exclude(state=EscalationState.RESOLVED)
    return unresolved.filter(patient=patient, is_drill=False).first()


def _create_call(
    patient: Patient, call: CallNote, person: tellers.KnownTeller, by: User, now: datetime
) -> PhoneCall:
    reached = call.reached or call.direction == CallDirection.IN
    row = PhoneCall.objects.create(
        id=call.call_id,
        patient=patient,
        at=min(call.at, now),
        noted_at=now,
        by=by,
        member=person.member,
        who=person.who,
        relation=person.relation,
        direction=call.direction,
        reached=reached,
        words=call.words.strip(),
        contact=_log_in_alert(patient, call, person, reached, by, now) if call.for_alert else None,
    )
    audit.record(
        action="phone_call.noted",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="phone_call",
        subject_id=row.pk,
        patient_id=patient.pk,
        detail={"direction": row.direction, "reached": reached},
    )
    return row


def _log_in_alert(
    patient: Patient, call: CallNote, person: tellers.KnownTeller, reached: bool, by: User, now: datetime
) -> Contact | None:
    """As a contact, which the log of an alert calls a call to the family: who called whom is in its words."""
    escalation = open_alert_of(patient)
    if escalation is None:
        return None
    came_in = [_("They called.")] if call.direction == CallDirection.IN else []
    return contacts.log(
        escalation_id=escalation.pk,
        by=by,
        member_id=person.member.pk if person.member else None,
        who=person.who,
        reached=reached,
        note="\n".join([*came_in, call.words.strip()]),
        now=now,
    )


def _require_same(stored: PhoneCall, patient: Patient, by: User) -> PhoneCall:
    if stored.patient_id != patient.pk or stored.by_id != by.pk:
        raise CallConflict
    return stored
