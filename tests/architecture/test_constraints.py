"""Rules of the record that are found by looking at the models, so that a new one cannot forget them."""

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from clinic.models import AuditEvent, ProtocolVersion

OURS = ("clinic", "caregiver", "notifications")


# The program clears an alarm too, when its cause is gone, and ends what nobody has answered in time:
# a moment without a person. Who holds a page of the editor is a field of Wagtail's own. Who took an import is
# kept since later than when.
BY_NOBODY_TOO = {
    "Import.committed_at",
    "SystemAlarm.cleared_at",
    "GuidancePage.locked_at",
    "GuidanceVariant.locked_at",
    "AccessRequest.withdrawn_at",
    "EmergencyAccess.ended_at",
    "RiskLowering.closed_at",
}


def paired_fields():
    """Every nullable `x_at` beside an `x_by`."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        names = {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}
        for name, field in names.items():
            who = names.get(re.sub(r"_at$", "_by", name)) if name.endswith("_at") else None
            by_a_person = f"{model.__name__}.{name}" not in BY_NOBODY_TOO
            if by_a_person and who is not None and (field.null or who.null):
                yield model, name, who.name


@pytest.mark.parametrize(
    ("model", "at", "by"), list(paired_fields()), ids=lambda value: getattr(value, "__name__", value)
)
def test_moment_and_person_are_set_together_by_constraint(model, at, by):
    together = models.Q((f"{at}__isnull", True), (f"{by}__isnull", True)) | models.Q(
        (f"{at}__isnull", False), (f"{by}__isnull", False)
    )

    conditions = [one.condition for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    assert any(condition == together for condition in conditions)


def test_there_are_paired_fields_to_check():
    assert len(list(paired_fields())) >= 6


def test_clinical_rows_are_deleted_by_nobody():
    """Foreign keys to people, patients, reports and escalations protect what they point to."""
    protected = {"patient", "report", "escalation", "staff", "clinic", "user", "protocolversion"}
    # Rows that are about the browser or the program and die with their owner.
    follow = {
        "ApiToken",
        "CallCode",
        "ConsoleWatch",
        "CheckinDraft",
        "DeskSession",
        "DeviceDraft",
        "FamilyDevice",
        "GuidancePage",
        "GuidanceVariant",
        "KeypadCall",
        "Phone",
        "Pin",
        "SignInCode",
    }
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model.__name__ in follow:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model._meta.model_name in protected:
                assert field.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{field.name}"


@pytest.fixture
def rows(clinic):
    AuditEvent.objects.create(at=timezone.now(), actor_kind="system", action="test")
    assert ProtocolVersion.objects.exists()
    # PostgreSQL truncates nothing while foreign keys of this transaction are still to be checked.
    connection.check_constraints()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["clinic_auditevent", "clinic_protocolversion"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_append_only_tables_refuse_even_their_owner(rows, as_owner, table, statement):
    if statement.startswith("TRUNCATE") and connection.vendor != "postgresql":
        statement = "DELETE FROM {} WHERE 1"

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0


@pytest.mark.django_db
def test_append_only_tables_refuse_the_orm_too(rows):
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(action="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtocolVersion.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtocolVersion.objects.update(document={})
