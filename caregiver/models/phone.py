"""A phone that may send reports without anybody being signed in on it."""

import uuid

from django.db import models
from django.utils import timezone


class Phone(models.Model):
    """Its token can do one thing: hand in reports as this person. Only a hash of it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="phones")
    # It ends with the browser that asked for it; one from before devices were kept has none.
    device = models.ForeignKey(
        "clinic.FamilyDevice",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"phone {self.id}"
