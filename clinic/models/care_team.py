"""Who looks after whom: caregivers linked to patients, and the invitations that make such links."""

import uuid

from django.db import models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class CareTeamMember(models.Model):
    """One caregiver of one patient. Access ends by setting `ended_at`; the row stays."""

    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="care_links")
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="care_team")
    relation = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=models.Q(ended_at__isnull=True),
                name="care_team_one_active_link",
            ),
            models.CheckConstraint(
                name="care_team_ended_at_with_by",
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.patient}"


class FormerNumber(models.Model):
    """A number that a caregiver has given up, and until when it was theirs: what was texted there is kept."""

    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="former_numbers")
    phone = PhoneNumberField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"former number of {self.user_id}"


class Invitation(models.Model):
    """A single-use link sent to one phone. Only a hash of its token is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    phone = PhoneNumberField()
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    # Somebody who is known already, where staff said so; else whoever of the number bears the name, or a new
    # person.
    person = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Staff were asked, and said that it is somebody else than the people known with this number.
    is_another_person = models.BooleanField(default=False, db_default=False)
    # Handed over on paper in the clinic. Nothing has been texted, so nothing proves the number.
    is_printed = models.BooleanField(default=False, db_default=False)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    redeemed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_redeemed_at_with_by",
                condition=models.Q(redeemed_at__isnull=True, redeemed_by__isnull=True)
                | models.Q(redeemed_at__isnull=False, redeemed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_revoked_at_with_by",
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_redeemed_or_revoked",
                condition=models.Q(redeemed_at__isnull=True) | models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.id}"
