"""A code texted to a phone: to sign in, or to prove a new number."""

import uuid

from django.db import models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class SignInCode(models.Model):
    """One request for a code. Unknown numbers get a row too, so that they cost and count the same.

    Only a keyed hash of the code is kept. The row's id lives in the session that asked, which is what
    binds the code to that browser.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone = PhoneNumberField()
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, null=True, related_name="+")
    code_hash = models.CharField(max_length=64)
    # Keyed hash of the address that asked: enough to count by, nothing to look up.
    source_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Proves the new number of `user`, who is signed in; signs nobody in.
    for_number_change = models.BooleanField(default=False, db_default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    # Asked on a phone on which this person was signed in before; a stranger's requests are counted apart.
    from_known_device = models.BooleanField(db_default=False)
    # False where the number had had its texts of the hour: nothing was sent.
    is_texted = models.BooleanField(db_default=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # caregiver.services.account.codes: how many codes this number or this address asked for lately.
            models.Index(fields=["phone", "asked_at"], name="code_by_phone"),
            models.Index(fields=["source_hash", "asked_at"], name="code_by_source"),
            # The same: of how many families somebody asked for one.
            models.Index(fields=["asked_at"], name="code_by_time"),
        ]

    def __str__(self) -> str:
        return f"sign-in code {self.id}"
