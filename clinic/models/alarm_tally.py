"""What of a clinic's alarms has been counted for its figures."""

from django.db import models


class AlarmTally(models.Model):
    """The alarms that opened in one week of a clinic. Worth nothing once `basis` is another.

    Nobody has to keep it right: `basis` names how many alarms there were and how often they had changed, and
    where that is different now they are read themselves (clinic/queries/outcomes/alarm_tallies.py).
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="alarm_tallies")
    # By the clinic's clock.
    monday = models.DateField()
    basis = models.CharField(max_length=64)
    counted_at = models.DateTimeField()
    # Waits by level and week, reasons with what came of them: alarm_tallies.Counted.
    counted = models.JSONField()

    class Meta:
        verbose_name_plural = "alarm tallies"
        constraints = [models.UniqueConstraint(fields=["clinic", "monday"], name="one_alarm_tally_a_week")]

    def __str__(self) -> str:
        return f"alarms of the week of {self.monday:%Y-%m-%d}"
