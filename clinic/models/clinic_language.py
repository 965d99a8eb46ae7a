"""A language that a clinic offers its families besides English, and who has answered for it."""

from django.db import models
from django.utils import timezone


class ClinicLanguage(models.Model):
    """Translations are drafted by a machine. A clinic takes one into use knowing that (`accepted_by`), and
    the families see a warning on each page until a qualified person has checked it (`approved_name`).

    The row stays when a language is taken out of use again: people who chose it keep it.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="offered_languages")
    language = models.CharField(max_length=10)
    offered_since = models.DateTimeField(default=timezone.now)
    # Empty where the language came with the set-up.
    accepted_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The translator who read all of it; seldom a person who signs in.
    approved_name = models.CharField(max_length=120, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "language"],
                condition=models.Q(disabled_at__isnull=True),
                name="clinic_language_once",
            ),
            models.CheckConstraint(
                name="clinic_language_approved_at_with_by",
                condition=models.Q(approved_at__isnull=True, approved_by__isnull=True)
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="clinic_language_approved_with_name",
                condition=models.Q(approved_at__isnull=True) | ~models.Q(approved_name=""),
            ),
            models.CheckConstraint(
                name="clinic_language_disabled_at_with_by",
                condition=models.Q(disabled_at__isnull=True, disabled_by__isnull=True)
                | models.Q(disabled_at__isnull=False, disabled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} at {self.clinic_id}"
