"""Laboratory values and risk assessments as programs send and read them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.api.fields import PlainTextField, StrictSerializer
from clinic.api.outputs import PersonOut
from clinic.models import LabResult, RiskRun
from clinic.models.patient import Tier
from clinic.queries.risk.document import rules
from clinic.rules.risk.answers import Subject
from clinic.services.exchange import lab_values
from clinic.services.risk import moving
from clinic.services.risk.labs import AT_MOST, LONGEST_REASON

LABS = sorted(rules().document.labs)
UNITS = sorted({unit for lab in rules().document.labs.values() for unit in lab.units})

# Typed or pasted by staff, sent by a program or by the hospital's systems, taken along with a patient.
SOURCES = ["typed", "pasted", "api", lab_values.SOURCE, moving.SOURCE]
FLAGS = sorted(one.value for one in Subject if one is not Subject.TIER)


class LabIn(StrictSerializer):
    """One value as the laboratory prints it."""

    lab = serializers.ChoiceField(LABS)
    value = PlainTextField(
        max_length=20, help_text=_("A number with a point, as a text, so that 0.40 stays 0.40.")
    )
    unit = PlainTextField(max_length=12, help_text=_("One that this lab has; another is refused."))
    is_confirmed = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("That somebody has checked a value which hardly anybody has."),
    )


class LabsIn(StrictSerializer):
    """One sample. All of it is stored, or nothing."""

    taken_on = serializers.DateField(help_text=_("The day of the sample where the patient is."))
    taken_at = serializers.RegexField(
        r"^([01][0-9]|2[0-3]):[0-5][0-9]$", required=False, help_text=_("The time there, as 08:30.")
    )
    values = serializers.ListField(child=LabIn(), min_length=1, max_length=AT_MOST)


class StrikeIn(StrictSerializer):
    """Why a value is wrong."""

    reason = PlainTextField(max_length=LONGEST_REASON)


class LabOut(serializers.Serializer[Any]):
    """One value. What was struck out stays in the list and counts no more."""

    id = serializers.UUIDField()
    lab = serializers.ChoiceField(LABS)
    value = serializers.CharField(source="typed_value")
    unit = serializers.CharField(source="typed_unit")
    kept_value = serializers.CharField(source="value", help_text=_("In the unit beside it, to four places."))
    kept_unit = serializers.SerializerMethodField()
    taken_on = serializers.DateField()
    taken_at = serializers.CharField(help_text=_("As 08:30; empty where nobody wrote it."))
    source = serializers.ChoiceField(  # type: ignore[assignment]
        SOURCES, help_text=_("By which way it came in; transfer: taken along from another clinic.")
    )
    is_confirmed = serializers.BooleanField()
    entered_at = serializers.DateTimeField()
    entered_by = PersonOut()
    struck_at = serializers.DateTimeField(allow_null=True)
    struck_by = PersonOut(allow_null=True)
    struck_reason = serializers.CharField()

    def get_kept_unit(self, row: LabResult) -> str:
        return rules().document.labs[row.lab].unit


class LabsOut(serializers.Serializer[Any]):
    """What was stored now. What was on record already is not stored twice, and not in it."""

    stored = LabOut(many=True)


class RiskOut(serializers.Serializer[Any]):
    """The newest risk assessment. It suggests; staff decide. Families never see it."""

    id = serializers.UUIDField()
    day = serializers.IntegerField(help_text=_("Days after the infusion."))
    computed_at = serializers.DateTimeField()
    rule_version = serializers.IntegerField()
    tier = serializers.SerializerMethodField(help_text=_("What is suggested, never what is set."))
    flags = serializers.SerializerMethodField()
    masked_until = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField(help_text=_("Required facts that nobody has recorded."))
    not_known = serializers.SerializerMethodField()
    labs_due = serializers.SerializerMethodField()
    waiting = serializers.DictField(
        child=serializers.DateTimeField(),
        help_text=_("What is suggested beyond what is set, with the moment since when."),
    )
    result = serializers.DictField(help_text=_("Scores and reasons with their evidence, as computed."))

    @extend_schema_field(serializers.ChoiceField(Tier.choices))
    def get_tier(self, run: RiskRun) -> str:
        return str(run.suggested["tier"])

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(FLAGS)))
    def get_flags(self, run: RiskRun) -> list[str]:
        return list(run.suggested["flags"])

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_masked_until(self, run: RiskRun) -> str | None:
        told: str | None = run.suggested["masked_until"]
        return told

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, run: RiskRun) -> list[str]:
        return list(run.result["suggestion"]["missing"])

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_not_known(self, run: RiskRun) -> list[str]:
        return list(run.result["suggestion"]["not_known"])

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_labs_due(self, run: RiskRun) -> list[str]:
        return list(run.result["reminders"])
