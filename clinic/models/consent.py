"""What people agreed to."""

from django.db import models
from django.utils import timezone


class TermsAcceptance(models.Model):
    """One person agreed to one version of the terms, once, in the language in which they read them."""

    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="terms")
    version = models.CharField(max_length=20)
    # Which of a clinic's own; empty for the product's.
    clinic_terms = models.ForeignKey(
        "clinic.ClinicTerms",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="acceptances",
    )
    language = models.CharField(max_length=10)
    # "join": with the invitation; "renewal": asked again because the terms have changed.
    source = models.CharField(max_length=10)
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["clinic_terms"], name="terms_of_clinic")]
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="terms_version_once")]

    def __str__(self) -> str:
        return f"terms {self.version}"
