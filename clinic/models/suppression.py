"""A page that did not go out, and why: silence is always on record, and the record is counted each night."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SuppressionRule(models.TextChoices):
    """Which rule held a page back; the label is the reason that staff read."""

    THROTTLED = "throttled", _("Paged this phone less than a minute ago: goes out with the next bundle")
    ALREADY_PAGING = "already_paging", _("Pages about this patient are going out already")
    ALREADY_HELD = "already_held", _("Somebody has taken this patient")
    PAUSED = "paused", _("The patient's monitoring is paused")
    EXPECTED = "expected", _("A colleague expects this finding, and it is no worse")
    UNREACHABLE = "unreachable", _("This person's phone cannot be paged")
    SAME_PHONE = "same_phone", _("A colleague with the same number has just been paged")
    ON_THE_PHONE = "on_the_phone", _("Being called about somebody else: one call at a time")
    OVERTAKEN = "overtaken", _("Too late to go out: a newer page went instead")
    DIED = "died", _("The patient has died: nobody is paged")
    IN_HOSPITAL = "in_hospital", _("The patient is in hospital: no check-in is missed")


class Suppression(models.Model):
    """Whom a rule kept from being paged; `would_page` is empty where nobody was chosen yet."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="suppressions")
    rule = models.CharField(max_length=20, choices=SuppressionRule.choices)
    at = models.DateTimeField(default=timezone.now)
    would_page = models.ForeignKey(
        "clinic.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    patient = models.ForeignKey(
        "clinic.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, null=True, blank=True, related_name="suppressions"
    )

    # What would have paged by itself and joined something that runs; such a thing is held back once.
    event = models.OneToOneField(
        "clinic.EscalationEvent", on_delete=models.PROTECT, null=True, blank=True, related_name="suppression"
    )
    # The page that waits for the next bundle; its state tells what became of it.
    page = models.OneToOneField(
        "clinic.Page", on_delete=models.PROTECT, null=True, blank=True, related_name="suppression"
    )

    class Meta:
        indexes = [models.Index(fields=["clinic", "-at"], name="suppression_of_clinic")]
        constraints = [
            models.CheckConstraint(
                name="suppression_rule_known", condition=models.Q(rule__in=SuppressionRule.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.at:%H:%M}"


class LedgerDay(models.Model):
    """One day of a clinic, counted in the night after it: what should page against what did and did not.

    A day is one of the clinic's own clock. Later changes of the record do not change what was counted.
    """

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="ledger_days")
    day = models.DateField()
    # Reports and other causes at a level that pages staff.
    alarms = models.PositiveIntegerField()
    # Of them: a page went out; a person answered before the first page left; a row says why none went.
    paged = models.PositiveIntegerField()
    answered_first = models.PositiveIntegerField()
    held_back = models.PositiveIntegerField()
    # None of the three: nobody can say why nobody was paged.
    unaccounted = models.PositiveIntegerField()
    # Numbers missing in a chain of pages: a page that was planned and is gone.
    lost_pages = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day"], name="ledger_day_once"),
            models.CheckConstraint(
                name="ledger_day_adds_up",
                condition=models.Q(
                    alarms=models.F("paged")
                    + models.F("answered_first")
                    + models.F("held_back")
                    + models.F("unaccounted")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.day}"

    @property
    def is_right(self) -> bool:
        """Whether everything that should page did, or says why not."""
        return not (self.unaccounted or self.lost_pages)
