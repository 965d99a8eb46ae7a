"""What families read, and how the pages are used. Nothing of the editor is needed to show a page."""

from uuid import UUID

from django.db import models
from django.utils import timezone

LANGUAGE_LENGTH = 10
SLUG_LENGTH = 80


class EditionState(models.TextChoices):
    """`withdrawn` ends a page: expired, or taken back."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Edition(models.Model):
    """A text as it went live. Rows are only ever added, so the text of any day can be shown again.

    `number` is the text's version in its language; `source_number` is the English version that a
    translation says. People are ids: the record outlives accounts.
    """

    slug = models.SlugField(max_length=SLUG_LENGTH)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.PUBLISHED)
    at = models.DateTimeField(default=timezone.now)
    # After this moment a fallback is shown, even before the withdrawal is recorded.
    expires_at = models.DateTimeField(null=True, blank=True)
    level = models.CharField(max_length=10)
    content = models.JSONField(default=dict)
    source_number = models.PositiveIntegerField(null=True, blank=True)
    revision_id = models.PositiveIntegerField(null=True, blank=True)
    author_id = models.UUIDField(null=True, blank=True)
    approved_by = models.UUIDField(null=True, blank=True)
    # Everybody who saved it since the edition before, as text. A trigger keeps the approver out of it.
    authors = models.JSONField(null=True, blank=True)

    # Of a variant, its clinic.
    clinic_id: UUID | None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.slug} ({self.language}) version {self.number}"


class GuidanceEdition(Edition):
    """Of a shared page."""

    # No clinic's own.
    clinic_id = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language", "number", "state"], name="guidance_edition_number_once"
            ),
            models.CheckConstraint(
                name="guidance_edition_state_known", condition=models.Q(state__in=EditionState.values)
            ),
            # A second person: nobody approves their own text.
            models.CheckConstraint(
                name="guidance_edition_second_person",
                condition=models.Q(approved_by__isnull=True)
                | models.Q(author_id__isnull=True)
                | ~models.Q(author_id=models.F("approved_by")),
            ),
        ]
        indexes = [models.Index(fields=["slug", "language", "-at", "-id"], name="guidance_edition_latest")]


class Use(models.Model):
    """How often a text was opened on a day, and what readers said of it. Nobody is named."""

    slug = models.SlugField(max_length=SLUG_LENGTH)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    clear = models.PositiveIntegerField(default=0)
    unclear = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.slug} {self.day}"


class GuidanceUse(Use):
    """Of a shared page."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "language", "day"], name="guidance_use_once_a_day")
        ]


class GuidanceSearchMiss(models.Model):
    """Words that people searched for and no page answered. Numbers are left out: they could be anybody's."""

    words = models.CharField(max_length=60)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["words", "language"], name="guidance_search_miss_once")
        ]

    def __str__(self) -> str:
        return self.words
