"""A clinic: the tenant. Everything that belongs to a patient belongs to exactly one of these."""

import uuid
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.rules.core.holidays import are_holidays, from_json
from clinic.rules.core.staffed_hours import Opening, are_hours
from clinic.rules.core.zones import zone_names


def _filled_layers() -> list[str]:
    return ["primary"]


class Clinic(models.Model):
    """`live_version` grows by one with every change that an open console must show (see services/live)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    # What texts are signed with: neutral, because the sender's name alone can tell of an illness.
    sms_brand = models.CharField(_("signature of texts"), max_length=30)
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/New_York")
    emergency_number = models.CharField(_("emergency number"), max_length=10, default="911")
    line_phone = PhoneNumberField(_("24-hour line"), help_text=_("answered day and night"))
    clinic_phone = PhoneNumberField(_("clinic phone"), help_text=_("answered in staffed hours"))
    # Where families report by the keys of a telephone, and from where they are called; none: not offered.
    keypad_phone = PhoneNumberField(
        _("number for check-ins by keypad"),
        null=True,
        blank=True,
        unique=True,
        help_text=_("answered by the program"),
    )
    # {"mon": [["08:00", "17:00"]], …} in the clinic's zone: when somebody reads reports.
    staffed_hours = models.JSONField(_("staffed hours"), default=dict, blank=True)
    # [{"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas"}, …]: then nobody does.
    holidays = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True, editable=False
    )
    # Layers of the rota in which somebody must be on at every minute; the others may be empty.
    filled_layers = models.JSONField(default=_filled_layers, blank=True)
    # When an administrator said that no rota is kept any more; empty while one is, even if it has run out.
    rota_ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whoever presses 1 in a call proves who they are first, by their own short code.
    call_code_required = models.BooleanField(default=False, db_default=False)
    # Since when no console of this clinic has been open; empty while one is.
    unwatched_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Stricter than the product's label, for everybody at this centre; empty: as the label says.
    near_centre_days = models.PositiveSmallIntegerField(
        _("days near the center"), null=True, blank=True, help_text=_("at least so many")
    )
    no_driving_days = models.PositiveSmallIntegerField(
        _("days without driving"), null=True, blank=True, help_text=_("at least so many")
    )
    # Of 100 patients so many, for the invented people of a rehearsal; empty: as its own patients are.
    expected_bcma = models.PositiveSmallIntegerField(
        _("BCMA products, of 100 patients"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    expected_from_75 = models.PositiveSmallIntegerField(
        _("75 or older, of 100 patients"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    expected_far = models.PositiveSmallIntegerField(
        _("living far away, of 100 patients"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    # What the emergency card says to a doctor who never saw CAR-T. English; empty: the product's own words.
    card_warning = models.TextField(
        _("warning on the emergency card"),
        blank=True,
        max_length=600,
        help_text=_("for the emergency card, in English"),
    )
    # Its educators and physicians write the guidance that all clinics share. Given by an operator.
    keeps_shared_guidance = models.BooleanField(
        _("keeps the shared guidance"),
        default=False,
        db_default=False,
        help_text=_("its educators write the guidance that all clinics share"),
    )
    live_version = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")

    def __str__(self) -> str:
        return self.name

    @property
    def opening(self) -> Opening:
        """When somebody here reads reports, holidays and all."""
        return Opening(self.staffed_hours, ZoneInfo(self.time_zone), from_json(self.holidays))

    def clean(self) -> None:
        """A zone or hours that cannot be read would break every page that gives advice."""
        problems = {}
        if self.time_zone not in zone_names():
            problems["time_zone"] = gettext("Write a time zone such as America/New_York.")
        if not are_hours(self.staffed_hours):
            problems["staffed_hours"] = gettext(
                'Write the hours of each day such as {"mon": [["08:00", "17:00"]]}.'
            )
        if not are_holidays(self.holidays):
            problems["holidays"] = gettext("Change holidays on the clinic's own page.")
        if problems:
            raise ValidationError(problems)
