"""A clinic's own variant of a shared guidance page: its draft, what families read, what it was held beside.

In tables of their own: a program that knows no variants must never take one for the page of every clinic.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caregiver.models.guidance import GuidanceText
from caregiver.models.guidance_edition import LANGUAGE_LENGTH, SLUG_LENGTH, Edition, EditionState, Use
from caregiver.rules.guidance.documents import Level


class GuidanceVariant(GuidanceText):
    """One clinic's text of a shared page in one language. What the page is about follows the shared page.

    `translation_key` ties the clinic's own texts of the page together, and is not that of the shared page.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta(GuidanceText.Meta):
        verbose_name = _("own variant")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "locale", "slug"], name="guidance_variant_once"),
            models.CheckConstraint(
                name="guidance_variant_level_known", condition=models.Q(level__in=[str(one) for one in Level])
            ),
        ]

    def __str__(self) -> str:
        return f"{super().__str__()}, {self.clinic.name}"


class VariantEdition(Edition):
    """A variant as it went live, for the families of its clinic.

    `source_is_own`: `source_number` is a version of the clinic's own English text, not of the shared one.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    source_is_own = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "slug", "language", "number", "state"], name="variant_edition_number_once"
            ),
            models.CheckConstraint(
                name="variant_edition_state_known", condition=models.Q(state__in=EditionState.values)
            ),
            # A second person: nobody approves their own text.
            models.CheckConstraint(
                name="variant_edition_second_person",
                condition=models.Q(approved_by__isnull=True)
                | models.Q(author_id__isnull=True)
                | ~models.Q(author_id=models.F("approved_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "slug", "language", "-at", "-id"], name="variant_edition_latest")
        ]


class VariantUse(Use):
    """How often a variant was opened on a day."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "slug", "language", "day"], name="variant_use_once_a_day"
            )
        ]


class VariantComparison(models.Model):
    """Somebody of the clinic has held its variant beside an edition of the shared page, and it holds.

    The first is made with the variant itself. Rows are only ever added.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    shared_edition = models.ForeignKey(
        "caregiver.GuidanceEdition", on_delete=models.PROTECT, related_name="+"
    )
    compared_at = models.DateTimeField(default=timezone.now)
    compared_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "slug", "language", "shared_edition"], name="variant_comparison_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language}) beside {self.shared_edition_id}"
