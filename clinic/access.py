"""Who may see and do what. Every interface asks here; nobody else decides.

Staff act through a role at a clinic, caregivers through an active link to a patient. What a person
may not see does not exist for them: `NotVisible` becomes a 404, and the attempt is audited.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from clinic import device_scope, refusals, row_scope
from clinic.models import (
    AccessRequest,
    CareTaskEntry,
    CareTeamMember,
    Clinic,
    ClinicTransfer,
    EmergencyAccess,
    Escalation,
    FamilyDevice,
    Handover,
    HandoverItem,
    Import,
    ImportRow,
    Invitation,
    LabResult,
    LifeEvent,
    Listener,
    PagerDrill,
    Patient,
    ProtocolDraft,
    ProtocolVersion,
    Report,
    RiskLowering,
    Shift,
    ShiftNotice,
    ShiftPattern,
    ShiftSwap,
    Staff,
    StaffInvitation,
    SystemAlarm,
    SystemCaller,
    SystemClient,
    User,
    WritingSample,
)
from clinic.models.patient import PatientStatus
from clinic.models.report import ReportQuerySet
from clinic.models.staff import Role
from clinic.prepared import PreparedQuery

AnyUser = User | AnonymousUser
# Whoever asks over the API: also another system of a clinic, by a token of its own.
Caller = AnyUser | SystemCaller
Row = TypeVar("Row", bound=Model)
# For how long somebody may hold a record open beyond their role.
LONGEST_EMERGENCY = timedelta(hours=1)


class Permission(StrEnum):
    """What a role may do at its clinic."""

    WATCH_CONSOLE = "watch_console"
    VIEW_PATIENTS = "view_patients"
    ACT_ON_ESCALATIONS = "act_on_escalations"
    MANAGE_PATIENTS = "manage_patients"
    MANAGE_STAFF = "manage_staff"
    MANAGE_PAGING = "manage_paging"
    MANAGE_CLINIC = "manage_clinic"
    EDIT_CONTENT = "edit_content"
    APPROVE_RED_FLAGS = "approve_red_flags"
    VIEW_AUDIT = "view_audit"
    READ_PROTOCOLS = "read_protocols"
    VIEW_PROTOCOLS = "view_protocols"
    EDIT_PROTOCOLS = "edit_protocols"
    APPROVE_PROTOCOLS = "approve_protocols"
    HAND_OUT_RECORDS = "hand_out_records"
    DELETE_RECORDS = "delete_records"
    LOWER_RISKS = "lower_risks"
    OPEN_IN_EMERGENCY = "open_in_emergency"
    SEE_STRAIN = "see_strain"
    IMPORT_RECORDS = "import_records"


_CLINICAL = frozenset(
    {
        Permission.WATCH_CONSOLE,
        Permission.VIEW_PATIENTS,
        Permission.ACT_ON_ESCALATIONS,
        Permission.MANAGE_PATIENTS,
        Permission.READ_PROTOCOLS,
        Permission.VIEW_PROTOCOLS,
        Permission.EDIT_PROTOCOLS,
        Permission.LOWER_RISKS,
        Permission.OPEN_IN_EMERGENCY,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.NURSE: _CLINICAL,
    # Limits, and texts that tell a family when to call for help, need a physician who has not written them.
    Role.PHYSICIAN: _CLINICAL
    | {Permission.APPROVE_RED_FLAGS, Permission.APPROVE_PROTOCOLS, Permission.HAND_OUT_RECORDS},
    # Who writes what families read has to know the published rules; drafts of rules are not theirs.
    # What caregivers share of themselves is for nobody else, whatever else they may see.
    Role.SOCIAL_WORKER: frozenset({Permission.SEE_STRAIN}),
    Role.EDUCATOR: frozenset(
        {Permission.EDIT_CONTENT, Permission.READ_PROTOCOLS, Permission.OPEN_IN_EMERGENCY}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.WATCH_CONSOLE,
            Permission.VIEW_PATIENTS,
            Permission.MANAGE_PATIENTS,
            Permission.MANAGE_STAFF,
            Permission.MANAGE_PAGING,
            Permission.MANAGE_CLINIC,
            Permission.VIEW_AUDIT,
            Permission.READ_PROTOCOLS,
            Permission.VIEW_PROTOCOLS,
            Permission.HAND_OUT_RECORDS,
            Permission.DELETE_RECORDS,
            Permission.IMPORT_RECORDS,
            Permission.OPEN_IN_EMERGENCY,
        }
    ),
}


# What another system may at its own clinic; which kinds of resources, its scopes say (clinic/api/fhir).
_SYSTEM_PERMISSIONS = frozenset({Permission.VIEW_PATIENTS, Permission.HAND_OUT_RECORDS})


class NotVisible(Exception):
    """There is no such thing for this person. Answered with 404, never 403."""


class NotAllowed(Exception):
    """The person may see it but their role may not do this. Answered with 403."""


class TakenOver(NotAllowed):
    """Another clinic has taken the patient over: nobody changes this record any more."""


def roles_with(permission: Permission) -> list[str]:
    """The role codes that carry a permission."""
    return [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]


def clinics_with(user: Caller, permission: Permission) -> QuerySet[Clinic]:
    """The clinics at which this person has the permission now; of another system its own."""
    if isinstance(user, SystemCaller):
        own = Clinic.objects.filter(pk=user.clinic_id)
        return own if permission in _SYSTEM_PERMISSIONS else own.none()
    if not user.is_authenticated or not user.is_active:
        return Clinic.objects.none()
    return Clinic.objects.filter(
        staff__user=user, staff__ended_at__isnull=True, staff__role__in=roles_with(permission)
    ).distinct()


def list_clinics_with(user: Caller, permission: Permission) -> list[Clinic]:
    """The same clinics by name, at once: for what every console asks again and again."""
    if not isinstance(user, User) or not user.is_active:
        return list(clinics_with(user, permission).order_by("name", "pk"))
    return _clinics_by_name(permission)(user.pk)


@cache
def _clinics_by_name(permission: Permission) -> PreparedQuery[Clinic]:
    return PreparedQuery(
        lambda user_id: clinics_with(User(pk=user_id), permission).order_by("name", "pk"), UUID
    )


def can(user: Caller, permission: Permission, clinic: Clinic | UUID) -> bool:
    """Whether this person may do this at this clinic, now."""
    clinic_id = clinic.pk if isinstance(clinic, Clinic) else clinic
    return any(one.pk == clinic_id for one in list_clinics_with(user, permission))


def require(user: Caller, permission: Permission, clinic: Clinic | UUID) -> None:
    """Raise NotAllowed unless the person has the permission at the clinic."""
    if not can(user, permission, clinic):
        raise NotAllowed(str(permission))


def require_managing(user: AnyUser, patient: Patient) -> None:
    """Raise NotAllowed unless the person manages this patient; nobody does whom another clinic took over."""
    require(user, Permission.MANAGE_PATIENTS, patient.clinic_id)
    if patient.status == PatientStatus.ENDED:
        onward = ClinicTransfer.objects.filter(patient=patient, new_patient__isnull=False)
        if onward.exists():
            raise TakenOver("transferred")


def patients_visible_to(user: Caller) -> QuerySet[Patient]:
    """Patients of the person's clinics, and those they look after; nothing for anybody else.

    The made-up patient of the weekly test is nobody's: it is in no list, count, figure or export. Who was
    deleted is found no more.
    """
    if not user.is_authenticated or not user.is_active:
        return Patient.objects.none()
    theirs = Q(clinic__in=clinics_with(user, Permission.VIEW_PATIENTS).values("pk"))
    if not isinstance(user, SystemCaller):
        theirs |= Q(pk__in=user.care_links.filter(ended_at__isnull=True).values("patient_id"))
    return Patient.objects.filter(theirs, is_synthetic=False, erased_at=None)


def patients_cared_for_by(user: AnyUser) -> QuerySet[Patient]:
    """Patients that the person looks after as family, whatever their other roles."""
    if not user.is_authenticated or not user.is_active:
        return Patient.objects.none()
    linked = user.care_links.filter(ended_at__isnull=True).values("patient_id")
    return Patient.objects.filter(pk__in=linked, erased_at=None)


def reports_visible_to(user: Caller) -> ReportQuerySet:
    """Reports on the patients that the person may see; for a family also those of the clinic before.

    On a device that waits to be confirmed only what was handed in from it.
    """
    theirs = Q(patient__in=patients_visible_to(user))
    if isinstance(user, User) and user.is_active:
        linked = user.care_links.filter(ended_at__isnull=True).values("patient_id")
        left = ClinicTransfer.objects.filter(new_patient__in=linked)
        theirs |= Q(patient__in=left.values("patient_id"))
    reports = Report.objects.filter(theirs)
    device = device_scope.waiting_device_of(user.pk)
    return reports.filter(pk__in=device.sent) if device else reports


def family_devices_visible_to(user: AnyUser) -> QuerySet[FamilyDevice]:
    """The person's own that have not ended, and those that wait of whoever looks after a patient with them.

    None on a device that itself waits.
    """
    if not user.is_authenticated or not user.is_active or device_scope.waiting_device_of(user.pk):
        return FamilyDevice.objects.none()
    patients = user.care_links.filter(ended_at__isnull=True).values("patient_id")
    family = CareTeamMember.objects.filter(patient__in=patients, ended_at__isnull=True).values("user_id")
    waiting = Q(user__in=family, confirmed_at__isnull=True)
    return FamilyDevice.objects.filter(Q(user=user) | waiting, ended_at__isnull=True)


def get_family_device(user: AnyUser, device_id: UUID | str) -> FamilyDevice:
    """One of these with its person, or NotVisible (audited)."""
    rows = family_devices_visible_to(user).select_related("user")
    return _get(rows, user, "family_device", device_id)


def get_device_of_caregiver(user: AnyUser, member_id: int | str, device_id: UUID | str) -> FamilyDevice:
    """A device of a caregiver of a visible patient that has not ended, or NotVisible (audited)."""
    member = get_care_team_member(user, member_id)
    rows = FamilyDevice.objects.filter(user=member.user_id, ended_at__isnull=True).select_related("user")
    return _get(rows, user, "family_device", device_id)


def escalations_visible_to(user: Caller) -> QuerySet[Escalation]:
    """Escalations of the clinics whose patients the person may see as staff; none for caregivers.

    Without practice alarms and the weekly test, which are answered on the console and counted nowhere.
    """
    return _escalations(user).filter(patient__is_synthetic=False)


def get_clinic(user: AnyUser, clinic_id: UUID | str) -> Clinic:
    """One clinic at which the person has a role, or NotVisible (audited)."""
    roles = Staff.objects.filter(user=user.pk, user__is_active=True, ended_at__isnull=True)
    return _get(Clinic.objects.filter(pk__in=roles.values("clinic_id")), user, "clinic", clinic_id)


def get_patient(user: Caller, patient_id: UUID | str) -> Patient:
    """One visible patient with its clinic, or NotVisible (audited).

    By the id of a record that another clinic has taken over, the one that goes on, where that is visible.
    """
    if found := _at_once(_visible_patient, user, patient_id):
        return found
    rows = patients_visible_to(user).select_related("clinic")
    return _followed(rows, patient_id) or _get(rows, user, "patient", patient_id)


def get_cared_for(user: AnyUser, patient_id: UUID | str) -> Patient:
    """One patient that the person looks after, or NotVisible (audited); followed as by get_patient."""
    rows = patients_cared_for_by(user).select_related("clinic")
    return _followed(rows, patient_id) or _get(rows, user, "patient", patient_id)


@row_scope.everything()
def get_clinic_transfer(user: AnyUser, transfer_id: UUID | str) -> ClinicTransfer:
    """One transfer from or to a clinic whose patients the person may see, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.VIEW_PATIENTS).values("pk")
    rows = ClinicTransfer.objects.filter(Q(patient__clinic__in=clinics) | Q(to_clinic__in=clinics))
    return _get(rows.select_related("patient__clinic", "to_clinic"), user, "clinic_transfer", transfer_id)


# What get_patient finds at once, for nearly everybody.
_visible_patient = PreparedQuery(
    lambda user_id, patient_id: (
        patients_visible_to(User(pk=user_id)).filter(pk=patient_id).select_related("clinic")
    ),
    UUID,
    UUID,
)


def _followed(rows: QuerySet[Patient], patient_id: UUID | str) -> Patient | None:
    """The record with this id among these, or the one of them that has taken it over."""
    try:
        wanted: UUID | str | None = patient_id
        while wanted is not None:
            if found := rows.filter(pk=wanted).first():
                return found
            onward = ClinicTransfer.objects.filter(patient__pk=wanted, new_patient__isnull=False)
            wanted = onward.values_list("new_patient", flat=True).first()
    except (ValueError, ValidationError):
        pass
    return None


def get_report(user: Caller, report_id: UUID | str) -> Report:
    """One visible report with patient and clinic, or NotVisible (audited)."""
    rows = reports_visible_to(user).select_related("patient__clinic", "author", "protocol_version")
    return _get(rows.defer("protocol_version__document"), user, "report", report_id)


def get_escalation(user: Caller, escalation_id: UUID | str) -> Escalation:
    """One visible escalation with patient and clinic, or NotVisible (audited)."""
    if found := _at_once(_visible_escalation, user, escalation_id):
        return found
    return _get(_with_people(_escalations(user)), user, "escalation", escalation_id)


# What get_escalation finds at once, for nearly everybody.
_visible_escalation = PreparedQuery(
    lambda user_id, escalation_id: _with_people(_escalations(User(pk=user_id)).filter(pk=escalation_id)),
    UUID,
    UUID,
)


def _with_people(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return rows.select_related("patient", "clinic", "acknowledged_by", "resolved_by")


def _escalations(user: Caller) -> QuerySet[Escalation]:
    clinics = clinics_with(user, Permission.VIEW_PATIENTS).values("pk")
    return Escalation.objects.filter(clinic__in=clinics, is_drill=False, patient__erased_at=None)


def get_drill(user: AnyUser, escalation_id: UUID | str) -> Escalation:
    """One practice alarm of a visible patient, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.VIEW_PATIENTS).values("pk")
    rows = Escalation.objects.filter(clinic__in=clinics, is_drill=True, patient__erased_at=None)
    rows = rows.select_related("patient")
    return _get(rows, user, "escalation", escalation_id)


def get_invitation(user: AnyUser, invitation_id: UUID | str) -> Invitation:
    """One invitation to a visible patient, or NotVisible (audited)."""
    rows = Invitation.objects.filter(patient__in=patients_visible_to(user)).select_related("patient")
    return _get(rows, user, "invitation", invitation_id)


def get_care_team_member(user: Caller, member_id: int | str) -> CareTeamMember:
    """One caregiver's link to a visible patient, or NotVisible (audited)."""
    rows = CareTeamMember.objects.filter(patient__in=patients_visible_to(user)).select_related("patient")
    return _get(rows, user, "care_team_member", member_id)


def get_life_event(user: AnyUser, patient_id: UUID | str, event_id: UUID | str) -> LifeEvent:
    """One event of this visible patient, or NotVisible (audited)."""
    rows = LifeEvent.objects.filter(patient=get_patient(user, patient_id)).select_related("patient")
    return _get(rows, user, "life_event", event_id)


def get_lab_result(user: AnyUser, patient_id: UUID | str, result_id: UUID | str) -> LabResult:
    """One laboratory value of this visible patient, or NotVisible (audited)."""
    rows = LabResult.objects.filter(patient=get_patient(user, patient_id)).select_related("patient__clinic")
    return _get(rows, user, "lab_result", result_id)


def get_care_task_entry(user: AnyUser, patient_id: UUID | str, entry_id: UUID | str) -> CareTaskEntry:
    """One act about a care task of this visible patient, or NotVisible (audited)."""
    rows = CareTaskEntry.objects.filter(patient=get_patient(user, patient_id))
    return _get(rows.select_related("patient__clinic"), user, "care_task_entry", entry_id)


def get_writing_sample(user: AnyUser, sample_id: UUID | str) -> WritingSample:
    """One written sentence of a visible patient, or NotVisible (audited)."""
    rows = WritingSample.objects.filter(patient__in=patients_visible_to(user)).select_related("patient")
    return _get(rows, user, "writing_sample", sample_id)


def get_protocol_draft(user: AnyUser, draft_id: UUID | str) -> ProtocolDraft:
    """One draft of a clinic whose protocols the person may see, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.VIEW_PROTOCOLS).values("pk")
    rows = ProtocolDraft.objects.filter(protocol__clinic__in=clinics)
    return _get(rows.select_related("protocol__clinic", "base_version"), user, "protocol_draft", draft_id)


def get_protocol_version(user: AnyUser, version_id: int | str) -> ProtocolVersion:
    """One published version, with its document, of a clinic of the person, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.READ_PROTOCOLS).values("pk")
    rows = ProtocolVersion.objects.filter(protocol__clinic__in=clinics).defer(None)
    return _get(rows.select_related("protocol__clinic", "published_by"), user, "protocol_version", version_id)


def get_alarm(user: AnyUser, alarm_id: int | str) -> SystemAlarm:
    """One alarm of a clinic that the person may watch, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.WATCH_CONSOLE).values("pk")
    return _get(SystemAlarm.objects.filter(clinic__in=clinics), user, "alarm", alarm_id)


def handovers_visible_to(user: AnyUser) -> QuerySet[Handover]:
    """Shift handovers of the clinics whose patients the person may see as staff."""
    return Handover.objects.filter(clinic__in=clinics_with(user, Permission.VIEW_PATIENTS).values("pk"))


def get_handover(user: AnyUser, handover_id: UUID | str) -> Handover:
    """One visible handover with its clinic and people, or NotVisible (audited)."""
    rows = handovers_visible_to(user).select_related("clinic", "given_by", "given_to__user")
    return _get(rows, user, "handover", handover_id)


def get_handover_item(user: AnyUser, handover_id: UUID | str, item_id: int | str) -> HandoverItem:
    """One line of this visible handover, or NotVisible (audited)."""
    of_sheet = HandoverItem.objects.filter(handover=get_handover(user, handover_id))
    rows = of_sheet.select_related("handover")
    return _get(rows, user, "handover_item", item_id)


def get_clinic_named(user: AnyUser, slug: str, permission: Permission) -> Clinic:
    """A clinic of the person's by its short name, the first one for an empty name; NotVisible (audited)."""
    mine = clinics_with(user, permission).order_by("name", "pk")
    named = Clinic.objects.filter(slug=slug) if slug else mine
    return _get(mine, user, "clinic", named.values_list("pk", flat=True).first() or slug)


def choose_clinic(user: AnyUser, slug: str, permission: Permission) -> tuple[Clinic, tuple[Clinic, ...]]:
    """The same, with all those between which the person may choose, by name; NotVisible (audited)."""
    chosen = get_clinic_named(user, slug, permission)
    return chosen, tuple(clinics_with(user, permission).order_by("name", "pk"))


def get_shift_pattern(user: AnyUser, pattern_id: int) -> ShiftPattern:
    """One weekly pattern of a clinic whose console the person watches, or NotVisible (audited)."""
    rows = ShiftPattern.objects.filter(clinic__in=_watched(user)).select_related("staff__user", "clinic")
    return _get(rows, user, "shift_pattern", pattern_id)


def get_shift(user: AnyUser, shift_id: int) -> Shift:
    """One shift with a date of a clinic whose console the person watches, or NotVisible (audited)."""
    rows = Shift.objects.filter(clinic__in=_watched(user)).select_related("staff__user", "clinic")
    return _get(rows, user, "shift", shift_id)


def get_swap(user: AnyUser, swap_id: int) -> ShiftSwap:
    """One swap that the person asked for or is asked to accept, or NotVisible (audited)."""
    roles = own_roles(user).values("pk")
    rows = ShiftSwap.objects.filter(Q(from_staff__in=roles) | Q(to_staff__in=roles))
    return _get(rows.select_related("clinic", "from_staff", "to_staff"), user, "swap", swap_id)


def get_own_role(user: AnyUser, staff_id: int) -> Staff:
    """One current role of the person's own, or NotVisible (audited)."""
    return _get(own_roles(user).select_related("user", "clinic"), user, "staff", staff_id)


def get_colleague(user: AnyUser, staff_id: int) -> Staff:
    """Somebody with a current role at a clinic whose console the person watches, or NotVisible (audited)."""
    rows = Staff.objects.filter(clinic__in=_watched(user), ended_at__isnull=True)
    return _get(rows.select_related("user", "clinic"), user, "staff", staff_id)


def get_managed_role(user: AnyUser, staff_id: int) -> Staff:
    """A role, ended or not, where the person manages staff; any for an operator. NotVisible (audited)."""
    rows = Staff.objects.select_related("user", "clinic")
    if not is_operator(user):
        rows = rows.filter(clinic__in=clinics_with(user, Permission.MANAGE_STAFF).values("pk"))
    return _get(rows, user, "staff", staff_id)


def is_operator(user: AnyUser) -> bool:
    """Whether the person changes staff of every clinic in the operators' admin."""
    return user.is_active and user.is_staff and user.has_perm("clinic.change_staff")


def emergency_accesses_of(user: AnyUser, now: datetime) -> QuerySet[EmergencyAccess]:
    """Records that the person holds open now beyond their role; none for who works nowhere any more."""
    if not clinics_with(user, Permission.OPEN_IN_EMERGENCY).exists():
        return EmergencyAccess.objects.none()
    return EmergencyAccess.objects.filter(
        user=user.pk,
        ended_at__isnull=True,
        ends_at__gt=now,
        # Whatever its end says.
        opened_at__gt=now - LONGEST_EMERGENCY,
        patient__erased_at=None,
    )


def get_emergency_access(user: AnyUser, access_id: UUID | str, now: datetime) -> EmergencyAccess:
    """One record that the person holds open now beyond their role, or NotVisible (audited)."""
    rows = emergency_accesses_of(user, now).select_related("patient__clinic")
    return _get(rows, user, "emergency_access", access_id)


def get_emergency_to_review(user: AnyUser, access_id: UUID | str) -> EmergencyAccess:
    """One opening of a record of a clinic whose audit the person reads, or NotVisible (audited)."""
    led = clinics_with(user, Permission.VIEW_AUDIT).values("pk")
    rows = EmergencyAccess.objects.filter(patient__clinic__in=led)
    return _get(rows.select_related("patient__clinic", "user"), user, "emergency_access", access_id)


def get_risk_lowering(user: AnyUser, lowering_id: UUID | str) -> RiskLowering:
    """One proposal of a lower risk for a visible patient, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.VIEW_PATIENTS).values("pk")
    rows = RiskLowering.objects.filter(patient__clinic__in=clinics, patient__erased_at=None)
    return _get(rows.select_related("patient__clinic"), user, "risk_lowering", lowering_id)


def get_access_request(user: AnyUser, request_id: UUID | str) -> AccessRequest:
    """What is asked for where the person manages staff; any for an operator. NotVisible (audited)."""
    rows = AccessRequest.objects.select_related("user", "clinic", "asked_by")
    if not is_operator(user):
        rows = rows.filter(clinic__in=clinics_with(user, Permission.MANAGE_STAFF).values("pk"))
    return _get(rows, user, "access_request", request_id)


def get_staff_invitation(user: AnyUser, invitation_id: UUID | str) -> StaffInvitation:
    """One invitation to the team of a clinic where the person has a role, or NotVisible (audited)."""
    roles = Staff.objects.filter(user=user.pk, user__is_active=True, ended_at__isnull=True)
    rows = StaffInvitation.objects.filter(clinic__in=roles.values("clinic")).select_related("clinic")
    return _get(rows, user, "staff_invitation", invitation_id)


def get_listener(user: AnyUser, listener_id: UUID | str) -> Listener:
    """One of the systems that are told of events, where the person has a role, or NotVisible (audited)."""
    roles = Staff.objects.filter(user=user.pk, user__is_active=True, ended_at__isnull=True)
    rows = Listener.objects.filter(clinic__in=roles.values("clinic")).select_related("clinic")
    return _get(rows, user, "listener", listener_id)


def get_system_client(user: AnyUser, client_id: UUID | str) -> SystemClient:
    """One of the systems that read records, where the person has a role, or NotVisible (audited)."""
    roles = Staff.objects.filter(user=user.pk, user__is_active=True, ended_at__isnull=True)
    rows = SystemClient.objects.filter(clinic__in=roles.values("clinic")).select_related("clinic")
    return _get(rows, user, "system_client", client_id)


def get_import(user: AnyUser, import_id: UUID | str) -> Import:
    """What came from the hospital's systems, where the person has a role, or NotVisible (audited)."""
    roles = Staff.objects.filter(user=user.pk, user__is_active=True, ended_at__isnull=True)
    rows = Import.objects.filter(clinic__in=roles.values("clinic")).select_related("clinic")
    return _get(rows, user, "import", import_id)


def get_import_row(user: AnyUser, row_id: UUID | str) -> ImportRow:
    """One row of it, where the person sees patients, or NotVisible (audited)."""
    clinics = clinics_with(user, Permission.VIEW_PATIENTS).values("pk")
    rows = ImportRow.objects.filter(clinic__in=clinics).select_related("clinic", "of_import")
    return _get(rows, user, "import_row", row_id)


def get_own_notice(user: AnyUser, notice_id: int) -> ShiftNotice:
    """The notice of one of the person's own shifts, or NotVisible (audited)."""
    return _get(ShiftNotice.objects.filter(staff__in=own_roles(user)), user, "shift_notice", notice_id)


def get_own_drill(user: AnyUser, drill_id: int) -> PagerDrill:
    """A test page to the person, or NotVisible (audited)."""
    return _get(PagerDrill.objects.filter(staff__in=own_roles(user)), user, "drill", drill_id)


def own_roles(user: AnyUser) -> QuerySet[Staff]:
    """The person's current roles from which alerts are answered or watched."""
    if not user.is_authenticated or not user.is_active:
        return Staff.objects.none()
    return Staff.objects.filter(
        user=user, ended_at__isnull=True, role__in=roles_with(Permission.WATCH_CONSOLE)
    )


def _watched(user: AnyUser) -> QuerySet[Clinic]:
    return clinics_with(user, Permission.WATCH_CONSOLE).values("pk")  # type: ignore[return-value]


def _at_once(kept: PreparedQuery[Row], user: Caller, subject_id: UUID | str) -> Row | None:
    """What a kept statement finds for an open account; None also where only the ORM can ask."""
    if isinstance(subject_id, UUID) and isinstance(user, User) and user.is_active:
        return kept.first(user.pk, subject_id)
    return None


def _get(rows: QuerySet[Row], user: Caller, subject_type: str, subject_id: UUID | str | int) -> Row:
    try:
        found = rows.filter(pk=subject_id).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        refusals.record(rows.model, user, subject_type, subject_id)
        raise NotVisible(subject_type)
    return found
