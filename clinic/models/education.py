"""Which guidance pages a caregiver has read and whose question they passed. No score, no wrong tries."""

from django.db import models


class GuidanceReading(models.Model):
    """One page, one caregiver, one patient. The text itself belongs to the app that shows it.

    `is_variant`: it was the clinic's own variant, whose versions are counted apart from the shared page's.
    `version` is the one that was read last; `title` is kept so that the record reads without that app.
    """

    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="guidance_readings")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    is_variant = models.BooleanField(default=False, db_default=False)
    read_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "patient", "slug"], name="guidance_reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.slug}"
