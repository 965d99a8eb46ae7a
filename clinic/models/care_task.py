"""What staff did of the care tasks that a protocol asks for. For staff; families see none of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CareTaskAct(models.TextChoices):
    """The codes of rules/risk/care_tasks.py."""

    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")
    TAKEN_BACK = "taken_back", _("Taken back")


class CareTaskEntry(models.Model):
    """One act about one day of a care task; the newest of them counts. Triggers refuse every change.

    Which tasks are asked for stands nowhere: it is worked out from the protocol whenever somebody looks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="care_task_entries")
    course_number = models.PositiveSmallIntegerField()
    # In the order in which they were made, from 1 for each patient.
    number = models.PositiveIntegerField()
    task = models.CharField(max_length=24)
    # Which of its days, as the protocol counts them.
    day = models.SmallIntegerField()
    act = models.CharField(max_length=12, choices=CareTaskAct.choices)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "number"], name="care_task_entry_number"),
            models.CheckConstraint(name="care_task_entry_act_known", condition=Q(act__in=CareTaskAct.values)),
            # What was done needs no words; why it is not needed, or was a mistake, does.
            models.CheckConstraint(
                name="care_task_entry_with_reason", condition=Q(act="done") | ~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} of day {self.day}: {self.act}"
