"""Patients as staff read them: a list to search, and one patient's page."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic.access import NotVisible, Permission, can, clinics_with, get_patient
from clinic.models import Escalation, Patient, Report, User
from clinic.models.escalation import EscalationState
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import nights
from clinic.queries.desk import timeline
from clinic.queries.patients import care_team, education, go_home_check
from clinic.queries.patients.go_home_check import Preflight
from clinic.queries.protocols.versions import current_rules
from clinic.queries.reports import home_checks, household, trends
from clinic.rules.core.enums import Level
from clinic.rules.patients.ages import age_on
from clinic.rules.protocols.document.phases import day_of

PAGE_SIZE = 50
CHANGEABLE = (
    *("tier", "immune_risk", "neutropenia", "platelets_low"),
    *("masked_until", "minutes_to_centre"),
)


@dataclass(frozen=True)
class PatientFacts:
    """Who this is and what makes the rules stricter, in words."""

    id: UUID
    name: str
    clinic_id: UUID
    clinic_name: str
    clinic_phone: PhoneNumber
    line_phone: PhoneNumber
    birth_date: date | None
    age: int | None
    infusion_date: date
    day: int
    product: str
    target: str
    tier: str
    flags: tuple[str, ...]
    baseline: tuple[tuple[str, str], ...]
    language: str
    minutes_to_centre: int | None
    status: str
    status_label: str
    paused_until: datetime | None
    pause_reason: str
    single_caregiver_reason: str
    # Why monitoring started before everything was proven; empty for everybody else.
    start_override: str
    is_test: bool = False


@dataclass(frozen=True)
class PatientRow:
    """One line of the patient list."""

    id: UUID
    name: str
    clinic_name: str
    day: int
    product: str
    status: str
    status_label: str
    last_report_at: datetime | None
    last_level: Level | None
    escalation_id: UUID | None
    escalation_level: Level | None
    # A soft note (feature D6); asking tells whether it means calm or exhaustion.
    reports_less: bool = False


@dataclass(frozen=True)
class PatientPage:
    """One page of the list, by name; `after` fetches the next, empty on the last one."""

    rows: tuple[PatientRow, ...]
    after: str
    several_clinics: bool
    may_enrol: bool


@dataclass(frozen=True)
class BaselineItem:
    """One usual value that staff may store, and between which numbers."""

    key: str
    label: str
    lowest: float
    highest: float
    value: float | None


@dataclass(frozen=True)
class PatientPanel:
    """Everything on a patient's page."""

    patient: PatientFacts
    timeline: timeline.Timeline
    trends: trends.Trends
    caregivers: tuple[care_team.Caregiver, ...]
    invitations: tuple[care_team.OpenInvitation, ...]
    thinking: home_checks.Thinking
    reading: tuple[education.PersonsReading, ...]
    may_manage: bool
    # As they are stored, for the form that changes them.
    stored: dict[str, object]
    # While preparing, and as long as a start without everything proven stands.
    preflight: Preflight | None
    baseline_items: tuple[BaselineItem, ...]
    tonight: nights.Tonight | None
    reports_less: bool

    @property
    def is_preparing(self) -> bool:
        return self.patient.status == PatientStatus.PREPARING


def page(*, user: User, search: str, after: str, now: datetime, status: str = "") -> PatientPage:
    """Patients of the person's clinics by family name; every word of the search must be in the name.

    A status that does not exist filters nothing: it comes from an address.
    """
    clinics = list(clinics_with(user, Permission.VIEW_PATIENTS).values_list("pk", flat=True))
    rows = Patient.objects.filter(clinic__in=clinics, is_synthetic=False)
    rows = rows.filter(_named(search), _past(after))
    if status in PatientStatus.values:
        rows = rows.filter(status=status)
    # The page first, what goes with it afterwards: else a database may look up the last report of everybody.
    found = list(
        rows.order_by("family_name", "given_name", "pk").values_list("pk", flat=True)[: PAGE_SIZE + 1]
    )
    details = _with_last(Patient.objects.filter(pk__in=found[:PAGE_SIZE])).in_bulk()
    shown = [details[pk] for pk in found[:PAGE_SIZE]]
    less = household.who_reports_less([patient.pk for patient in shown], now=now)
    return PatientPage(
        rows=tuple(_row(patient, now, less) for patient in shown),
        after=str(shown[-1].pk) if len(found) > PAGE_SIZE else "",
        several_clinics=len(clinics) > 1,
        may_enrol=clinics_with(user, Permission.MANAGE_PATIENTS).exists(),
    )


def panel(*, user: User, patient_id: UUID, older_than: str, days: int, now: datetime) -> PatientPanel:
    """One patient's page; NotVisible where the person may not see the patient as staff."""
    patient = get_patient(user, patient_id)
    if not can(user, Permission.VIEW_PATIENTS, patient.clinic_id):
        # Visible as family only: that view is not this one.
        raise NotVisible("patient")
    return PatientPanel(
        patient=facts(patient, now),
        timeline=timeline.of_patient(patient=patient, language=user.language, older_than=older_than),
        trends=trends.of_patient(patient=patient, language=user.language, days=days, now=now),
        caregivers=care_team.caregivers(patient=patient),
        invitations=care_team.open_invitations(patient=patient, now=now),
        thinking=home_checks.of_patient(patient=patient),
        reading=education.of_patient(patient=patient),
        may_manage=can(user, Permission.MANAGE_PATIENTS, patient.clinic_id),
        stored={name: getattr(patient, name) for name in CHANGEABLE},
        preflight=_preflight(patient, now),
        baseline_items=baseline_items(patient=patient, language=user.language),
        tonight=nights.tonight(patient=patient, now=now),
        reports_less=bool(household.who_reports_less([patient.pk], now=now)),
    )


def baseline_items(*, patient: Patient, language: str) -> tuple[BaselineItem, ...]:
    """What the clinic's protocol compares with this person's own usual values."""
    rules = current_rules(patient.clinic)
    # The thinking check has a page of its own, where the family takes it.
    keys = [key for key in rules.baselines if key != go_home_check.BASELINE_ITEM] if rules else []
    asked = [rules.question(key) for key in keys] if rules else []
    return tuple(
        BaselineItem(
            key=question.key,
            label=question.label(language),
            lowest=question.minimum or 0,
            highest=question.maximum or max((int(one.value) for one in question.options), default=0),
            value=patient.baseline.get(question.key),
        )
        for question in asked
    )


def facts(patient: Patient, now: datetime) -> PatientFacts:
    """A patient in words. Needs `clinic` loaded."""
    today = now.astimezone(ZoneInfo(patient.time_zone)).date()
    return PatientFacts(
        id=patient.pk,
        name=patient.full_name,
        clinic_id=patient.clinic_id,
        clinic_name=patient.clinic.name,
        clinic_phone=patient.clinic.clinic_phone,
        line_phone=patient.clinic.line_phone,
        birth_date=patient.birth_date,
        age=age_on(patient.birth_date, today) if patient.birth_date else None,
        infusion_date=patient.infusion_date,
        day=day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone)),
        product=patient.product,
        target=patient.target,
        tier=patient.tier,
        flags=_flags(patient, today),
        baseline=_baseline(patient),
        language=patient.language,
        minutes_to_centre=patient.minutes_to_centre,
        status=patient.status,
        status_label=patient.get_status_display(),
        paused_until=patient.paused_until,
        pause_reason=patient.pause_reason,
        single_caregiver_reason=patient.single_caregiver_reason,
        start_override=patient.start_override,
        is_test=patient.is_synthetic,
    )


def _preflight(patient: Patient, now: datetime) -> Preflight | None:
    if patient.status != PatientStatus.PREPARING and not patient.start_override:
        return None
    return go_home_check.of_patient(patient=patient, now=now)


def _named(search: str) -> Q:
    condition = Q()
    for word in search.split()[:6]:
        condition &= Q(family_name__icontains=word) | Q(given_name__icontains=word)
    return condition


def _past(after: str) -> Q:
    """Everything behind the last row shown, whose name may have changed since: so it is looked up."""
    try:
        last = Patient.objects.filter(pk=UUID(after)).values_list("family_name", "given_name", "pk").first()
    except ValueError:
        return Q()
    if last is None:
        return Q()
    family, given, pk = last
    same_family = Q(family_name=family) & (Q(given_name__gt=given) | Q(given_name=given, pk__gt=pk))
    return Q(family_name__gt=family) | same_family


def _with_last(rows: QuerySet[Patient]) -> QuerySet[Patient]:
    """The last report and the unresolved escalation of each, fetched with the page by index."""
    last = Report.objects.filter(patient=OuterRef("pk"), is_drill=False).order_by("-received_at", "-pk")
    unresolved = Escalation.objects.filter(
        ~Q(state=EscalationState.RESOLVED), patient=OuterRef("pk"), is_drill=False
    )
    return rows.select_related("clinic").annotate(
        last_report_at=Subquery(last.values("received_at")[:1]),
        last_level=Subquery(last.values("assessment__level")[:1]),
        open_id=Subquery(unresolved.values("pk")[:1]),
        open_level=Subquery(unresolved.values("level")[:1]),
        clinic_name=F("clinic__name"),
    )


def _row(patient: Patient, now: datetime, less: frozenset[UUID]) -> PatientRow:
    found = vars(patient)
    return PatientRow(
        id=patient.pk,
        name=patient.full_name,
        clinic_name=found["clinic_name"],
        day=day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone)),
        product=patient.product,
        status=patient.status,
        status_label=patient.get_status_display(),
        last_report_at=found["last_report_at"],
        last_level=Level(found["last_level"]) if found["last_level"] else None,
        escalation_id=found["open_id"],
        escalation_level=Level(found["open_level"]) if found["open_level"] else None,
        reports_less=patient.pk in less,
    )


def _flags(patient: Patient, today: date) -> tuple[str, ...]:
    flags = [
        (patient.tier == "high", _("High risk tier")),
        (patient.immune_risk, _("Weak immune system")),
        (patient.neutropenia, _("Low neutrophils")),
        (patient.platelets_low, _("Low platelets")),
        (patient.masked_until is not None and today <= patient.masked_until, _("Fever may be hidden")),
    ]
    return tuple(text for is_set, text in flags if is_set)


def _baseline(patient: Patient) -> tuple[tuple[str, str], ...]:
    labels = {
        "sbp": _("Upper blood pressure"),
        "spo2": _("Oxygen (%)"),
        "home_check": _("Thinking check (0-10)"),
        "pain": _("Pain (0-3)"),
        "activity": _("Activity (0-3)"),
        "movement": _("Movement (0-3)"),
    }
    return tuple((labels.get(key, key), str(value)) for key, value in sorted(patient.baseline.items()))
