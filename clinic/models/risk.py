"""What is known of a patient's own risk, and what was computed of it. For staff; families see none of it."""

import uuid

from django.db import models
from django.db.models import Q


class LabResult(models.Model):
    """One laboratory value as somebody typed it. Never overwritten: a wrong one is struck out with a reason.

    Triggers refuse every other change. Which lab and units there are: protocols/risk.yaml.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="lab_results")
    lab = models.CharField(max_length=20)
    # Digits as they were typed, with a point.
    typed_value = models.CharField(max_length=20)
    typed_unit = models.CharField(max_length=12)
    # In the lab's kept unit, rounded, for tables and charts; rules compute from what was typed.
    value = models.DecimalField(max_digits=14, decimal_places=4)
    # When the sample was taken, where the patient is; the time is empty where nobody wrote it.
    taken_on = models.DateField()
    taken_at = models.CharField(max_length=5, blank=True)
    # By which way it came in: "typed", "pasted", "api", "transfer", "fhir".
    source = models.CharField(max_length=12)
    # Outside what anybody has, and somebody said that it is right.
    is_confirmed = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "-taken_on", "lab"], name="lab_result_of_patient")]
        constraints = [
            # The same value, sent or pressed twice.
            models.UniqueConstraint(
                fields=["patient", "lab", "taken_on", "taken_at", "typed_value", "typed_unit"],
                condition=Q(struck_at__isnull=True),
                name="lab_result_once",
            ),
            models.CheckConstraint(name="lab_result_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="lab_result_struck_at_with_by",
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False),
            ),
            models.CheckConstraint(
                name="lab_result_struck_with_reason",
                condition=Q(struck_at__isnull=True, struck_reason="")
                | (Q(struck_at__isnull=False) & ~Q(struck_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab} of {self.taken_on}"


class RiskFactSheet(models.Model):
    """Facts about a patient as one person left them; the newest of a course counts, older ones stay.

    What is not in `facts` is unknown, never zero. Which facts there are: rules/risk/fact_sheet.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="risk_fact_sheets")
    course_number = models.PositiveSmallIntegerField()
    # In the order in which they were left, from 1 in each course.
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "course_number", "number"], name="risk_facts_number"),
        ]

    def __str__(self) -> str:
        return f"facts of course {self.course_number}"


class RiskRun(models.Model):
    """A risk assessment: what went in, by which version of risk.yaml, and what came of it.

    `waiting` holds what is suggested beyond what staff have set, each with the moment since when:
    {"tier": ISO moment, "neutropenia": …}. It alone follows what staff do; all else stays as computed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="risk_runs")
    course_number = models.PositiveSmallIntegerField()
    day = models.IntegerField()
    computed_at = models.DateTimeField()
    # Why just now: "labs", "facts", "day", "patient".
    trigger = models.CharField(max_length=10)
    rule_version = models.PositiveIntegerField()
    facts = models.JSONField()
    result = models.JSONField()
    # In short, for whoever looks at many: {"tier", "flags": […], "masked_until": day or null}.
    suggested = models.JSONField()
    waiting = models.JSONField(default=dict)
    # The newest run of the patient.
    is_current = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "-computed_at"], name="risk_run_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(is_current=True), name="risk_run_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"risk on day {self.day}"
