"""The lock of a desk that several people walk past, and the short code that opens it."""

from django.db import models
from django.utils import timezone


class DeskSession(models.Model):
    """One signed-in browser of staff. A row of its own: two tabs must not write a session over each other."""

    # SHA-256 of the session's key, which itself would let somebody in.
    session_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="+")
    # The last sign of a person, to the minute.
    active_at = models.DateTimeField(default=timezone.now)
    locked_at = models.DateTimeField(null=True, blank=True)
    # There were too many wrong tries: nothing but a full sign-in opens it.
    needs_sign_in = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # clinic.services.desk.lock.delete_ended_sessions
            models.Index(fields=["active_at"], name="desk_session_active"),
        ]
        constraints = [
            models.CheckConstraint(
                name="desk_session_needs_sign_in_only_locked",
                condition=models.Q(needs_sign_in=False) | models.Q(locked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"desk of {self.user_id}"


class Pin(models.Model):
    """A person's code for locked desks, hashed like a password. It opens a desk and nothing else."""

    user = models.OneToOneField("clinic.User", on_delete=models.CASCADE, primary_key=True, related_name="pin")
    code_hash = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"
