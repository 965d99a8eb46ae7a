"""What an operator would give somebody at a clinic that has people: a lead there has to agree."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models.staff import Role


class AccessKind(models.TextChoices):
    """Each of these lets somebody in, or lets them in as somebody."""

    ROLE = "role", _("A new role")
    PASSWORD = "password", _("A new password")
    ADDRESS = "address", _("Another e-mail address to sign in with")


class AccessRequest(models.Model):
    """Asked for by an operator, never for themselves; done when a second person agrees, else it lapses.

    Nothing has changed until then (services/accounts/access_requests.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(
        "clinic.Clinic", on_delete=models.PROTECT, related_name="access_requests", verbose_name=_("clinic")
    )
    user = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="access_requests", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AccessKind.choices)
    # Of a role.
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    phone = PhoneNumberField(null=True, blank=True)
    # The new password's hash, or the new address; emptied when it is closed.
    value = models.CharField(max_length=254, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "kind"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="access_request_one_open",
            ),
            models.CheckConstraint(name="access_request_kind_known", condition=Q(kind__in=AccessKind.values)),
            models.CheckConstraint(
                name="access_request_role_of_kind",
                condition=(Q(kind=AccessKind.ROLE) & Q(role__in=Role.values))
                | (~Q(kind=AccessKind.ROLE) & Q(role="")),
            ),
            models.CheckConstraint(
                name="access_request_done_at_with_by",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="access_request_withdrawn_at",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
            # Two people, and neither is the one who gets in.
            models.CheckConstraint(
                name="access_request_two_others",
                condition=~Q(asked_by=F("user"))
                & (Q(done_by__isnull=True) | ~(Q(done_by=F("user")) | Q(done_by=F("asked_by")))),
            ),
            models.CheckConstraint(
                name="access_request_closed_empties_value",
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True) | Q(value=""),
            ),
        ]

    def __str__(self) -> str:
        return f"access request {self.id}"
