"""What happened in a patient's life: a fact with its moment. A mistake is taken back and stays on record."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.patient import PatientStatus


class LifeEventKind(models.TextChoices):
    """Stored codes. A transfer and a second infusion are known and not recorded yet: see the rules."""

    ADMITTED = "admitted", _("Admitted to hospital")
    DISCHARGED = "discharged", _("Discharged from hospital")
    TRANSFERRED = "transferred", _("Transferred to another clinic")
    RELAPSED = "relapsed", _("The disease came back")
    ENDED = "ended", _("Monitoring ended")
    DIED = "died", _("Died")
    INFUSED = "infused", _("Infused again")


class LifeEvent(models.Model):
    """`at` is when it happened, `recorded_at` when we were told. Triggers refuse every change of a fact."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="life_events")
    kind = models.CharField(max_length=12, choices=LifeEventKind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    # The escalation whose outcome said so.
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, null=True, blank=True, related_name="life_events"
    )
    # What it changed, so that taking it back leads there again.
    status_before = models.CharField(max_length=10, choices=PatientStatus.choices)
    status_after = models.CharField(max_length=10, choices=PatientStatus.choices)
    paused_until_before = models.DateTimeField(null=True, blank=True)
    pause_reason_before = models.CharField(max_length=200, blank=True)
    home_since_before = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="life_event_of_patient")]
        constraints = [
            models.CheckConstraint(
                name="life_event_kind_known", condition=models.Q(kind__in=LifeEventKind.values)
            ),
            # What has not happened yet is no fact.
            models.CheckConstraint(
                name="life_event_not_ahead", condition=models.Q(at__lte=models.F("recorded_at"))
            ),
            models.CheckConstraint(
                name="life_event_end_has_reason", condition=~models.Q(kind="ended") | ~models.Q(reason="")
            ),
            models.CheckConstraint(
                name="life_event_taken_back_at_with_by",
                condition=models.Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
            models.CheckConstraint(
                name="life_event_reason_when_taken_back",
                condition=models.Q(taken_back_at__isnull=False) | models.Q(taken_back_reason=""),
            ),
            # Nobody dies twice. Monitoring may end again, after another infusion.
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(kind="died", taken_back_at__isnull=True),
                name="life_event_one_death",
            ),
            models.UniqueConstraint(
                fields=["patient", "kind", "at"],
                condition=models.Q(taken_back_at__isnull=True),
                name="life_event_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
