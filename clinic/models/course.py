"""One infusion and the time that counts from it. A second infusion begins another one."""

import uuid

from django.db import models

from clinic.models.patient import Target


class Course(models.Model):
    """Counted from day 0, the day of infusion, in the patient's zone; until the next course begins.

    The patient's own row holds a copy of the current one, which services/patients/courses.py keeps in step.
    One whose event was taken back has never been.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="courses")
    # In the order in which they began; a number is not given again after a mistake.
    number = models.PositiveSmallIntegerField()
    infusion_date = models.DateField()
    product = models.CharField(max_length=40)
    target = models.CharField(max_length=10, choices=Target.choices)
    # What it was given for.
    disease = models.CharField(max_length=80, blank=True, default="", db_default="")
    # Which of the clinic's protocols is asked by.
    protocol_code = models.CharField(max_length=50)
    is_current = models.BooleanField(default=True)
    # The infusion as it was put on record; none of the course of the enrolment.
    begun_by = models.OneToOneField(
        "clinic.LifeEvent", on_delete=models.PROTECT, null=True, blank=True, related_name="course"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "number"], name="course_number_per_patient"),
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(is_current=True), name="course_one_current"
            ),
            models.CheckConstraint(name="course_target_known", condition=models.Q(target__in=Target.values)),
        ]

    def __str__(self) -> str:
        return f"course {self.number} from {self.infusion_date}"
