"""The patients of a person's clinics as a list to search."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from clinic.access import Permission, clinics_with
from clinic.models import ClinicTransfer, Escalation, Patient, Report, User
from clinic.models.clinic_transfer import ClinicTransferState
from clinic.models.escalation import EscalationState
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import silences
from clinic.queries.core import courses
from clinic.queries.patients import look_alikes, searching
from clinic.queries.reports import household
from clinic.rules.core.enums import Level
from clinic.rules.reports import phone_levels

ROWS_AT_ONCE = 50
# In an address, beside the statuses.
EVERYBODY = "all"
_OVER = (PatientStatus.ENDED, PatientStatus.DIED)


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
    # When it was seen; when it came only where that was much later.
    last_report_at: datetime | None
    last_report_came_at: datetime | None
    last_level: Level | None
    escalation_id: UUID | None
    escalation_level: Level | None
    # A soft note; asking tells whether it means calm or exhaustion.
    reports_less: bool = False
    mark: look_alikes.Mark | None = None
    # The check-in with which a silence began.
    silent_since: datetime | None = None


@dataclass(frozen=True)
class PatientList:
    """One page of the list, by name; `next_cursor` fetches the next, empty on the last one.

    `shown` is a status, EVERYBODY, or empty for those in care. `has_no_patient`: nobody was ever enrolled.
    """

    rows: tuple[PatientRow, ...]
    shown: str
    next_cursor: str
    several_clinics: bool
    may_enrol: bool
    clinic_ids: tuple[UUID, ...]
    has_no_patient: bool


def search(*, user: User, words: str, cursor: str, now: datetime, status: str = "") -> PatientList:
    """Patients of the person's clinics by family name; searching.found_by says what is looked through.

    Who is in care, unless a status or everybody is asked for; whoever searches looks among everybody. A
    status that does not exist asks for nothing: it comes from an address.
    """
    clinics = list(clinics_with(user, Permission.VIEW_PATIENTS).values_list("pk", flat=True))
    asked = status if status in (*PatientStatus.values, EVERYBODY) else EVERYBODY if words else ""
    rows = Patient.objects.filter(clinic__in=clinics, is_synthetic=False, erased_at=None)
    fitting = rows.filter(searching.found_by(words), _after_cursor(cursor), _of_status(asked))
    # The page first, what goes with it afterwards: else a database may look up the last report of everybody.
    found = list(
        fitting.order_by("family_name", "given_name", "pk").values_list("pk", flat=True)[: ROWS_AT_ONCE + 1]
    )
    details = _with_last_report(Patient.objects.filter(pk__in=found[:ROWS_AT_ONCE])).in_bulk()
    shown = [details[pk] for pk in found[:ROWS_AT_ONCE]]
    reporting_less = household.patients_reporting_less([patient.pk for patient in shown], now=now)
    marks = look_alikes.marks_of(shown)
    until = courses.counted_until(shown)
    silent = silences.silent_since([patient.pk for patient in shown], now)
    return PatientList(
        rows=tuple(
            replace(
                _row(patient, now, reporting_less, until),
                mark=marks.get(patient.pk),
                silent_since=silent.get(patient.pk),
            )
            for patient in shown
        ),
        shown=asked,
        next_cursor=str(shown[-1].pk) if len(found) > ROWS_AT_ONCE else "",
        several_clinics=len(clinics) > 1,
        clinic_ids=tuple(clinics),
        may_enrol=clinics_with(user, Permission.MANAGE_PATIENTS).exists(),
        has_no_patient=not found
        and not Patient.objects.filter(clinic__in=clinics, is_synthetic=False).exists(),
    )


def _of_status(asked: str) -> Q:
    if asked == EVERYBODY:
        return Q()
    return Q(status=asked) if asked else ~Q(status__in=_OVER)


def _after_cursor(after: str) -> Q:
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


def _with_last_report(rows: QuerySet[Patient]) -> QuerySet[Patient]:
    """The last report and the unresolved escalation of each, fetched with the page by index."""
    seen = Report.objects.standing().filter(patient=OuterRef("pk"), is_drill=False)
    last = seen.order_by("-observed_at", "-received_at", "-pk")
    unresolved = Escalation.objects.filter(
        ~Q(state=EscalationState.RESOLVED), patient=OuterRef("pk"), is_drill=False
    )
    accepted = ClinicTransfer.objects.filter(patient=OuterRef("pk"), state=ClinicTransferState.ACCEPTED)
    return rows.select_related("clinic").annotate(
        last_report_at=Subquery(last.values("observed_at")[:1]),
        last_report_came_at=Subquery(last.values("received_at")[:1]),
        last_report_is_late=Subquery(last.values("is_late")[:1]),
        last_level=Subquery(last.values("assessment__level")[:1]),
        last_level_on_phone=Subquery(last.values("level_on_phone")[:1]),
        open_id=Subquery(unresolved.values("pk")[:1]),
        open_level=Subquery(unresolved.values("level")[:1]),
        clinic_name=F("clinic__name"),
        goes_on_elsewhere=Exists(accepted),
    )


def _row(
    patient: Patient, now: datetime, less: frozenset[UUID], until: Mapping[UUID, datetime]
) -> PatientRow:
    found = vars(patient)
    return PatientRow(
        id=patient.pk,
        name=patient.full_name,
        clinic_name=found["clinic_name"],
        day=courses.shown_day(patient, now, until),
        product=patient.product,
        status=patient.status,
        # Its monitoring has ended here, and goes on there.
        status_label=str(LifeEventKind.TRANSFERRED.label)
        if found["goes_on_elsewhere"]
        else patient.get_status_display(),
        last_report_at=found["last_report_at"],
        last_report_came_at=found["last_report_came_at"] if found["last_report_is_late"] else None,
        last_level=phone_levels.counted(found["last_level"], found["last_level_on_phone"])
        if found["last_level"]
        else None,
        escalation_id=found["open_id"],
        escalation_level=Level(found["open_level"]) if found["open_level"] else None,
        reports_less=patient.pk in less,
    )
