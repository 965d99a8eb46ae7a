"""A number that the carriers cannot reach. A text that arrives there ends it."""

from django.db import models


class PhoneTrouble(models.Model):
    """`no_texts_at` is when we began to believe it; until then a single failure is only counted."""

    phone = models.CharField(max_length=16, primary_key=True)
    # The first failure of an unbroken row of them: after thirty days the number may be somebody else's.
    since = models.DateTimeField(db_index=True)
    strikes = models.PositiveSmallIntegerField(default=0)
    no_texts_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"trouble since {self.since:%Y-%m-%d}"
