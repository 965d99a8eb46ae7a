"""What of a patient's check-ins has been counted for the clinic's figures."""

from django.db import models


class CheckinTally(models.Model):
    """One patient's check-ins that are over, by week and phase. Worth nothing once `basis` is another.

    A number that stands in the way of nobody: triggers delete the row when a check-in that it counts changes
    (migration `clinic/0038_checkin_tallies`), and whoever finds none counts the check-ins themselves.
    """

    patient = models.OneToOneField(
        "clinic.Patient", on_delete=models.PROTECT, primary_key=True, related_name="checkin_tally"
    )
    # A hash of all that the count rests on beside check-ins: phases, infusions, zones.
    basis = models.CharField(max_length=64)
    # Counted is what was due before; all of it is over.
    through = models.DateTimeField()
    counted_at = models.DateTimeField()
    # {"2026-11-23": {"weeks_1_2": [planned, answered in time]}}, by the Monday where the clinic is.
    weeks = models.JSONField()

    def __str__(self) -> str:
        return f"check-ins counted to {self.through:%Y-%m-%d %H:%M}"
