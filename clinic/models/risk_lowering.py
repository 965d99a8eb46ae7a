"""A lower risk for a patient takes two clinicians: one proposes it, another confirms."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LoweringEnd(models.TextChoices):
    """What became of a proposal."""

    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OVERTAKEN = "overtaken", _("Overtaken")


class LoweringReason(models.TextChoices):
    """Why less should count than is suggested; the codes of protocols/risk.yaml."""

    KNOWN_BASELINE = "known_baseline", _("Usual for this person")
    WRONG_DATA = "wrong_data", _("A value or fact is wrong")
    CLINICAL_JUDGEMENT = "clinical_judgement", _("Clinical judgment")
    PALLIATIVE_PLAN = "palliative_plan", _("Palliative plan")
    OTHER = "other", _("Another reason")


class RiskLowering(models.Model):
    """A lower tier, or risk flags taken away, as proposed; until it is confirmed what is on file counts.

    Overtaken: what it would change has changed, another course has begun, care is over, or nobody answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="risk_lowerings")
    course_number = models.PositiveSmallIntegerField()
    # {field: {"from": on file then, "to": proposed}}, as the audit writes values.
    changes = models.JSONField()
    reason = models.TextField()
    # Empty where only words were given.
    reason_code = models.CharField(
        max_length=20, choices=LoweringReason.choices, blank=True, default="", db_default=""
    )
    # The day from which what is computed counts again; empty for those from before there were any.
    ends_on = models.DateField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    end = models.CharField(max_length=10, choices=LoweringEnd.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Nobody where it was overtaken.
    closed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(end=""), name="risk_lowering_one_open"),
            models.CheckConstraint(
                name="risk_lowering_end_known", condition=Q(end__in=["", *LoweringEnd.values])
            ),
            models.CheckConstraint(
                name="risk_lowering_closed_at_with_end",
                condition=Q(end="", closed_at__isnull=True) | (~Q(end="") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="risk_lowering_closed_by_whom",
                condition=Q(end__in=["", LoweringEnd.OVERTAKEN], closed_by__isnull=True)
                | Q(end=LoweringEnd.WITHDRAWN, closed_by=F("proposed_by"))
                | (
                    Q(end__in=[LoweringEnd.CONFIRMED, LoweringEnd.REFUSED], closed_by__isnull=False)
                    & ~Q(closed_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(name="risk_lowering_with_reason", condition=~Q(reason="")),
        ]

    @property
    def reason_in_words(self) -> str:
        """The reason that was chosen and what was written, whichever there is."""
        chosen = str(self.get_reason_code_display()) if self.reason_code else ""
        written = "" if self.reason == self.reason_code else self.reason
        return ". ".join(one for one in (chosen, written) if one)

    def __str__(self) -> str:
        return f"lowering {self.id}"
