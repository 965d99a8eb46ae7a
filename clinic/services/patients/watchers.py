"""Somebody at home must be able to report. Where nobody is left, staff are asked at once who watches now."""

from datetime import datetime

from django.utils.translation import gettext as _

from clinic.models import Clinic, Patient
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import on_call
from clinic.rules.core.staffed_hours import next_staffed
from clinic.services.core import alarms, staff_texts
from notifications.services import outbox

# In hospital others watch, and the go-home check asks who will.
_WATCHED_AT_HOME = (PatientStatus.ACTIVE, PatientStatus.PAUSED)


def sync(*, patient: Patient, now: datetime) -> None:
    """Ask who watches now, or ask no more. Runs in the caller's transaction, which holds the patient's lock.

    While the question stands no silence is counted (queries/checkins/silences): nobody could break it. Once
    somebody can, it counts from that moment.
    """
    clinic_id, kind = patient.clinic_id, AlarmKind.NOBODY_WATCHES
    if patient.status in _WATCHED_AT_HOME and not _has_reporter(patient):
        if alarms.raise_alarm(clinic_id=clinic_id, kind=kind, subject=patient.pk, now=now):
            _text_on_call(patient, now)
    elif alarms.clear(clinic_id=clinic_id, kind=kind, subject=patient.pk, now=now):
        outbox.take_back_keyed(prefix=_key(patient), now=now)
        if patient.status == PatientStatus.ACTIVE:
            patient.monitored_since = now
            patient.save(update_fields=["monitored_since"])


def _has_reporter(patient: Patient) -> bool:
    return patient.care_team.filter(ended_at__isnull=True, user__is_active=True).exists()


def _text_on_call(patient: Patient, now: datetime) -> None:
    """Whoever is on call when somebody reads next: it can wait for the morning, and the alarm stands."""
    clinic = Clinic.objects.get(pk=patient.clinic_id)
    at = next_staffed(clinic.opening, now) or now
    reachable = [one for one in on_call.staff_in_order(clinic.pk, at) if on_call.is_reachable(one)]
    for staff in reachable[:1]:
        staff_texts.text_person(
            staff=staff,
            words=lambda: _("Nobody of one family can report any more. Please see who watches now:"),
            key=f"{_key(patient)}{now.isoformat()}",
            # The alarm stands there and names the family; an address with a word for the ill is no text's.
            path="/console/",
            not_before=at,
            now=now,
        )


def _key(patient: Patient) -> str:
    return f"watchers:{patient.pk}:"
