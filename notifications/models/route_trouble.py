"""A route of the provider that fails: failures in a row, shared by all processes."""

from django.db import models


class RouteTrouble(models.Model):
    """There is no row while the route works. `route` is a sender's name, or "calls" (rules/outages.py)."""

    route = models.CharField(max_length=10, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    # Set while it counts as down: pages that have another way take that.
    down_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.route} since {self.since:%H:%M}"
