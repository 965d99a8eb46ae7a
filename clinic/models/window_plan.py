"""How long a patient stays near the centre and does not drive: decided once, changed only by a clinician."""

from django.db import models


class WindowPlan(models.Model):
    """The newest plan of a course counts; older ones stay as they were. Days are whole days after day 0."""

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="window_plans")
    # Of which course; see models/course.py.
    course_number = models.PositiveSmallIntegerField(default=1, db_default=1)
    # The label in force when this was planned (protocols/windows.yaml); empty without one.
    label = models.CharField(max_length=40, blank=True)
    near_centre_days = models.PositiveSmallIntegerField()
    no_driving_days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            # The newest plan of each of some patients (queries/windows.py).
            models.Index(fields=["patient", "-made_at"], name="window_plan_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.near_centre_days}/{self.no_driving_days} days"
