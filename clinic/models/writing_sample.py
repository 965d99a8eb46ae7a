"""The daily sentence, written by the patient: a picture, and nothing but the picture."""

import uuid

from django.db import models
from django.utils import timezone


class WritingSample(models.Model):
    """The picture lies in the record itself: private, deleted with its row, in both ways of running.

    It was encoded anew on arrival, so it holds no place, no device and no other file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="writing_samples")
    author = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    picture = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # From before the infusion: what later ones are laid next to.
    is_baseline = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["patient", "-written_at"], name="writing_of_patient")]

    def __str__(self) -> str:
        return f"writing sample {self.id}"
