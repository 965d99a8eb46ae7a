"""What came from the hospital's systems, row by row, and what became of each."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.rules.exchange.rows import RowKind
from clinic.rules.exchange.verdicts import Source, Verdict


class Import(models.Model):
    """One file, bundle or message. Until `committed_at` it is a preview, and nothing has been put on record.

    `key` is the sender's own name for it (a bundle's identifier, a message control id), `digest` the SHA-256
    of what was sent: by either the same is known again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="imports")
    source = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Source])
    key = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    # How many of which kind were not for us: {"QuestionnaireResponse": 12}.
    left_out = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    # Empty where a version took it that kept nobody.
    committed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            # Sent twice, and at the same moment: one of them is the other's answer.
            models.UniqueConstraint(
                fields=["clinic", "source", "digest"],
                condition=Q(committed_at__isnull=False, undone_at__isnull=True),
                name="import_taken_once",
            ),
            models.UniqueConstraint(
                fields=["clinic", "key"],
                condition=Q(source="adt") & ~Q(key=""),
                name="import_message_once",
            ),
            models.CheckConstraint(
                name="import_undone_after_commit",
                condition=Q(undone_at__isnull=True) | Q(committed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_undone_at_with_by",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
            models.CheckConstraint(
                name="import_source_known", condition=Q(source__in=[one.value for one in Source])
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-created_at"], name="import_of_clinic")]

    def __str__(self) -> str:
        return f"{self.source} {self.id}"


class ImportRow(models.Model):
    """One row. `said` is what was sent, emptied once its time is over; what came of it stays.

    `verdict` is what the preview found, and since `done_at` what has become of it. `made` names what was put
    on record: a correction, a life event, a form. A row that waits is a person's to settle.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in RowKind])
    # Rows of one person belong together; means nothing beyond this import.
    person = models.CharField(max_length=400)
    said = models.JSONField(default=dict)
    # [[fact, code]]: what cannot be read of it.
    troubles = models.JSONField(default=list)
    # When it happened, or was last changed, where the sender is.
    at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Verdict])
    # [[fact, code]]: why, or what of it.
    reasons = models.JSONField(default=list)
    # Somebody said that this is another person of the same name and birth date.
    is_another = models.BooleanField(default=False)
    patient = models.ForeignKey(
        "clinic.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="import_rows"
    )
    made = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    # Why it stayed when the import was taken back; a code.
    kept_because = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number", "kind"], name="import_row_once"),
            models.CheckConstraint(
                name="import_row_verdict_known",
                condition=Q(verdict__in=[one.value for one in Verdict]),
            ),
            models.CheckConstraint(
                name="import_row_settled_at_with_by",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]
        indexes = [
            # services/exchange/acts.py: what is known of a stay already.
            models.Index(fields=["patient", "kind", "-at"], name="import_row_of_patient"),
            models.Index(
                fields=["clinic", "done_at"],
                condition=Q(verdict="waits", settled_at__isnull=True),
                name="import_row_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.of_import_id}"


class MergedNumber(models.Model):
    """A number that the hospital merged into another: it still finds the patient, and is nobody else's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="merged_numbers")
    hospital_number = models.CharField(max_length=40)
    merged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "hospital_number"], name="merged_number_once"),
            models.CheckConstraint(name="merged_number_is_one", condition=~Q(hospital_number="")),
        ]

    def __str__(self) -> str:
        return f"merged number {self.id}"
