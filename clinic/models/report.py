"""A caregiver's report and what scoring made of it."""

import uuid

from django.db import models
from django.utils import timezone

from clinic.rules.core.enums import Level

LEVELS = [(level.value, level.value) for level in Level]


class ReportState(models.TextChoices):
    """A report is received, then scored.

    A repeat that brings a higher level from the phone makes it wait for scoring once more; its
    assessment stays.
    """

    RECEIVED = "received"
    SCORED = "scored"


class ReportSource(models.TextChoices):
    """Doors that staff are told of."""

    VOICE = "voice"


class ReportQuerySet(models.QuerySet["Report"]):
    """Which of a patient's reports count."""

    def standing(self) -> "ReportQuerySet":
        """Without those that were about somebody else: each moment at which this family did report."""
        return self.filter(models.Q(mistake__isnull=True) | models.Q(mistake__of_another_person=False))

    def newest(self) -> "ReportQuerySet":
        """What is said now: of each report the newest version, and none that was a mistake."""
        return self.filter(correction__isnull=True, mistake__isnull=True)


class Report(models.Model):
    """`id` is made on the phone, so the same report can arrive any number of times and be stored once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="reports")
    author = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="reports")
    protocol_version = models.ForeignKey("clinic.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    answers = models.JSONField()
    # Hash of all that was sent: tells an honest repeat from another report under the same id.
    body_hash = models.CharField(max_length=64)
    # By our clock and never later than the arrival; see clinic/rules/reports/observation.py.
    observed_at = models.DateTimeField()
    # By the phone's clock, where the moment that counts is another one.
    observed_at_said = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    # Phone clock minus server clock, whole seconds, measured when it arrived.
    clock_skew_seconds = models.IntegerField(default=0)
    is_late = models.BooleanField(default=False)
    # What the phone worked out by itself, beside the level of the assessment; empty where it said nothing.
    # It only ever rises, with a repeat that says more.
    level_on_phone = models.CharField(max_length=10, choices=LEVELS, blank=True, default="", db_default="")
    # By which door it came, where that is no web page: "voice" is the keypad of a telephone.
    # Null, and not an empty word: SQLite can add such a column without making the whole table anew.
    source = models.CharField(max_length=10, choices=ReportSource.choices, null=True, blank=True)
    # A practice alarm before going home: scored like any other, shown as a test, counted nowhere.
    is_drill = models.BooleanField(default=False, db_default=False)
    # The version before this one. Both stay; one to one, so that no report has two successors.
    corrects = models.OneToOneField(
        "clinic.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="correction"
    )
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.RECEIVED)
    scored_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-received_at"], name="report_of_patient"),
            # Whatever asks for somebody's last ones: history, the rules' look back, the list of patients.
            models.Index(fields=["patient", "-observed_at", "-received_at", "-id"], name="report_last_seen"),
            # clinic.queries.paging.ledger: what came in on one day.
            models.Index(fields=["received_at"], name="report_received"),
            # clinic.services.escalations.scoring.unscored: the sweep reads only what is still open.
            models.Index(
                fields=["received_at"], name="report_unscored", condition=models.Q(state="received")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="report_scored_with_time",
                condition=models.Q(state="received", scored_at__isnull=True)
                | models.Q(state="scored", scored_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_corrects_another",
                condition=models.Q(corrects__isnull=True) | ~models.Q(corrects=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.id}"

    @property
    def is_about_another(self) -> bool:
        """Staff wrote it down with the wrong patient: what it says is of somebody else."""
        return hasattr(self, "mistake") and self.mistake.of_another_person


class ReportMistake(models.Model):
    """A report that staff wrote down wrongly: it stays as it was, and counts no more.

    Another one has taken its place (`Report.corrects`), or it was about another person: then nothing has, and
    every version of it says so.
    """

    report = models.OneToOneField(Report, on_delete=models.PROTECT, primary_key=True, related_name="mistake")
    at = models.DateTimeField()
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    of_another_person = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="report_mistake_with_reason", condition=~models.Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"mistake in report {self.report_id}"


class Assessment(models.Model):
    """The deciding result: level, every rule that fired, and all that went in, so it can be replayed."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="assessment")
    # The higher of both readings: as of the moment at which the signs were seen, and as of their arrival.
    level = models.CharField(max_length=10, choices=LEVELS)
    level_as_observed = models.CharField(max_length=10, choices=LEVELS, blank=True, db_default="")
    level_as_received = models.CharField(max_length=10, choices=LEVELS, blank=True, db_default="")
    # [{"rule", "level", "item", "why": {"en": …, "es": …}}], of both readings; `as_observed` is true where
    # a rule fired at this level only by the moment at which the signs were seen.
    reasons = models.JSONField()
    protocol_version = models.ForeignKey("clinic.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    # Patient context and history as they were: {"patient": …, "history": …}; with "patient_as_observed"
    # where another was known when the signs were seen.
    inputs = models.JSONField()
    assessed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_level_known",
                condition=models.Q(level__in=[level.value for level in Level]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} for {self.report_id}"
