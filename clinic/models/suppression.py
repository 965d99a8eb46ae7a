"""A page that did not go out, and why: silence is always on record."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SuppressionRule(models.TextChoices):
    """Which rule held a page back; the label is the reason that staff read."""

    THROTTLED = "throttled", _("Paged this phone less than a minute ago: goes out with the next bundle")
    ALREADY_PAGING = "already_paging", _("Pages about this patient are going out already")
    ALREADY_HELD = "already_held", _("Somebody has taken this patient")
    PAUSED = "paused", _("The patient's monitoring is paused")
    UNREACHABLE = "unreachable", _("This person's phone cannot be paged")


class Suppression(models.Model):
    """Whom a rule kept from being paged; `would_page` is empty where nobody was chosen yet."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="suppressions")
    rule = models.CharField(max_length=20, choices=SuppressionRule.choices)
    at = models.DateTimeField(default=timezone.now)
    would_page = models.ForeignKey(
        "clinic.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    patient = models.ForeignKey(
        "clinic.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, null=True, blank=True, related_name="suppressions"
    )

    class Meta:
        indexes = [models.Index(fields=["clinic", "-at"], name="suppression_of_clinic")]
        constraints = [
            models.CheckConstraint(
                name="suppression_rule_known", condition=models.Q(rule__in=SuppressionRule.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.at:%H:%M}"
