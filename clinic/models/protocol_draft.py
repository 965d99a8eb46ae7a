"""A protocol that somebody is changing, its rehearsals on past reports, and who has looked at them."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DraftState(models.TextChoices):
    """Edited, then handed to a second person, then waiting for its hour, then published or dropped."""

    EDITING = "editing", _("Being edited")
    SUBMITTED = "submitted", _("Waiting for a second person")
    APPROVED = "approved", _("Approved, waiting for its time")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What is still under way; a protocol has at most one such draft.
UNDER_WAY = (DraftState.EDITING, DraftState.SUBMITTED, DraftState.APPROVED)


class ProtocolDraft(models.Model):
    """`revision` grows with each save: a form that was opened on an older one is not laid over it.

    Nobody approves what they have written: who has ever saved it (ProtocolDraftAuthor) and who handed it in
    are not the approver.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    protocol = models.ForeignKey("clinic.Protocol", on_delete=models.PROTECT, related_name="drafts")
    base_version = models.ForeignKey("clinic.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    # Names this exact content, whether it is valid or not.
    document_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.EDITING)
    # {vignette id: why its outcome may change}
    accepted_cases = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When it becomes the version that new check-ins use.
    activate_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(
        "clinic.ProtocolVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )

    class Meta:
        indexes = [
            # clinic.services.protocols.drafts.activate_due
            models.Index(
                fields=["activate_at"], name="protocol_draft_due", condition=models.Q(state="approved")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol"],
                condition=models.Q(state__in=["editing", "submitted", "approved"]),
                name="protocol_draft_one_under_way",
            ),
            models.CheckConstraint(
                name="protocol_draft_submitted_at_with_by",
                condition=models.Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | models.Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="protocol_draft_approved_at_with_by",
                condition=models.Q(approved_at__isnull=True, approved_by__isnull=True)
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            # Two people: who wrote it, who handed it in or who saved it last cannot approve it.
            models.CheckConstraint(
                name="protocol_draft_approved_by_another",
                condition=models.Q(approved_by__isnull=True)
                | ~(
                    models.Q(approved_by=models.F("created_by"))
                    | models.Q(approved_by=models.F("submitted_by"))
                    | models.Q(approved_by=models.F("saved_by"))
                ),
            ),
            models.CheckConstraint(
                name="protocol_draft_live_only_when_approved",
                condition=~models.Q(state__in=["approved", "published"])
                | models.Q(approved_by__isnull=False, activate_at__isnull=False),
            ),
            models.CheckConstraint(
                name="protocol_draft_published_with_version",
                condition=models.Q(state="published", version__isnull=False)
                | (~models.Q(state="published") & models.Q(version__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.protocol_id}"


class ProtocolDraftAuthor(models.Model):
    """Everybody who has ever saved the draft: none of them approves it, even after others' saves.

    Database triggers hold it too (migration 0016): a check constraint sees one row only.
    """

    draft = models.ForeignKey(ProtocolDraft, on_delete=models.CASCADE, related_name="authors")
    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "user"], name="protocol_draft_author_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} wrote {self.draft_id}"


class ProtocolRehearsal(models.Model):
    """A draft's rules run over the clinic's reports of the last days, one chunk at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(ProtocolDraft, on_delete=models.CASCADE, related_name="rehearsals")
    # Of the content that was rehearsed: after another save this one tells nothing any more.
    document_hash = models.CharField(max_length=64)
    since = models.DateTimeField()
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    # How far it has come; reports are taken in the order in which they came in, then by id.
    cursor_at = models.DateTimeField(null=True, blank=True)
    cursor_report = models.UUIDField(null=True, blank=True)
    reports = models.PositiveIntegerField(default=0)
    # [{"report", "patient", "at", "before", "after", "added": [...], "gone": [...]}]
    changes = models.JSONField(default=list)
    # {"id", "expected", "before", "after"}: shipped cases that the draft scores otherwise than expected.
    cases = models.JSONField(default=list)
    case_count = models.PositiveIntegerField(default=0)
    # What the published rules and the draft make of the same invented people, counted so far:
    # {"published", "draft"}, each a stored clinic.rules.protocols.simulation.tally.Tally, and "mix", whom the
    # clinic treats: a stored clinic.rules.protocols.simulation.cohort.Mix.
    cohort = models.JSONField(default=dict, blank=True)
    simulated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"], name="rehearsal_open", condition=models.Q(finished_at__isnull=True)
            ),
            # clinic.services.protocols.rehearsals.go_on
            models.Index(
                fields=["started_at"],
                name="rehearsal_unsimulated",
                condition=models.Q(finished_at__isnull=False, simulated_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draft", "document_hash"], name="rehearsal_once_per_content"),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.id}"


class RehearsalView(models.Model):
    """Somebody has had the finished rehearsal on their screen; without that nobody hands in or approves."""

    rehearsal = models.ForeignKey(ProtocolRehearsal, on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rehearsal", "user"], name="rehearsal_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.rehearsal_id}"
