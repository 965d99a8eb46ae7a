"""A person's role at a clinic."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Role(models.TextChoices):
    """Stable codes; what a role may do is in clinic/access.py."""

    NURSE = "nurse", _("Nurse")
    PHYSICIAN = "physician", _("Physician")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    EDUCATOR = "educator", _("Educator")
    ADMINISTRATOR = "administrator", _("Administrator")


class Staff(models.Model):
    """One person at one clinic. Ended rows stay: the record must still say who did what."""

    user = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="staff_roles", verbose_name=_("person")
    )
    clinic = models.ForeignKey(
        "clinic.Clinic", on_delete=models.PROTECT, related_name="staff", verbose_name=_("clinic")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    phone = PhoneNumberField(_("phone"), null=True, blank=True, help_text=_("where pages go"))
    # Proven by a code that was texted there; both end when the number changes. See rules/rota.
    phone_verified_at = models.DateTimeField(_("number verified at"), null=True, blank=True)
    # The last code, test page or drill that the person answered from it.
    phone_tested_at = models.DateTimeField(_("number tested at"), null=True, blank=True)
    # Given by a group of the hospital's directory, and taken by it.
    from_directory = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("role of staff")
        verbose_name_plural = _("roles of staff")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic"],
                condition=models.Q(ended_at__isnull=True),
                name="staff_one_active_role_per_clinic",
            ),
            models.CheckConstraint(name="staff_role_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="staff_ended_at_with_by",
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
