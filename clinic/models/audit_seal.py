"""The chain over the audit rows, and each night's look at whether it still holds."""

from django.db import models


class AuditSeal(models.Model):
    """One audit row's place in the chain: its hash covers the row and the hash before it.

    Rows are sealed in the order of their ids, never before all smaller ids have been written or given up
    (clinic/services/watch/audit_seals.py). Append-only, like the rows themselves.
    """

    # 1, 2, 3 …: a place that is missing shows.
    place = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.place}: row {self.event_id}"


class AuditCheck(models.Model):
    """One night's walk along the chain, a part at a time; sound to its end it becomes a signed checkpoint.

    The signature is made with a key that is not in the database, and a copy leaves the machine.
    """

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Places of the chain: how far it has come, and where it ends.
    done_place = models.BigIntegerField(default=0)
    until_place = models.BigIntegerField()
    # What was found first: a kind of clinic.queries.watch.audit_chain, and the row that it names.
    fault = models.CharField(max_length=20, blank=True)
    fault_event_id = models.BigIntegerField(null=True, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_check_signed_only_sound",
                condition=models.Q(signature="") | models.Q(finished_at__isnull=False, fault=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.fault or 'nothing found'}"
