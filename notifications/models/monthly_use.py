"""What was handed to the provider in a month, in the unit that it charges."""

from django.db import models


class MonthlyUse(models.Model):
    """One row a month, in UTC, such as 2026-11."""

    month = models.CharField(max_length=7, primary_key=True)
    # Parts of texts, and one for each call.
    units = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.month}: {self.units}"
