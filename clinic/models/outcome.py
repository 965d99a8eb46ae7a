"""What became of somebody, as a person of the clinic wrote it down, and what the clinic makes of it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.rules.outcomes.forms import Part


class OutcomeRecord(models.Model):
    """One form of a course, at a time point (days after the infusion) or after a death.

    A correction is a new row that names the one it replaces; both stay.
    `answers` by clinic/rules/outcomes/forms.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="outcomes")
    # Of the course (models/course.py), whose first has no row of its own until it ends or is corrected.
    course_number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Part])
    # 0 for a death.
    day = models.PositiveSmallIntegerField()
    answers = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        indexes = [models.Index(fields=["patient", "-recorded_at"], name="outcome_of_patient")]
        constraints = [
            models.CheckConstraint(
                name="outcome_part_known", condition=models.Q(part__in=[one.value for one in Part])
            ),
            models.CheckConstraint(
                name="outcome_day_of_follow_up",
                condition=models.Q(part="death", day=0) | (models.Q(part="follow_up") & ~models.Q(day=0)),
            ),
            # The first of each; whatever follows replaces it or another.
            models.UniqueConstraint(
                fields=["patient", "course_number", "part", "day"],
                condition=models.Q(replaces__isnull=True),
                name="outcome_begun_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.day}"


class OutcomeFigures(models.Model):
    """A clinic's figures as they were counted last, and at the end of each month. Numbers only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="outcome_figures")
    # The first of the month that they are of.
    month = models.DateField()
    counted_at = models.DateTimeField()
    # The protocol version in force, as "car-t 4".
    protocol = models.CharField(max_length=80, blank=True)
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "month"], name="outcome_figures_once_a_month")
        ]

    def __str__(self) -> str:
        return f"figures {self.month:%Y-%m}"


class ReviewVerdict(models.TextChoices):
    """What reading it again showed."""

    SEEN = "seen", _("Seen, and answered in time")
    NOT_REPORTED = "not_reported", _("Nothing was reported before it")
    REPORTED_LOWER = "reported_lower", _("Reported, but scored below urgent")
    ANSWERED_LATE = "answered_late", _("Scored urgent, but answered late")
    NOT_PREVENTABLE = "not_preventable", _("Nothing could have shown it")
    # It is no serious event, and the figures leave it out.
    PLANNED = "planned", _("Planned: no emergency")


class OutcomeReview(models.Model):
    """A serious event or a death read again: what the clinic learns from it.

    `event` is the admission or the death. A verdict given anew takes its place; the audit keeps both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="outcome_reviews")
    event = models.OneToOneField("clinic.LifeEvent", on_delete=models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=20, choices=ReviewVerdict.choices)
    note = models.CharField(max_length=1000, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outcome_review_verdict_known",
                condition=models.Q(verdict__in=ReviewVerdict.values),
            )
        ]

    def __str__(self) -> str:
        return self.verdict
