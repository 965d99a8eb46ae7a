"""What a client gets back."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.api.fields import SharedFields
from clinic.models import EscalationEvent, LifeEvent, OutcomeRecord, Patient
from clinic.models.escalation import EscalationEventKind, EscalationState, Outcome
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus, Target, Tier
from clinic.models.report import ReportSource, ReportState
from clinic.models.staff import Role
from clinic.queries.core import courses, products
from clinic.rules.core.courses import Course
from clinic.rules.core.enums import Kind, Level
from clinic.rules.outcomes.forms import Part

LEVELS = [level.value for level in Level]
# Who acts on escalations.
ANSWERING_ROLES = [Role.NURSE.value, Role.PHYSICIAN.value]


class ClinicOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PatientOut(serializers.Serializer[Any]):
    """A patient as family and staff may both see."""

    id = serializers.UUIDField()
    clinic = ClinicOut()
    name = serializers.CharField(source="full_name")
    day = serializers.SerializerMethodField(help_text=_("Days since infusion, where the patient is."))
    infusion_date = serializers.DateField()
    product = serializers.CharField()
    target = serializers.SerializerMethodField(help_text=_("As the product's label has it."))
    language = serializers.CharField()
    time_zone = serializers.CharField()
    status = serializers.ChoiceField(PatientStatus.choices)
    paused_until = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(Target.choices))
    def get_target(self, patient: Patient) -> str:
        return products.target_of(patient)

    def get_day(self, patient: Patient) -> int:
        return courses.shown_day(patient, timezone.now(), self._counted_until)

    @cached_property
    def _counted_until(self) -> Mapping[UUID, datetime]:
        """Asked once, for one patient or for all of a page."""
        shown = self.instance if self.parent is None else self.parent.instance
        return courses.counted_until([shown] if isinstance(shown, Patient) else shown or ())


class MonitoringOut(serializers.Serializer[Any]):
    """What staff set and scoring uses."""

    tier = serializers.ChoiceField(Tier.choices)
    immune_risk = serializers.BooleanField()
    neutropenia = serializers.BooleanField()
    platelets_low = serializers.BooleanField()
    masked_until = serializers.DateField(allow_null=True)
    baseline = serializers.DictField(child=serializers.FloatField())
    minutes_to_centre = serializers.IntegerField(allow_null=True)
    nearest_emergency = serializers.CharField(help_text=_("Empty where none is known."))


class CourseOut(serializers.Serializer[Any]):
    """One infusion; days count from it until the next."""

    infusion_date = serializers.DateField(help_text=_("Day 0."))
    product = serializers.CharField()
    target = serializers.SerializerMethodField(help_text=_("As the product's label has it."))
    disease = serializers.CharField(help_text=_("As in a correction; empty where nobody knows it."))
    protocol = serializers.CharField(source="protocol_code")

    @extend_schema_field(serializers.ChoiceField(Target.choices))
    def get_target(self, course: Course) -> str:
        return products.target_of(course)


class PatientDetailOut(PatientOut):
    """With what staff set; null for family."""

    given_name = serializers.CharField()
    family_name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    hospital_number = serializers.CharField(help_text=_("Empty where none is known."))
    disease = serializers.CharField(help_text=_("As in a correction; empty where nobody knows it."))
    monitoring = serializers.SerializerMethodField()
    courses = serializers.SerializerMethodField(help_text=_("In their order; the last is the current one."))

    @extend_schema_field(CourseOut(many=True))
    def get_courses(self, patient: Patient) -> list[dict[str, Any]]:
        return list(CourseOut(courses.of_patient(patient), many=True).data)

    @extend_schema_field(MonitoringOut(allow_null=True))
    def get_monitoring(self, patient: Patient) -> dict[str, Any] | None:
        return MonitoringOut(patient).data if self.context["as_staff"] else None


class CallOut(SharedFields):
    """A number to call, the first one first."""

    kind = serializers.ChoiceField(["emergency", "line", "clinic"])
    label = serializers.CharField()  # type: ignore[assignment]
    phone = serializers.CharField(help_text=_("For a tel: link."))
    display = serializers.CharField()


class AdviceOut(SharedFields):
    """What to tell the family now, in the report's language."""

    level = serializers.ChoiceField(LEVELS)
    title = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    call = CallOut(many=True)
    note = serializers.CharField()
    staffed = serializers.BooleanField(help_text=_("Whether somebody reads reports at this moment."))
    next_staffed = serializers.DateTimeField(allow_null=True)


class StrangerAdviceOut(serializers.Serializer[Any]):
    """What to do about answers that are not taken, because the patient is not theirs."""

    level = serializers.ChoiceField(LEVELS)
    title = serializers.CharField()
    call = CallOut(many=True)


class ReportProblemOut(SharedFields):
    """Something that could not be taken as it was meant. The report is stored and scored with the rest."""

    key = serializers.CharField(help_text=_("The key of a question, or `observed_at`."))
    code = serializers.CharField()
    text = serializers.CharField(help_text=_("What to ask again, in the report's language."))


class ReceiptOut(SharedFields):
    """The report is stored."""

    id = serializers.UUIDField()
    received_at = serializers.DateTimeField()
    replayed = serializers.BooleanField(help_text=_("True when it was stored before this call."))
    is_late = serializers.BooleanField(help_text=_("Observed long before it arrived."))
    clock_skew_seconds = serializers.IntegerField(help_text=_("How far the phone's clock is ahead."))
    advice = AdviceOut()
    problems = ReportProblemOut(many=True)


class AssessmentOut(serializers.Serializer[Any]):
    """The level is the higher of both readings."""

    level = serializers.ChoiceField(LEVELS)
    as_observed = serializers.ChoiceField(
        LEVELS, allow_null=True, help_text=_("By the moment at which the signs were seen.")
    )
    as_received = serializers.ChoiceField(LEVELS, help_text=_("By the moment at which the report arrived."))
    rules = serializers.ListField(child=serializers.CharField())
    protocol_version = serializers.IntegerField()


class ReportEscalationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(EscalationState.choices)
    level = serializers.ChoiceField(LEVELS)


class ReportOut(ReceiptOut):
    """A stored report, what was sent, and what became of it."""

    patient = serializers.UUIDField()
    protocol_version = serializers.IntegerField()
    language = serializers.CharField()
    observed_at = serializers.DateTimeField(
        help_text=_("When the signs were seen, by our clock; never later than `received_at`.")
    )
    sent_at = serializers.DateTimeField()
    answers = serializers.DictField()
    level_on_phone = serializers.ChoiceField(
        LEVELS, allow_null=True, help_text=_("What the phone worked out; null where it said nothing.")
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        ReportSource.choices,
        allow_null=True,
        help_text=_("voice: by the keys of a telephone. Null: by a page, a phone of ours or this API."),
    )
    state = serializers.ChoiceField(ReportState.choices)
    entered_in_error = serializers.BooleanField(
        help_text=_("Staff wrote it down wrongly: it stays, and counts no more.")
    )
    assessment = AssessmentOut(allow_null=True)
    escalation = ReportEscalationOut(allow_null=True)


class PersonOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class LifeEventOut(serializers.Serializer[Any]):
    """Something that happened to the patient. A mistake stays, with who took it back."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(LifeEventKind.choices)
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    recorded_by = PersonOut()
    reason = serializers.CharField()
    status = serializers.SerializerMethodField(
        help_text=_("The patient's status after it; of an act, after the act.")
    )
    taken_back_at = serializers.DateTimeField(allow_null=True)
    taken_back_by = PersonOut(allow_null=True)
    taken_back_reason = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(PatientStatus.choices))
    def get_status(self, event: LifeEvent) -> str:
        return str(self.context.get("status") or event.status_after)


class OutcomeOut(serializers.Serializer[Any]):
    """A form about what became of the patient. A corrected one stays; `replaced` says so."""

    id = serializers.UUIDField()
    course = serializers.IntegerField(source="course_number")
    form = serializers.ChoiceField([(one.value, one.value) for one in Part], source="part")
    day = serializers.IntegerField()
    answers = serializers.DictField()
    recorded_at = serializers.DateTimeField()
    recorded_by = PersonOut()
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
    replaced = serializers.SerializerMethodField()

    def get_replaced(self, record: OutcomeRecord) -> bool:
        return hasattr(record, "replaced_by")


class EscalationOut(serializers.Serializer[Any]):
    """One line of the worklist."""

    id = serializers.UUIDField()
    clinic = serializers.UUIDField(source="clinic_id")
    patient = serializers.UUIDField(source="patient_id")
    patient_name = serializers.CharField(source="patient.full_name")
    level = serializers.ChoiceField(LEVELS)
    state = serializers.ChoiceField(EscalationState.choices)
    version = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = PersonOut(allow_null=True)
    lease_until = serializers.DateTimeField(
        allow_null=True, help_text=_("Until when they have it; then it is open again.")
    )
    snoozed_until = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = PersonOut(allow_null=True)
    outcome = serializers.ChoiceField([*Outcome.choices, ("", "")])


class EscalationEventOut(serializers.Serializer[Any]):
    """One line of an escalation's history."""

    kind = serializers.ChoiceField(EscalationEventKind.choices)
    at = serializers.DateTimeField()
    by = PersonOut(allow_null=True)
    report = serializers.UUIDField(source="report_id", allow_null=True)
    level = serializers.ChoiceField([*LEVELS, ""], help_text=_("The level since; empty where it stayed."))
    text = serializers.SerializerMethodField()

    def get_text(self, event: EscalationEvent) -> str:
        return event.words(get_language() or "")


class ColleagueOut(serializers.Serializer[Any]):
    staff = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(ANSWERING_ROLES)


class EscalationDetailOut(EscalationOut):
    """With its history, oldest first."""

    resolution_note = serializers.CharField()
    owed_roles = serializers.ListField(
        child=serializers.ChoiceField(ANSWERING_ROLES),
        help_text=_("Roles that must still answer before it can be closed."),
    )
    colleagues = ColleagueOut(many=True, help_text=_("Who can be asked to take it over."))
    events = EscalationEventOut(many=True, source="history")


class OptionOut(serializers.Serializer[Any]):
    value = serializers.JSONField(help_text=_("What to send: a number on a scale, or a word."))
    text = serializers.CharField()


class QuestionOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    answer_keys = serializers.ListField(child=serializers.CharField(), help_text=_("Keys of `answers`."))
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    text = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    hint = serializers.CharField()
    options = OptionOut(many=True)
    unit = serializers.CharField()
    units = serializers.ListField(child=serializers.CharField())
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    step = serializers.FloatField()
    optional = serializers.BooleanField()
    asked = serializers.BooleanField(help_text=_("Whether this phase asks it."))


class QuestionPageOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    questions = serializers.ListField(child=serializers.CharField())


class ChecklistOut(serializers.Serializer[Any]):
    """All that a phone needs to ask, and to advise with no signal."""

    patient = serializers.UUIDField()
    protocol = serializers.CharField()
    protocol_version = serializers.IntegerField()
    content_hash = serializers.CharField()
    language = serializers.CharField()
    title = serializers.CharField()
    day = serializers.IntegerField()
    phase = serializers.CharField()
    pages = QuestionPageOut(many=True)
    questions = QuestionOut(many=True)
    call = CallOut(many=True)
    decision_table = serializers.JSONField()


class ErrorDetailOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


class ErrorOut(serializers.Serializer[Any]):
    """Every error has this shape."""

    error = ErrorDetailOut()


class NotYoursDetailOut(ErrorDetailOut):
    advice = StrangerAdviceOut()


class RefusedDetailOut(ErrorDetailOut):
    advice = StrangerAdviceOut(required=False)


class RefusedOut(serializers.Serializer[Any]):
    """What was sent is not right. Whom to call stands beside where nothing of it could be read."""

    error = RefusedDetailOut()


class NotYoursOut(serializers.Serializer[Any]):
    """No such patient for this person; whom to call stands beside."""

    error = NotYoursDetailOut()


class TakenDetailOut(ErrorDetailOut):
    taken_by = serializers.CharField()
    taken_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(EscalationState.choices)


class TakenOut(serializers.Serializer[Any]):
    """Somebody else was first."""

    error = TakenDetailOut()
