"""Nights that need somebody awake, and who said they are."""

from django.db import models
from django.utils import timezone


class NightState(models.TextChoices):
    """Planned; the family was asked; staff were told. Settled as soon as somebody is on duty."""

    PLANNED = "planned"
    ASKED = "asked"
    TOLD = "told"
    SETTLED = "settled"


class Night(models.Model):
    """One night of one household with a check-in in it. `due_at`: when to look whether somebody is awake."""

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="nights")
    # The day on which the night begins, where the patient is.
    night_date = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=NightState.choices, default=NightState.PLANNED)

    class Meta:
        indexes = [
            # clinic.services.checkins.nights.follow_up_due: what is to be looked at now.
            models.Index(fields=["due_at"], name="night_due", condition=~models.Q(state="settled")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "night_date"], name="night_once"),
            models.CheckConstraint(name="night_state_known", condition=models.Q(state__in=NightState.values)),
        ]

    def __str__(self) -> str:
        return f"night of {self.night_date}"


class NightDuty(models.Model):
    """Somebody of the family is awake from `starts_at` on, until the next row or the morning.

    Rows are only added: a swap at two in the morning leaves the hours before as they were.
    """

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="night_duties")
    night_date = models.DateField()
    caregiver = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["patient", "night_date", "-starts_at"], name="night_duty_of_patient"),
        ]

    def __str__(self) -> str:
        return f"duty of the night {self.night_date}"
