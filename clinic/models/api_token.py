"""A bearer token for the HTTP API. Only its hash is stored."""

from django.db import models
from django.utils import timezone


class ApiToken(models.Model):
    """Speaks for one user; what it may see is what that user may see."""

    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="api_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # What the owner's password and last sign-out were when it was made; empty in older rows.
    owner_mark = models.CharField(max_length=64, blank=True, db_default="")

    def __str__(self) -> str:
        return self.label
