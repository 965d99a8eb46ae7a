"""What a family needs on opening the app: what is due, what was sent, whom to call."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from caregiver.models import CheckinDraft
from caregiver.queries.household import open_alerts, patient_names
from caregiver.queries.household.open_alerts import OpenAlert
from caregiver.queries.household.reports import ReportListItem, latest
from caregiver.rules.household import first_screen
from caregiver.rules.household.first_screen import Screen
from clinic.access import get_cared_for, patients_cared_for_by
from clinic.models import Checkin, Clinic, Patient, Reminder, User
from clinic.models.checkin import CheckinKind, CheckinState, ReminderState
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import nights, strain, upcoming
from clinic.queries.checkins.nights import Tonight
from clinic.queries.checkins.strain import HelpTonight
from clinic.queries.core import courses
from clinic.queries.patients.terms import are_owed
from clinic.queries.protocols.patient_context import is_without_transport
from clinic.rules.core.clinic_hour import is_night
from clinic.rules.core.staffed_hours import staffed_at
from clinic.rules.patients.life_events import NOT_AT_HOME, Status

REPORTS_SHOWN = 3
DRAFT_LASTS = timedelta(hours=12)
# An unanswered check-in older than this is no longer "due": the next one counts.
STILL_DUE = timedelta(hours=24)
# After a transfer the family reads for so long that its clinic is another one.
NEW_CLINIC_FOR = timedelta(days=14)


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
    # What a person at the clinic has not closed, of any level.
    alert: OpenAlert | None
    # Somebody at the clinic looked out of hours a short while ago.
    was_looked_at: bool
    # A reading that is to be taken again at this time.
    recheck_at: datetime | None = None
    # Known where one patient is shown alone.
    tonight: Tonight | None = None
    owes_terms: bool = False
    help_tonight: HelpTonight | None = None
    # It is time to ask the caregiver how they bear it.
    asks_strain: bool = False
    # Whoever chooses is looking after somebody else of this name too.
    has_namesake: bool = False
    # Among the others of this family.
    name: str = ""

    @property
    def has_died(self) -> bool:
        return self.patient.status == PatientStatus.DIED

    @property
    def facts(self) -> first_screen.Facts:
        """What decides which screen comes first."""
        return first_screen.Facts(
            status=Status(self.patient.status),
            open_level=self.alert.level if self.alert else None,
            is_asked=self.recheck_at is not None or self.call_back_since is not None,
            is_due=self.due_since is not None,
        )

    @property
    def screen(self) -> Screen:
        return first_screen.screen_of(self.facts)

    @property
    def call_back_since(self) -> datetime | None:
        """When the clinic called and nobody answered, where they wait for a call back."""
        return self.alert.unreached_at if self.alert else None

    @property
    def is_emergency(self) -> bool:
        """Nothing that is offered may stand beside the call for help as if it would do as well."""
        return self.alert is not None and self.alert.level.is_emergency

    @property
    def pages_staff(self) -> bool:
        """A person may call before the clinic opens."""
        if self.alert is None or self.alert.reason is open_alerts.Reason.DRAFT:
            return False
        return self.alert.level.is_pressing

    @property
    def temperatures(self) -> tuple[str, ...]:
        """The last readings, the oldest first; nothing where there is no second one to compare with."""
        counts = [one for one in reversed(self.reports) if not one.is_mistake and not one.is_corrected]
        read = [one.temperature for one in counts if one.temperature]
        return tuple(read) if len(read) > 1 else ()

    @property
    def has_new_clinic(self) -> bool:
        """The clinic is another one since so short a time that it is worth a word."""
        patient = self.patient
        return patient.came_by_transfer and self.now - patient.created_at < NEW_CLINIC_FOR

    @property
    def is_without_transport(self) -> bool:
        """Whether the family has said that they cannot come tonight."""
        return is_without_transport(self.patient, self.now)

    @property
    def asks_transport(self) -> bool:
        """In the evening and at night, and whenever somebody has said that there is no way to come."""
        if self.patient.status != PatientStatus.ACTIVE:
            return False
        return self.is_without_transport or is_night(ZoneInfo(self.patient.time_zone), self.now)

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


def lines_of(*, patient: Patient, by: User, now: datetime) -> PatientToday:
    """The same for a patient whom they are known to look after, without the night and the terms."""
    return _today([patient], by, now)[0]


def _with_tonight_and_terms(one: PatientToday, by: User, now: datetime) -> PatientToday:
    tonight = nights.tonight(patient=one.patient, now=now)
    alert = open_alerts.with_told(one.alert, one.patient) if one.alert else None
    owes_terms = not by.is_staff_member and are_owed(user=by)
    return replace(
        one,
        alert=alert,
        tonight=tonight,
        owes_terms=owes_terms,
        help_tonight=strain.help_tonight(by=by, patient=one.patient, now=now),
        asks_strain=strain.is_due(by=by, patient=one.patient, now=now),
    )


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
    unplanned = [patient for patient in patients if patient.pk not in ahead and patient.pk not in due]
    ahead |= upcoming.beyond_plans(patients=unplanned, now=now)
    alerts = open_alerts.of_patients(patients)
    names, namesakes = patient_names.short(patients), patient_names.namesakes(patients)
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
            alert=alerts.get(patient.pk),
            was_looked_at=_was_looked_at(patient.clinic, reports[patient.pk], now),
            recheck_at=rechecks.get(patient.pk),
            has_namesake=patient.pk in namesakes,
            name=names[patient.pk],
        )
        for patient in patients
    ]


def _was_looked_at(clinic: Clinic, reports: list[ReportListItem], now: datetime) -> bool:
    seen = max((one.status.seen_at for one in reports if one.status.seen_at), default=None)
    was_staffed = seen is not None and staffed_at(clinic.opening, seen)
    return first_screen.somebody_looked(seen, was_staffed=was_staffed, now=now)


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
