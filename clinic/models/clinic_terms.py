"""What a clinic itself has its families agree to, beside the product's own terms: one row a version."""

from django.db import models
from django.utils import timezone

# A text of a few pages; what is longer nobody reads on a phone.
TEXT_AT_MOST = 20_000


class ClinicTerms(models.Model):
    """Terms of use and privacy notice as they were published; never changed, because people agreed to them.

    `texts`: {"en": {"terms": "…", "privacy": "…"}, …}, plain text with empty lines between paragraphs.
    `asks_again`: whoever agreed to an earlier version has to agree to this one too.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="own_terms")
    number = models.PositiveIntegerField()
    texts = models.JSONField()
    asks_again = models.BooleanField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("clinic", "-number")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="clinic_terms_number_once"),
            models.CheckConstraint(
                name="clinic_terms_first_asks",
                condition=models.Q(number__gt=1) | models.Q(asks_again=True),
            ),
        ]

    def __str__(self) -> str:
        return f"terms {self.number} of {self.clinic_id}"
