"""Indexes of the audit's pages, and the authors of drafts that are under way."""

from typing import Any

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently

SAVED = ("protocol_draft.started", "protocol_draft.saved", "protocol_draft.cases_accepted")


def name_authors(apps: Any, schema_editor: Any) -> None:
    """Everybody of whom the audit says that they saved a draft which is not decided yet."""
    drafts = apps.get_model("clinic", "ProtocolDraft").objects.filter(state__in=("editing", "submitted"))
    authors = apps.get_model("clinic", "ProtocolDraftAuthor").objects
    for draft in drafts.defer("document"):
        rows = apps.get_model("clinic", "AuditEvent").objects.filter(
            subject_type="protocol_draft", subject_id=str(draft.pk), action__in=SAVED, actor_id__isnull=False
        )
        people = {draft.created_by_id, draft.saved_by_id, *rows.values_list("actor_id", flat=True)}
        for user_id in people:
            authors.get_or_create(draft=draft, user_id=user_id, defaults={"first_at": draft.saved_at})


class Migration(migrations.Migration):
    # An index of a table that grows is built beside writes, which no transaction can.
    atomic = False

    dependencies = [("clinic", "0016_audit_chain")]

    operations = [
        migrations.RunPython(name_authors, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["actor_id", "-at"], name="audit_of_actor"),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["clinic_id", "action", "-at"], name="audit_of_action"),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("action__in", ("access.denied", "access.refused"))),
                fields=["at"],
                name="audit_refusals",
            ),
        ),
    ]
