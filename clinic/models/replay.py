"""The nightly replay: stored answers once more through the stored rules must give the stored level."""

from django.db import models


class ReplayRun(models.Model):
    """One night's replay, by ranges of assessments: what is new since the last one, and a slice of the rest.

    A range is open below and closed above. The cursors say how far it has come, so whoever goes on with it
    after a standstill goes on there.
    """

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    new_after = models.BigIntegerField()
    new_until = models.BigIntegerField()
    new_done = models.BigIntegerField()
    old_after = models.BigIntegerField()
    old_until = models.BigIntegerField()
    old_done = models.BigIntegerField()
    checked = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="replay_within_its_ranges",
                condition=models.Q(
                    new_done__gte=models.F("new_after"),
                    new_done__lte=models.F("new_until"),
                    old_done__gte=models.F("old_after"),
                    old_done__lte=models.F("old_until"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"replay {self.day}"
