"""A text that proves that texts arrive."""

from django.db import models
from django.utils import timezone


class TrialText(models.Model):
    """Sent to one caregiver before the patient goes home; the message's own state says whether it arrived."""

    member = models.ForeignKey("clinic.CareTeamMember", on_delete=models.PROTECT, related_name="trial_texts")
    message_id = models.UUIDField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["member", "-sent_at"], name="trial_text_of_member")]

    def __str__(self) -> str:
        return f"trial text {self.message_id}"
