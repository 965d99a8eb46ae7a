"""What a client may send."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.api.fields import (
    AnswersField,
    InstantField,
    PlainTextField,
    ReferenceField,
    StrictSerializer,
    WholeNumberField,
)
from clinic.models.escalation import CHOOSABLE_OUTCOMES, EscalationState, Outcome
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import Target
from clinic.queries.watch import audit_words
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Part

# What `infused` may say of the new course.
OF_COURSE = ("product", "target", "near_centre_days", "no_driving_days", "protocol")
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class NothingIn(StrictSerializer):
    """An empty body, or `{}`."""


class PageIn(StrictSerializer):
    """Which page of a list."""

    cursor = serializers.CharField(required=False, help_text=_("From `next` of the page before."))


class PatientsIn(PageIn):
    """Which patients."""

    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text=_("Parts of the name, the hospital number, a caregiver's name or phone, in any order."),
    )


class EscalationsIn(PageIn):
    """Which escalations."""

    state = serializers.ChoiceField(
        EscalationState.choices,
        required=False,
        help_text=_("One state. Without it: everything that is not resolved."),
    )


class AuditExportIn(StrictSerializer):
    """Which rows of the audit; days are the clinic's, both included."""

    clinic = serializers.SlugField(required=False, help_text=_("Without it: the caller's first, by name."))
    person = ReferenceField(required=False)
    patient = ReferenceField(required=False)
    kind = serializers.ChoiceField(choices=[(key, key) for key in audit_words.KINDS], required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class TableExportIn(StrictSerializer):
    """Which rows of a table; days are the clinic's, both included."""

    clinic = serializers.SlugField(required=False, help_text=_("Without it: the caller's first, by name."))
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class ChecklistIn(StrictSerializer):
    """Which language."""

    language = serializers.ChoiceField(
        LANGUAGES, required=False, help_text=_("Without it: the language of the person who asks.")
    )


class ReportIn(StrictSerializer):
    """A report. The id is in the address and is made by the phone, once per report."""

    patient = ReferenceField()
    protocol_version = WholeNumberField(
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("`protocol_version` of the checklist that was answered."),
    )
    observed_at = InstantField(help_text=_("When the answers were true, by the phone's clock."))
    sent_at = InstantField(help_text=_("When this try was sent, by the phone's clock."))
    language = serializers.ChoiceField(LANGUAGES)
    answers = AnswersField()
    level_on_phone = PlainTextField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text=_(
            "The level that the phone worked out by itself, and told the family. The higher one escalates. "
            "A level that is not known here is noted and counts for nothing."
        ),
    )


class ExpectedIn(StrictSerializer):
    """A mild finding that need not page again until then, as long as it is no worse."""

    item = serializers.CharField(max_length=60, help_text=_("The key of the question."))
    until = InstantField(help_text=_("72 hours from now at most."))


class ResolutionIn(StrictSerializer):
    """What came of it."""

    outcome = serializers.ChoiceField(
        [(one.value, one.label) for one in CHOOSABLE_OUTCOMES],
        allow_blank=True,
        help_text=_("May be empty below urgent."),
    )
    note = PlainTextField(required=False, default="", allow_blank=True, max_length=5000)
    expected = ExpectedIn(
        many=True,
        required=False,
        default=list,
        help_text=_("Mild findings, never what is measured. The note then says why."),
    )


class ReasonIn(StrictSerializer):
    """Why."""

    reason = PlainTextField(max_length=1000)


class SnoozeIn(StrictSerializer):
    """Until when, and why."""

    until = InstantField()
    reason = PlainTextField(max_length=200)


class LevelIn(StrictSerializer):
    """The lower level, and why; below urgent also what came of it."""

    level = serializers.ChoiceField([level.value for level in Level])
    outcome = serializers.ChoiceField(
        [(one.value, one.label) for one in CHOOSABLE_OUTCOMES if one != Outcome.COULD_NOT_REACH],
        required=False,
        default="",
        allow_blank=True,
        help_text=_("Needed from urgent to below urgent."),
    )
    reason = PlainTextField(max_length=1000)


class ContactIn(StrictSerializer):
    """A call to the family."""

    who = PlainTextField(max_length=200, help_text=_("Who was called."))
    reached = serializers.BooleanField()
    note = PlainTextField(required=False, default="", allow_blank=True, max_length=4000)


class _ToColleague(StrictSerializer):
    staff = WholeNumberField(
        min_value=1, max_value=2**31 - 1, help_text=_("From `colleagues` of the escalation.")
    )


class TransferIn(_ToColleague):
    """To whom, and what they should know."""

    text = PlainTextField(required=False, default="", allow_blank=True, max_length=1000)


class DeclineIn(StrictSerializer):
    """Why not, if the colleague wants to say it."""

    text = PlainTextField(required=False, default="", allow_blank=True, max_length=1000)


class QuestionIn(_ToColleague):
    """Who is asked, and what."""

    text = PlainTextField(max_length=1000)


class AnswerIn(StrictSerializer):
    """What the colleague thinks."""

    text = PlainTextField(max_length=1000)


class FactCorrectionIn(StrictSerializer):
    """What is wrong on file, as it should be, and why. What is left out stays."""

    given_name = PlainTextField(required=False, max_length=80)
    family_name = PlainTextField(required=False, max_length=80)
    birth_date = serializers.DateField(required=False)
    hospital_number = PlainTextField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text=_("Unique at the clinic; kept in capitals, without spaces. Empty takes it away."),
    )
    product = PlainTextField(
        required=False,
        max_length=40,
        help_text=_("A product of the catalog by any of its names; it brings target and days."),
    )
    target = serializers.ChoiceField(
        Target.choices, required=False, help_text=_("Only of a product that is not in the catalog.")
    )
    near_centre_days = WholeNumberField(
        required=False, min_value=0, max_value=730, help_text=_("Needed with another product.")
    )
    no_driving_days = WholeNumberField(
        required=False, min_value=0, max_value=730, help_text=_("Needed with another product.")
    )
    disease = PlainTextField(
        required=False,
        allow_blank=True,
        max_length=80,
        help_text=_("LBCL, FL, MCL, MZL, CLL, B-ALL, MM, or another in words. Empty where nobody knows it."),
    )
    language = PlainTextField(required=False, max_length=10)
    time_zone = PlainTextField(required=False, max_length=60)
    infusion_date = serializers.DateField(
        required=False, help_text=_("Day 0 of the current course. A second infusion does not move it.")
    )
    reason = PlainTextField(max_length=200)


class LifeEventIn(StrictSerializer):
    """What happened to the patient, when, and why."""

    kind = serializers.ChoiceField(
        LifeEventKind.choices,
        help_text=_("`transferred` is refused: it is offered on the patient's page, and accepted."),
    )
    at = InstantField(required=False, help_text=_("When it happened, never ahead. Without it: now."))
    reason = PlainTextField(
        required=False, default="", allow_blank=True, max_length=1000, help_text=_("Needed for `ended`.")
    )
    product = PlainTextField(
        required=False,
        max_length=40,
        help_text=_("Only of `infused`, as in a correction. Without it: the same as before."),
    )
    target = serializers.ChoiceField(Target.choices, required=False)
    near_centre_days = WholeNumberField(required=False, min_value=0, max_value=730)
    no_driving_days = WholeNumberField(required=False, min_value=0, max_value=730)
    protocol = serializers.SlugField(
        required=False,
        max_length=50,
        help_text=_("Only of `infused`: the code of one of the clinic's protocols. Without it: as before."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in OF_COURSE if name in attrs]
        if attrs["kind"] != LifeEventKind.INFUSED and given:
            raise serializers.ValidationError({name: [_("Only an infusion brings this.")] for name in given})
        return attrs


class OutcomeIn(StrictSerializer):
    """What became of the patient by a time point, or what they died of."""

    course = WholeNumberField(min_value=1, max_value=100, help_text=_("Which infusion: 1 is the first."))
    form = serializers.ChoiceField([(one.value, one.value) for one in Part])
    day = WholeNumberField(
        min_value=0,
        max_value=forms.LAST_DAY,
        help_text=_("The time point in days after the infusion: 30, 100, 180, 365, 730 …; 0 of `death`."),
    )
    answers = AnswersField(help_text=_("By item; days as `2026-11-28`. What is left out is not recorded."))
    replaces = ReferenceField(
        required=False,
        allow_null=True,
        default=None,
        help_text=_("The id of the form that stands, which this corrects."),
    )


class TakeBackIn(StrictSerializer):
    """Why it was a mistake."""

    reason = PlainTextField(required=False, default="", allow_blank=True, max_length=1000)
