"""Who asked for what is not theirs: a row of the audit at the clinic whose thing it is."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from clinic import row_scope
from clinic.models import AuditEvent, SystemCaller, User
from clinic.models.audit_event import actor_kind_of


def record(
    model: type[Model],
    user: User | AnonymousUser | SystemCaller,
    subject_type: str,
    subject_id: UUID | str | int,
) -> None:
    """At the clinic whose thing it is: the row is theirs, whoever asked."""
    with row_scope.everything():
        clinic_id, patient_id = _place_of(model, subject_type, subject_id)
        AuditEvent.objects.create(
            at=timezone.now(),
            clinic_id=clinic_id,
            patient_id=patient_id,
            actor_id=user.pk,
            actor_kind=actor_kind_of(user),
            action="access.denied",
            subject_type=subject_type,
            subject_id=str(subject_id)[:64],
        )


# Where the clinic and the patient of a thing are found: the leads of that clinic see who asked for it.
_OF_A_PATIENT = ("patient__clinic_id", "patient_id")
_OF_A_CLINIC = ("clinic_id", None)
_PLACES: dict[str, tuple[str, str | None]] = {
    "patient": ("clinic_id", "pk"),
    "escalation": ("clinic_id", "patient_id"),
    "report": _OF_A_PATIENT,
    "invitation": _OF_A_PATIENT,
    "care_team_member": _OF_A_PATIENT,
    "writing_sample": _OF_A_PATIENT,
    "phone_call": _OF_A_PATIENT,
    "lab_result": _OF_A_PATIENT,
    "care_task_entry": _OF_A_PATIENT,
    "life_event": _OF_A_PATIENT,
    "clinic_transfer": _OF_A_PATIENT,
    "card_link": _OF_A_PATIENT,
    "emergency_access": _OF_A_PATIENT,
    "risk_lowering": _OF_A_PATIENT,
    "handover_item": ("handover__clinic_id", None),
    "protocol_draft": ("protocol__clinic_id", None),
    "protocol_version": ("protocol__clinic_id", None),
    "clinic": ("pk", None),
    "shift_notice": ("staff__clinic_id", None),
    "drill": ("staff__clinic_id", None),
    # A clinic of the person whose it is.
    "family_device": ("user__care_links__patient__clinic_id", None),
}


def _place_of(
    model: type[Model], subject_type: str, subject_id: UUID | str | int
) -> tuple[UUID | None, UUID | None]:
    """Clinic and patient of what was refused. Asked for whether it exists or not: both take as long."""
    clinic, patient = _PLACES.get(subject_type, _OF_A_CLINIC)
    try:
        rows = model._base_manager.filter(pk=subject_id).values_list(clinic, patient or clinic)
        found = rows.first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        return None, None
    return found[0], found[1] if patient else None
