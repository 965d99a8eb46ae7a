"""Other systems of a clinic that read its records by FHIR, with keys and tokens of their own."""

import uuid
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.rules.fhir.scopes import Allowed


@dataclass(frozen=True)
class SystemCaller:
    """Whoever comes with a token of such a system: no member of staff and no family. `pk` is the client's.

    It stands where Django and the API have a person, `request.user`.
    """

    pk: UUID
    clinic_id: UUID
    allowed: frozenset[Allowed]
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True


class SystemClient(models.Model):
    """One system of a clinic. Its keys are public: those that somebody pasted, or what its address gave last.

    `keys_until` is how long the latter count before the address is asked again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    # Divided by spaces: clinic/rules/fhir/scopes.py.
    scopes = models.TextField()
    keys_address = models.CharField(max_length=1100, blank=True)
    keys = models.JSONField(default=list)
    keys_until = models.DateTimeField(null=True, blank=True)
    last_token_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"], condition=Q(ended_at__isnull=True), name="system_client_name_once"
            ),
            models.CheckConstraint(
                name="system_client_ended_at_with_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"system client {self.id}"


class SystemToken(models.Model):
    """One token of a system, and the signed request that it was given for: both by their hashes alone.

    It stays after its end until no clock takes that request for a fresh one.
    """

    client = models.ForeignKey(SystemClient, on_delete=models.PROTECT, related_name="tokens")
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    request_hash = models.CharField(max_length=64)
    scopes = models.TextField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "request_hash"], name="system_token_request_once"),
        ]

    def __str__(self) -> str:
        return f"system token {self.pk}"
