"""The short code by which a person proves in a call that it is they who take a page."""

from django.db import models
from django.utils import timezone


class CallCode(models.Model):
    """Hashed like a password. It counts only in a call to that person's own verified number."""

    user = models.OneToOneField(
        "clinic.User", on_delete=models.CASCADE, primary_key=True, related_name="call_code"
    )
    code_hash = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"call code of {self.user_id}"
