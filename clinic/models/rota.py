"""Who is on call: weekly patterns, shifts with a date, swaps, and the standing list behind them all."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LayerName(models.TextChoices):
    """The layers of clinic.rules.rota.shifts, in the order in which they are paged."""

    PRIMARY = "primary", _("Primary")
    BACKUP = "backup", _("Backup")
    PHYSICIAN = "physician", _("Physician")


class OnCall(models.Model):
    """The standing list: paged after whoever is on shift, position 0 first, round and round."""

    clinic = models.ForeignKey(
        "clinic.Clinic", on_delete=models.PROTECT, related_name="on_call", verbose_name=_("clinic")
    )
    staff = models.ForeignKey(
        "clinic.Staff", on_delete=models.PROTECT, related_name="+", verbose_name=_("role of staff")
    )
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("place on the standing list")
        verbose_name_plural = _("standing list")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "position"], name="on_call_position"),
            models.UniqueConstraint(fields=["clinic", "staff"], name="on_call_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.staff}"


class ShiftPattern(models.Model):
    """A shift of every week by the clinic's wall clock. Ended, never deleted: the past stays readable."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="shift_patterns")
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="shift_patterns")
    layer = models.CharField(max_length=10, choices=LayerName.choices)
    # Numbers of weekdays, 0 is Monday.
    weekdays = models.JSONField(default=list)
    starts = models.TimeField()
    # At or before `starts` it is on the next day.
    ends = models.TimeField()
    first_date = models.DateField()
    every_weeks = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["clinic", "ended_at"], name="shift_pattern_of_clinic")]
        constraints = [
            models.CheckConstraint(
                name="shift_pattern_layer_known", condition=models.Q(layer__in=LayerName.values)
            ),
            models.CheckConstraint(
                name="shift_pattern_repeats", condition=models.Q(every_weeks__gte=1, every_weeks__lte=8)
            ),
            models.CheckConstraint(
                name="shift_pattern_ended_at_with_by",
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.starts:%H:%M}"


class Shift(models.Model):
    """A shift with a date: it fills a time, or takes it over from whoever had it. The later made wins."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="shifts")
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="shifts")
    layer = models.CharField(max_length=10, choices=LayerName.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Where colleagues agreed on it between them.
    swap = models.OneToOneField(
        "clinic.ShiftSwap", on_delete=models.PROTECT, null=True, blank=True, related_name="shift"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            # clinic.queries.rota.shift_rows: what touches a time at a clinic.
            models.Index(
                fields=["clinic", "ends_at"],
                name="shift_of_clinic",
                condition=models.Q(cancelled_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="shift_layer_known", condition=models.Q(layer__in=LayerName.values)),
            models.CheckConstraint(
                name="shift_ends_after_start", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(
                name="shift_cancelled_at_with_by",
                condition=models.Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | models.Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.starts_at:%Y-%m-%d %H:%M}"


class SwapState(models.TextChoices):
    """Until the colleague accepts, the shift stays with the one who asked."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ShiftSwap(models.Model):
    """One person asks another to take one shift."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="swaps")
    layer = models.CharField(max_length=10, choices=LayerName.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    from_staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="swaps_asked")
    to_staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="swaps_received")
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="swap_state_known", condition=models.Q(state__in=SwapState.values)),
            models.CheckConstraint(
                name="swap_between_two", condition=~models.Q(from_staff=models.F("to_staff"))
            ),
            models.CheckConstraint(
                name="swap_ends_after_start", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(
                name="swap_answered_when_not_asked",
                condition=models.Q(state="asked", answered_at__isnull=True)
                | ~models.Q(state="asked") & models.Q(answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["from_staff", "layer", "starts_at"],
                condition=models.Q(state="asked"),
                name="swap_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.starts_at:%Y-%m-%d %H:%M} {self.state}"
