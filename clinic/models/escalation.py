"""An escalation: something a person at the clinic must see, and all that was done about it."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.models.report import LEVELS
from clinic.models.staff import Role
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.questions import in_language


class EscalationState(models.TextChoices):
    """Open until a person takes it; resolved only by a person."""

    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    RESOLVED = "resolved", _("Resolved")


class Outcome(models.TextChoices):
    """What came of it; stable codes for the figures."""

    ADVICE_GIVEN = "advice_given", _("Spoke to family, advice given")
    CLINIC_VISIT = "clinic_visit", _("Coming to the clinic")
    SENT_TO_EMERGENCY = "sent_to_emergency", _("Sent to emergency care")
    ADMITTED = "admitted", _("Admitted to hospital")
    COULD_NOT_REACH = "could_not_reach", _("Could not reach the family")
    MISTAKEN_ENTRY = "mistaken_entry", _("Entry was a mistake, checked with family")
    DIED = "died", _("The patient died")
    TRANSFERRED = "transferred", _("Goes on at another clinic")


# What somebody may answer with. A death and a transfer are life events, which close everything by themselves.
CHOOSABLE_OUTCOMES = tuple(
    outcome for outcome in Outcome if outcome not in (Outcome.DIED, Outcome.TRANSFERRED)
)


class Escalation(models.Model):
    """At most one is unresolved per patient; later reports attach to it. The level only ever rises."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="escalations")
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="escalations")
    level = models.CharField(max_length=10, choices=LEVELS)
    # Levels compared and sorted by the database: 1 watch … 4 emergency.
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=15, choices=EscalationState.choices, default=EscalationState.OPEN)
    # A practice alarm: pages nobody, stands apart, and a real one opens beside it.
    is_drill = models.BooleanField(default=False, db_default=False)
    # Grows with each change: consoles ask for what they have not seen, and a stale click is refused.
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    # Since when it has been waiting for a person: opening, or the last rise that undid an acknowledgement.
    waiting_since = models.DateTimeField(default=timezone.now)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    resolution_note = models.TextField(blank=True)
    # As they were when it opened: what a clinic changes later changes nothing that runs.
    protocol_version = models.ForeignKey(
        "clinic.ProtocolVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ladder = models.JSONField(default=dict, blank=True)
    # Taking it is a lease: without a sign of work by then it waits for a person again.
    lease_until = models.DateTimeField(null=True, blank=True)
    # Set aside by whoever has it; the lease then ends at this moment.
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=200, blank=True)
    # Who last called in vain: the chain then starts with a physician and ends with that person.
    unreached_at = models.DateTimeField(null=True, blank=True)
    unreached_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            # clinic.services.escalations.leases.end_expired: whose lease has run out.
            models.Index(
                fields=["lease_until"],
                name="escalation_lease",
                condition=models.Q(lease_until__isnull=False),
            ),
            # clinic.queries.desk.worklist: what is open at a clinic, worst first, oldest first.
            models.Index(
                fields=["clinic", "-severity", "waiting_since"],
                name="escalation_worklist",
                condition=~models.Q(state="resolved"),
            ),
            models.Index(fields=["patient", "-opened_at"], name="escalation_of_patient"),
            # clinic.queries.outcomes.alarms: what opened in some weeks.
            models.Index(fields=["clinic", "opened_at"], name="escalation_of_weeks"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=~models.Q(state="resolved") & models.Q(is_drill=False),
                name="escalation_one_open_per_patient",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=~models.Q(state="resolved") & models.Q(is_drill=True),
                name="escalation_one_open_drill_per_patient",
            ),
            models.CheckConstraint(
                name="escalation_severity_matches_level",
                condition=models.Q(level="watch", severity=1)
                | models.Q(level="same_day", severity=2)
                | models.Q(level="urgent", severity=3)
                | models.Q(level="emergency", severity=4),
            ),
            models.CheckConstraint(
                name="escalation_state_known", condition=models.Q(state__in=EscalationState.values)
            ),
            models.CheckConstraint(
                name="escalation_acknowledged_at_with_by",
                condition=models.Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_acknowledged_by_person",
                condition=~models.Q(state="acknowledged") | models.Q(acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_open_has_no_taker",
                condition=~models.Q(state="open") | models.Q(acknowledged_by__isnull=True),
            ),
            # Nothing is taken for ever, and nothing runs out that nobody has.
            models.CheckConstraint(
                name="escalation_lease_while_acknowledged",
                condition=models.Q(state="acknowledged", lease_until__isnull=False)
                | (~models.Q(state="acknowledged") & models.Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="escalation_snooze_ends_with_lease",
                condition=models.Q(snoozed_until__isnull=True, snooze_reason="")
                | models.Q(snoozed_until__isnull=False, lease_until__isnull=False)
                & models.Q(snoozed_until=models.F("lease_until"))
                & ~models.Q(snooze_reason=""),
            ),
            models.CheckConstraint(
                name="escalation_unreached_at_with_by",
                condition=models.Q(unreached_at__isnull=True, unreached_by__isnull=True)
                | models.Q(unreached_at__isnull=False, unreached_by__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_resolved_at_with_by",
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
            # Nobody and nothing closes an escalation but a person; a real one from urgent up with an outcome.
            models.CheckConstraint(
                name="escalation_resolved_by_person",
                condition=~models.Q(state="resolved") | models.Q(resolved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_resolved_with_outcome",
                condition=~models.Q(state="resolved")
                | models.Q(severity__lt=Level.URGENT.rank)
                | models.Q(is_drill=True)
                | ~models.Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"escalation {self.id}"


class EscalationEventKind(models.TextChoices):
    """One line of an escalation's history."""

    OPENED = "opened", _("Opened")
    ROSE = "rose", _("Level rose")
    WORSENED = "worsened", _("Something new came in: waits again")
    REPORT_ATTACHED = "report_attached", _("Another report came in")
    ENTERED_IN_ERROR = "entered_in_error", _("A report was entered in error")
    CAUSE_ADDED = "cause_added", _("Another reason came in")
    IMPROVED = "improved", _("A later report was at a lower level")
    EXPECTED = "expected", _("Another report: as expected, nobody paged")
    PAGED = "paged", _("Staff paged")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    JOINED = "joined", _("The other role answered too")
    TAKEN_OVER = "taken_over", _("Taken over from a colleague")
    HANDED_OVER = "handed_over", _("Taken over at the change of shift")
    LEASE_ENDED = "lease_ended", _("No sign of work for too long: waits again")
    RELEASED = "released", _("Whoever had it has left: waits again")
    ANSWER_OWED = "answer_owed", _("The other role has left: its answer is owed again")
    LEAD_TEXTED = "lead_texted", _("Not taken in time: lead texted")
    SNOOZED = "snoozed", pgettext_lazy("what happened to an alert", "Set aside")
    SNOOZE_ENDED = "snooze_ended", _("Set-aside time is over: waits again")
    TRANSFER_OFFERED = "transfer_offered", _("Offered to a colleague")
    TRANSFER_ACCEPTED = "transfer_accepted", _("Colleague took it over")
    TRANSFER_DECLINED = "transfer_declined", _("Colleague did not take it over")
    TRANSFER_WITHDRAWN = "transfer_withdrawn", _("Offer taken back")
    OPINION_ASKED = "opinion_asked", _("Second opinion asked for")
    OPINION_GIVEN = "opinion_given", _("Second opinion")
    LOWERED = "lowered", _("Level lowered by a person")
    CALLED = "called", _("Called the family: reached")
    CALLED_IN_VAIN = "called_in_vain", _("Called the family: not reached")
    COULD_NOT_REACH = "could_not_reach", _("Could not reach the family: next person paged")
    NOTE = "note", _("Call note")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Opened again: it was closed by mistake")


class Cause(models.TextChoices):
    """Why something opened or rose without a report; the label is what staff read under "Why"."""

    MISSED_CHECKIN = "missed_checkin", _("A planned check-in was missed")
    WORRY = "worry", _("The family is worried and asks to be called")
    PHONE_LEVEL = "phone_level", _("The phone told the family a higher level")
    OTHER_CLINIC = "other_clinic", _("Was open at the clinic that handed the patient over: call them")


class RequiredAnswer(models.Model):
    """A role that must answer where one person is not enough; its own chain runs until it has."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="required_answers")
    role = models.CharField(max_length=20, choices=Role.choices)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "role"], name="required_answer_once_per_role"),
            models.CheckConstraint(
                name="required_answer_answered_at_with_by",
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.escalation_id}"


class EscalationEvent(models.Model):
    """Append-only history; `by` is empty where the system acted."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EscalationEventKind.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    report = models.ForeignKey(
        "clinic.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="escalation_events"
    )
    # Set where no report is the reason.
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    level = models.CharField(max_length=10, choices=LEVELS, blank=True)
    # Of a lowering below urgent, which is answered for like a closing.
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True, default="", db_default="")
    text = models.TextField(blank=True)
    # {"en": …, "es": …}: what the protocol says of the cause. A report's reasons stand with its assessment.
    why = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)

    class Meta:
        indexes = [models.Index(fields=["escalation", "at"], name="escalation_event_order")]
        constraints = [
            # A report enters an escalation once, however often it is scored.
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(report__isnull=False),
                name="escalation_event_report_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"

    def words(self, language: str) -> str:
        """What the protocol said, in the reader's language; else as somebody wrote it."""
        return in_language(self.why, language) or self.text
