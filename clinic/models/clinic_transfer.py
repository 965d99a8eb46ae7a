"""A patient goes on at another clinic: offered by one, and taken over by the other or not."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClinicTransferState(models.TextChoices):
    """While it is offered the sender monitors. Whatever came of it stays as it is."""

    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ClinicTransfer(models.Model):
    """`patient` is the record at the sender, which stays there; `new_patient` the one at the receiver."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="clinic_transfers")
    to_clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="transfers_in")
    state = models.CharField(
        max_length=10, choices=ClinicTransferState.choices, default=ClinicTransferState.OFFERED
    )
    reason = models.CharField(max_length=1000)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=1000, blank=True)
    new_patient = models.OneToOneField(
        "clinic.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="came_by"
    )
    # [{"at", "answers"}], the last seen first: what the trend rules look back at in the first days.
    history = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to_clinic", "state"], name="clinic_transfer_to")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(state__in=["offered", "accepted"]),
                name="clinic_transfer_one",
            ),
            models.CheckConstraint(
                name="clinic_transfer_state_known", condition=models.Q(state__in=ClinicTransferState.values)
            ),
            models.CheckConstraint(
                name="clinic_transfer_answered_at_with_by",
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="clinic_transfer_open_until_answered",
                condition=models.Q(state="offered", answered_at__isnull=True)
                | (~models.Q(state="offered") & models.Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="clinic_transfer_accepted_with_record",
                condition=models.Q(state="accepted", new_patient__isnull=False)
                | (~models.Q(state="accepted") & models.Q(new_patient__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.id}"
