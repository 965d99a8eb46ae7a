""" "Who can help tonight?": one caregiver asks the others of the family, who answer with one tap."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.access import NotVisible, get_cared_for
from clinic.models import CareTeamMember, HelpRequest, Patient, User
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import contact_order, holds
from clinic.queries.checkins.shared_phones import one_per_phone
from clinic.rules.checkins.nights import coming_night, ends_at
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox


class NobodyElse(Exception):
    """There is nobody else in the family to ask, or nobody is needed at home."""


def ask(*, patient_id: UUID, by: User, now: datetime) -> HelpRequest:
    """Text the others, once a night for whoever asks. NotVisible, NobodyElse."""
    seen = get_cared_for(by, patient_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
        patient.clinic = seen.clinic
        others = patient.care_team.filter(ended_at__isnull=True, user__is_active=True).exclude(user=by)
        if patient.status != PatientStatus.ACTIVE or not others.exists():
            raise NobodyElse
        night = coming_night(now, ZoneInfo(patient.time_zone))
        request, created = HelpRequest.objects.get_or_create(
            patient=patient, asked_by=by, night_date=night, defaults={"asked_at": now}
        )
        if created and not holds.is_held(patient.pk):
            _text_others(request, patient, now)
    return request


def offer(*, request_id: int, by: User, now: datetime) -> HelpRequest:
    """Say "I can help": the first one counts, and nobody else is asked any more. NotVisible."""
    asked = HelpRequest.objects.filter(pk=request_id).first()
    if asked is None or asked.asked_by_id == by.pk:
        raise NotVisible("help_request")
    get_cared_for(by, asked.patient_id)
    with transaction.atomic():
        request = HelpRequest.objects.select_for_update().get(pk=request_id)
        if request.answered_by_id is None:
            request.answered_by, request.answered_at = by, now
            request.save(update_fields=["answered_by", "answered_at"])
            outbox.take_back_keyed(prefix=_key(request), now=now)
    return request


def withdraw(*, patient: Patient, now: datetime) -> int:
    """Nobody is needed at home tonight: no text of it leaves; returns how many were taken back.

    In the caller's transaction.
    """
    open_requests = HelpRequest.objects.filter(patient=patient, answered_at=None)
    return sum(outbox.take_back_keyed(prefix=_key(one), now=now) for one in open_requests)


def withdraw_from(*, member: CareTeamMember, now: datetime) -> int:
    """This person looks after that patient no more: nobody asks them, and what they asked is no more."""
    taken_back = 0
    for one in HelpRequest.objects.filter(patient=member.patient_id, answered_at=None):
        own = one.asked_by_id == member.user_id
        prefix = _key(one) if own else f"{_key(one)}{member.user_id}"
        taken_back += outbox.take_back_keyed(prefix=prefix, now=now)
    return taken_back


def _text_others(request: HelpRequest, patient: Patient, now: datetime) -> None:
    """After each one's quiet hours, unless the night is over then; once to a phone that two people share."""
    over_at = ends_at(request.night_date, ZoneInfo(patient.time_zone))
    order = contact_order.of_patient(patient=patient, at=now)
    asker = next((one for one in order if one.pk == request.asked_by_id), None)
    for person in one_per_phone([one for one in order if one.pk != request.asked_by_id]):
        if asker is not None and person.phone == asker.phone:
            continue
        zone = ZoneInfo(person.time_zone)
        at = after_quiet_hours(now, zone=zone, quiet_from=person.quiet_from, quiet_until=person.quiet_until)
        if at >= over_at:
            continue
        outbox.queue(
            to=str(person.phone),
            body=_text_body(patient, person),
            purpose="reminder",
            dedupe_key=f"{_key(request)}{person.pk}",
            service="reminders",
            expires_at=over_at,
            language=person.language,
            not_before=at,
            now=now,
        )


def _key(request: HelpRequest) -> str:
    return f"family_help:{request.pk}:"


def _text_body(patient: Patient, person: User) -> str:
    with translation.override(person.language):
        return _(
            "%(brand)s: somebody in your family asks for help tonight. Please look: %(url)s "
            "Reply STOP to end these texts."
        ) % {
            "brand": patient.clinic.sms_brand,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }
