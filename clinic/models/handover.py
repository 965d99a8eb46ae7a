"""A shift handed over: the sheet as it was given, and who has signed each line of it."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.escalation import EscalationState
from clinic.models.report import LEVELS


class HandoverState(models.TextChoices):
    """Open until every line is signed or has ended by itself, or the giver goes on after all."""

    OPEN = "open"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Handover(models.Model):
    """One sheet of one clinic. `given_to` is who was meant; any colleague of theirs may sign."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="handovers")
    given_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    given_to = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    # What is not signed by then is the lead's to know.
    due_at = models.DateTimeField()
    lead_paged_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=HandoverState.choices, default=HandoverState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "-given_at"], name="handover_of_clinic"),
            # clinic.services.desk.handovers.follow_up_due
            models.Index(fields=["due_at"], name="handover_open", condition=models.Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "given_by"],
                condition=models.Q(state="open"),
                name="handover_one_open_per_giver",
            ),
            models.CheckConstraint(
                name="handover_closed_at_once_not_open",
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="handover_state_known", condition=models.Q(state__in=HandoverState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"handover {self.id}"


class LineKind(models.TextChoices):
    """The parts of the sheet, in their order."""

    ALERT = "alert", _("Open alerts")
    CALL_BACK = "call_back", _("Waiting call-backs")
    SILENT = "silent", _("Silent patients")


class SignedAs(models.TextChoices):
    """What a signature did: moved what the giver had, took what nobody had, or says "I know of it"."""

    MOVED = "moved"
    TOOK = "took"
    KNOWS = "knows"


class HandoverItem(models.Model):
    """One line: a patient who needs somebody, as things stood when the sheet was given.

    It hangs on what will end it by itself: an escalation, an alarm that asks for a call, or a check-in.
    """

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items")
    # As on the handover: a constraint compares it with the signer.
    given_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="+")
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, null=True, blank=True, related_name="handover_items"
    )
    alarm = models.ForeignKey(
        "clinic.SystemAlarm", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checkin = models.ForeignKey(
        "clinic.Checkin", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.CharField(max_length=10, choices=LEVELS, blank=True)
    state = models.CharField(max_length=15, choices=EscalationState.choices, blank=True)
    held_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    # [{"what": code, "at": moment, "text": words}]: who asked to be called, until when it is set aside.
    waits_for = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_as = models.CharField(max_length=10, choices=SignedAs.choices, blank=True)
    # It ended without a signature: what it hangs on is over.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "position"], name="handover_item_position"),
            models.UniqueConstraint(fields=["handover", "escalation"], name="handover_item_escalation_once"),
            models.CheckConstraint(
                name="handover_item_hangs_on_one_thing",
                condition=models.Q(escalation__isnull=False, alarm__isnull=True, checkin__isnull=True)
                | models.Q(escalation__isnull=True, alarm__isnull=False, checkin__isnull=True)
                | models.Q(escalation__isnull=True, alarm__isnull=True, checkin__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_item_signed_at_with_by",
                condition=models.Q(signed_at__isnull=True, signed_by__isnull=True)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_item_signed_as_once_signed",
                condition=models.Q(signed_at__isnull=True, signed_as="")
                | models.Q(signed_at__isnull=False, signed_as__in=SignedAs.values),
            ),
            # Nobody takes over from themselves.
            models.CheckConstraint(
                name="handover_item_signed_by_another",
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("given_by")),
            ),
            models.CheckConstraint(
                name="handover_item_signed_or_ended",
                condition=models.Q(signed_at__isnull=True) | models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="handover_item_kind_known", condition=models.Q(kind__in=LineKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of {self.handover_id}"
