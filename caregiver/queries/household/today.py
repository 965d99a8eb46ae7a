"""What a family needs on opening the app: what is due, what was sent, whom to call."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from caregiver.models import CheckinDraft
from caregiver.queries.household.reports import ReportListItem, latest
from clinic.access import get_cared_for, patients_cared_for_by
from clinic.models import Checkin, Escalation, Patient, Reminder, User
from clinic.models.checkin import CheckinKind, CheckinState, ReminderState
from clinic.models.escalation import EscalationState
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import nights
from clinic.queries.checkins.nights import Tonight
from clinic.queries.core import courses
from clinic.queries.escalations.looks import first_told
from clinic.queries.patients.terms import are_owed
from clinic.rules.paging.ladder import PAGED_FROM
from clinic.rules.patients.life_events import NOT_AT_HOME

REPORTS_SHOWN = 3
DRAFT_LASTS = timedelta(hours=12)
# An unanswered check-in older than this is no longer "due": the next one counts.
STILL_DUE = timedelta(hours=24)
# After a transfer the family reads for so long that its clinic is another one.
NEW_CLINIC_FOR = timedelta(days=14)


@dataclass(frozen=True)
class OpenAlert:
    """Something about the patient that pages staff, and is not closed: who knows of it by now."""

    told_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class PatientToday:
    """One patient as of now."""

    patient: Patient
    day: int
    due_since: datetime | None
    next_at: datetime | None
    draft_from: datetime | None
    reports: list[ReportListItem]
    now: datetime
    # A reading that is to be taken again at this time.
    recheck_at: datetime | None = None
    # Known where one patient is shown alone.
    tonight: Tonight | None = None
    alert: OpenAlert | None = None
    owes_terms: bool = False
    # Whoever chooses is looking after somebody else of this name too.
    has_namesake: bool = False

    @property
    def has_died(self) -> bool:
        return self.patient.status == PatientStatus.DIED

    @property
    def has_new_clinic(self) -> bool:
        """The clinic is another one since so short a time that it is worth a word."""
        patient = self.patient
        return patient.came_by_transfer and self.now - patient.created_at < NEW_CLINIC_FOR

    @property
    def may_send_drill(self) -> bool:
        return self.patient.status == PatientStatus.PREPARING


def day_of_patient(patient: Patient, now: datetime) -> int:
    """Days since infusion where the patient is, as long as it counts here."""
    return courses.shown_day(patient, now)


def is_caregiver_of(*, by: User, patient_id: UUID | str) -> bool:
    """Whether this person looks after that patient now. Asking is no attempt to open the patient."""
    return patients_cared_for_by(by).filter(pk=patient_id).exists()


def of_caregiver(*, by: User, now: datetime) -> list[PatientToday]:
    """Everybody whom this person looks after, by given name."""
    patients = list(patients_cared_for_by(by).select_related("clinic").order_by("given_name", "pk"))
    people = _today(patients, by, now)
    return [_with_tonight_and_terms(people[0], by, now)] if len(people) == 1 else people


def of_patient(*, by: User, patient_id: UUID, now: datetime) -> PatientToday:
    """One patient; NotVisible for anybody who does not look after them."""
    return _with_tonight_and_terms(_today([get_cared_for(by, patient_id)], by, now)[0], by, now)


def _with_tonight_and_terms(one: PatientToday, by: User, now: datetime) -> PatientToday:
    tonight = nights.tonight(patient=one.patient, now=now)
    owes_terms = not by.is_staff_member and are_owed(user=by)
    return replace(one, tonight=tonight, owes_terms=owes_terms, alert=_open_alert(one.patient))


def _open_alert(patient: Patient) -> OpenAlert | None:
    unresolved = Escalation.objects.filter(patient=patient, is_drill=False, severity__gte=PAGED_FROM.rank)
    found = unresolved.exclude(state=EscalationState.RESOLVED).first()
    if found is None:
        return None
    return OpenAlert(told_at=first_told(found, since=found.opened_at), seen_at=found.acknowledged_at)


def _today(patients: list[Patient], by: User, now: datetime) -> list[PatientToday]:
    reports = latest(patients=patients, by=by, count=REPORTS_SHOWN)
    drafts = CheckinDraft.objects.filter(user=by, patient__in=patients, updated_at__gt=now - DRAFT_LASTS)
    begun = {draft.patient_id: draft.updated_at for draft in drafts}
    # What was due before a stay in hospital or a pause is asked of nobody any more.
    since = Q(patient__monitored_since=None) | Q(due_at__gte=F("patient__monitored_since"))
    planned = Checkin.objects.filter(
        since,
        patient__in=[patient for patient in patients if patient.status not in NOT_AT_HOME],
        state=CheckinState.PLANNED,
        due_at__gt=now - STILL_DUE,
    )
    # Whoever lives to the east is asked by their own clock, and reads here what the text has asked.
    asked = Reminder.objects.filter(
        checkin=OuterRef("pk"), caregiver=by, state=ReminderState.QUEUED, to_backup=False
    )
    planned = planned.annotate(is_asked=Exists(asked)).order_by("due_at")
    due, ahead = _due_and_ahead(planned.values_list("patient_id", "due_at", "is_asked"), now)
    names = Counter(patient.full_name for patient in patients)
    rechecks = dict(planned.filter(kind=CheckinKind.RECHECK).values_list("patient_id", "due_at"))
    return [
        PatientToday(
            patient=patient,
            day=day_of_patient(patient, now),
            due_since=due.get(patient.pk),
            next_at=ahead.get(patient.pk),
            draft_from=begun.get(patient.pk),
            reports=reports[patient.pk],
            now=now,
            recheck_at=rechecks.get(patient.pk),
            has_namesake=names[patient.full_name] > 1,
        )
        for patient in patients
    ]


def _due_and_ahead(
    planned: Iterable[tuple[UUID, datetime, bool]], now: datetime
) -> tuple[dict[UUID, datetime], dict[UUID, datetime]]:
    due: dict[UUID, datetime] = {}
    ahead: dict[UUID, datetime] = {}
    for patient_id, due_at, is_asked in planned:
        if is_asked or due_at <= now:
            due[patient_id] = due_at
        else:
            ahead.setdefault(patient_id, due_at)
    return due, ahead
