"""A person who signs in: staff by e-mail and password, caregivers by a code texted to their phone."""

import uuid
from datetime import time
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models.search_fields import DerivedField, with_derived
from clinic.models.word_back import WordBackChannel
from clinic.rules.patients import names


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is compared without case."""

    def create_user(self, *, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """One sign-in. What it may do comes from Staff rows (clinic roles) and CareTeamMember rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    # Two people of a family may share one phone.
    phone = PhoneNumberField(_("phone"), null=True, blank=True, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/New_York")
    temperature_unit = models.CharField(_("temperature unit"), max_length=1, default="F")
    # On this person's own clock; no reminder comes between them. Equal ends: reminders come at any hour.
    quiet_from = models.TimeField(_("no reminders from"), default=time(22))
    quiet_until = models.TimeField(_("no reminders until"), default=time(7))
    # How and of what they hear when staff acted on what they sent; clinic.models.word_back.
    hears_back_by = models.CharField(
        max_length=5, choices=WordBackChannel.choices, blank=True, default="", db_default=""
    )
    hears_taken = models.BooleanField(default=True, db_default=True)
    hears_unreached = models.BooleanField(default=True, db_default=True)
    hears_closed = models.BooleanField(default=True, db_default=True)
    # Check-ins are asked by telephone: our reminder is a call, in which they report by its keys.
    called_at_checkin = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # Everything that was signed in before this moment is signed out: sessions, and tokens of phones.
    signed_out_at = models.DateTimeField(null=True, blank=True)
    is_staff = models.BooleanField(_("may open the operators' admin"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When name and number went (services/patients/erasure.py); the row stays as who did what, without a name.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A patient is found by the name and number of a caregiver too.
    search_text = DerivedField(
        derive=lambda user: names.search_text([user.name], numbers=[str(user.phone or "")]),
        derived_from=("name", "phone"),
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="user_search")]
        constraints = [
            models.CheckConstraint(
                name="user_has_email_or_phone",
                condition=models.Q(email__isnull=False)
                | models.Q(phone__isnull=False)
                | models.Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="user_temperature_unit_known", condition=models.Q(temperature_unit__in=["C", "F"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        super().save(*args, update_fields=with_derived(User, update_fields), **kwargs)

    def get_full_name(self) -> str:
        """What libraries show of a person; without it they fall back to the e-mail address."""
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Every session carries this; for staff it changes with the moment at which all were signed out.

        A family's sessions end by a new unusable password (services/patients/care_team).
        """
        plain: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        if not self.is_staff_member or self.signed_out_at is None:
            return plain
        moment = f"{plain}{self.signed_out_at.timestamp()}"
        return salted_hmac("clinic.user.signed-out", moment, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff_member(self) -> bool:
        """Signs in with e-mail and password, so a second factor is owed; caregivers have no e-mail here."""
        return self.email is not None
