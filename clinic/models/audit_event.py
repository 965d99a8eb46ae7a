"""Who did or saw what, when. Append-only: database triggers refuse change and deletion."""

import uuid
from contextvars import ContextVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from clinic.models.system_client import SystemCaller
from clinic.models.user import User

# What somebody was refused: a thing that they may not see, an act that their role may not do.
REFUSALS = ("access.denied", "access.refused")

# What `actor_kind` says of another system of the clinic (SystemCaller); its client is the actor.
OTHER_SYSTEM = "other_system"

# The address of whoever sent the request that is being answered; none in tasks and commands.
# config.client_address sets it, so that no service has to hand it down.
source_of_request: ContextVar[str | None] = ContextVar("source_of_request", default=None)


def current_source() -> str | None:
    """Where the request that is being answered came from."""
    return source_of_request.get()


class AuditEvent(models.Model):
    """No foreign keys, so history never blocks or follows a deletion. No clinical text, ids only.

    Rows are sealed into a chain (AuditSeal) a short while after they were written. A column that is added
    later must be empty in older rows: what is empty is no part of what is sealed.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    clinic_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=12)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    patient_id = models.UUIDField(null=True)
    # Codes and ids that explain the action, such as {"from": "open", "to": "acknowledged"}.
    detail = models.JSONField(default=dict)
    correlation_id = models.UUIDField(default=uuid.uuid4)
    source = models.GenericIPAddressField(null=True, blank=True, default=current_source)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "-at"], name="audit_of_patient"),
            models.Index(fields=["clinic_id", "-at"], name="audit_of_clinic"),
            # The page of the audit, by person and by act (clinic/queries/watch/accesses.py).
            models.Index(fields=["actor_id", "-at"], name="audit_of_actor"),
            models.Index(fields=["clinic_id", "action", "-at"], name="audit_of_action"),
            # clinic.services.watch.refusals
            models.Index(fields=["at"], name="audit_refusals", condition=models.Q(action__in=REFUSALS)),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M:%S}"


def actor_kind_of(who: User | AnonymousUser | SystemCaller | None) -> str:
    """The kind of whoever asks for something; who is not signed in is a visitor."""
    if isinstance(who, SystemCaller):
        return OTHER_SYSTEM
    return "person" if who is not None and who.is_authenticated else "visitor"
