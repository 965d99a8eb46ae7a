"""A clinic's protocol and its immutable published versions."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Protocol(models.Model):
    """A named checklist with its rules, such as `car-t`; the clinical content is in its versions."""

    clinic = models.ForeignKey(
        "clinic.Clinic", on_delete=models.PROTECT, related_name="protocols", verbose_name=_("clinic")
    )
    code = models.SlugField(_("code"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="protocol_code_per_clinic"),
        ]

    def __str__(self) -> str:
        return self.code


class ProtocolVersionManager(models.Manager["ProtocolVersion"]):
    """Leaves the document in the database: 80 kB, which `rules_of` wants once in the life of a process."""

    def get_queryset(self) -> models.QuerySet["ProtocolVersion"]:
        return super().get_queryset().defer("document")


class ProtocolVersion(models.Model):
    """A published document. Database triggers refuse any change or deletion (migration 0002)."""

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    objects = ProtocolVersionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "number"], name="protocol_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.protocol.code} v{self.number}"
