"""Prepares a patient for going home, and starts monitoring once everything is proven to work."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import CareTeamMember, Patient, TrialText, User
from clinic.models.patient import PatientStatus
from clinic.queries.patients import go_home_check
from clinic.rules.patients.life_events import OVER
from clinic.services.core import audit
from clinic.services.patients import watchers
from clinic.services.patients.enrolment import caring, managing
from clinic.services.patients.invitations import CareOver
from notifications.models import Message
from notifications.services import nudge, outbox


class NotReady(Exception):
    """Something is not proven and no reason was given to start all the same; `missing` are its lines."""

    def __init__(self, missing: tuple[go_home_check.Requirement, ...]) -> None:
        super().__init__(", ".join(line.code for line in missing))
        self.missing = missing


class NotPreparing(Exception):
    """Monitoring has started already, or has ended."""


class NoPhone(Exception):
    """There is nobody in the family whom a text could reach."""


def start_monitoring(*, patient_id: UUID, by: User, reason: str, now: datetime) -> Patient:
    """Monitor from now on. What is not proven needs a reason, which staff see from then on.

    NotVisible, NotAllowed, RecordClosed, NotPreparing, NotReady.
    """
    with caring(patient_id, by) as patient:
        if patient.status != PatientStatus.PREPARING:
            raise NotPreparing
        missing = go_home_check.of_patient(patient=patient, now=now).missing
        if missing and not reason.strip():
            raise NotReady(missing)
        patient.status, patient.monitored_since = PatientStatus.ACTIVE, now
        patient.home_since = now
        patient.start_override = reason.strip() if missing else ""
        patient.save(update_fields=["status", "monitored_since", "home_since", "start_override"])
        audit.record_about(
            patient, "patient.monitoring_started", by, now, {"missing": [one.code for one in missing]}
        )
        watchers.sync(patient=patient, now=now)
        nudge.after_commit("clinic.tasks.plan")
        return patient


def drop_override(*, patient_id: UUID, by: User, now: datetime) -> Patient:
    """Remove the override, now that every requirement is met.

    NotVisible, NotAllowed, RecordClosed, NotReady.
    """
    with caring(patient_id, by) as patient:
        missing = go_home_check.of_patient(patient=patient, now=now).missing
        if missing:
            raise NotReady(missing)
        patient.start_override = ""
        patient.save(update_fields=["start_override"])
        audit.record_about(patient, "patient.override_dropped", by, now)
        return patient


def explain_single_caregiver(*, patient_id: UUID, by: User, reason: str, now: datetime) -> Patient:
    """Say why there is no second caregiver; an empty reason takes it back.

    NotVisible, NotAllowed, RecordClosed.
    """
    with caring(patient_id, by) as patient:
        patient.single_caregiver_reason = reason.strip()
        patient.save(update_fields=["single_caregiver_reason"])
        audit.record_about(patient, "patient.single_caregiver_explained", by, now)
        return patient


def store_baseline(*, patient_id: UUID, by: User, values: Mapping[str, float], now: datetime) -> Patient:
    """Store this person's own usual values; what is not named stays. NotVisible, NotAllowed, RecordClosed.

    What stays the same leaves no row.
    """
    with caring(patient_id, by) as patient:
        before = patient.baseline
        changed = {item: value for item, value in values.items() if before.get(item) != value}
        if not changed:
            return patient
        patient.baseline = {**before, **changed}
        patient.save(update_fields=["baseline"])
        detail = {item: {"from": before.get(item), "to": value} for item, value in changed.items()}
        audit.record_about(patient, "patient.baseline_stored", by, now, detail)
        return patient


def send_trial_texts(*, patient_id: UUID, by: User, now: datetime) -> int:
    """Text every caregiver, so that the list can show what arrives.

    NotVisible, NotAllowed, CareOver, NoPhone.
    """
    with managing(patient_id, by) as patient:
        if patient.status in OVER:
            raise CareOver
        sent = queue_trial_texts(patient=patient, now=now)
        if not sent:
            raise NoPhone
        audit.record_about(patient, "patient.trial_texts_sent", by, now)
        return sent


def queue_trial_texts(*, patient: Patient, now: datetime) -> int:
    """Queue one test text to every caregiver with a phone; returns how many.

    Runs inside the caller's transaction.
    """
    team = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__phone__isnull=False)
    members = list(team.select_related("user").order_by("started_at", "pk"))
    # Once to a phone that two people share: it proves both.
    sent: dict[tuple[str, str], UUID] = {}
    for member in members:
        phone = (str(member.user.phone), member.user.language)
        if phone not in sent:
            sent[phone] = _queue_trial_text(patient, member, now).pk
        TrialText.objects.create(member=member, sent_at=now, message_id=sent[phone])
    return len(members)


def _queue_trial_text(patient: Patient, member: CareTeamMember, now: datetime) -> Message:
    return outbox.queue(
        to=str(member.user.phone),
        body=_text_body(patient, member.user.language),
        purpose="reminder",
        dedupe_key=f"trial:{member.pk}:{now.isoformat()}",
        service="reminders",
        expires_at=None,
        language=member.user.language,
        now=now,
    )


def withdraw_trial_texts(*, patient: Patient, now: datetime) -> int:
    """Take back the test texts to this family that have not left; returns how many."""
    members = CareTeamMember.objects.filter(patient=patient).values_list("pk", flat=True)
    return withdraw_trial_texts_from(member_ids=members, now=now)


def withdraw_trial_texts_from(*, member_ids: Iterable[int], now: datetime) -> int:
    """The same for these people."""
    return sum(outbox.take_back_keyed(prefix=f"trial:{pk}:", now=now) for pk in list(member_ids))


def _text_body(patient: Patient, language: str) -> str:
    with translation.override(language):
        return _(
            "%(brand)s: this is a test. You need to do nothing. %(url)s Reply STOP to end these texts."
        ) % {
            "brand": patient.clinic.sms_brand,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }
