"""Who is on call: an ordered list per clinic."""

from django.db import models


class OnCall(models.Model):
    """Position 0 is paged first; the chain goes down the list and starts again until a person answers."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="on_call")
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "position"], name="on_call_position"),
            models.UniqueConstraint(fields=["clinic", "staff"], name="on_call_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.staff}"
