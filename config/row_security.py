"""The policies by which PostgreSQL keeps the rows of other clinics back, and the rights of the roles.

Every table that belongs to a clinic has one policy: by its own clinic, or by the row that it hangs on. They
are written anew after each migration (`post_migrate`), so a new table needs nothing but a way to its clinic,
or a reason in SHARED. docs/security.md tells the roles.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import BinaryField, EmailField, ForeignKey, Model, TextField
from phonenumber_field.modelfields import PhoneNumberField

# Group roles; those that sign in are members (manage.py database_roles).
APP, REPORTS = "kinwatch_app", "kinwatch_reports"

# The way from a row to its clinic: the first of these that it has, and that is never empty.
_WAYS = (
    "clinic",
    "patient",
    "escalation",
    "report",
    "checkin",
    "staff",
    "handover",
    "protocol",
    "draft",
    "rehearsal",
    "member",
)

# Tables that belong to no clinic, and why.
SHARED = {
    "clinic.Clinic": "names and numbers that every family may read",
    "clinic.User": "a person may be at several clinics; what ties them to one is a role or a link",
    "clinic.User_groups": "operators' rights",
    "clinic.User_user_permissions": "operators' rights",
    "clinic.ApiToken": "of a person",
    "clinic.CalendarFeed": "of a person",
    "clinic.CallCode": "of a person",
    "clinic.DeskSession": "of a person",
    "clinic.FamilyDevice": "of a person",
    "clinic.FormerNumber": "of a person",
    "clinic.Pin": "of a person",
    "clinic.TermsAcceptance": "of a person",
    "clinic.AuditSeal": "numbers and hashes of the whole audit",
    "clinic.AuditCheck": "numbers and hashes of the whole audit",
    "clinic.ReplayRun": "numbers of the whole installation",
    "clinic.RetentionRun": "numbers of the whole installation",
    "clinic.Tick": "when the engine moved",
    "clinic.EngineRound": "when the engine moved",
    "caregiver.Phone": "of a person",
    "caregiver.SignInCode": "of a number, before anybody is known",
    "caregiver.Picture": "guidance, the same for every clinic",
    "caregiver.GuidancePage": "guidance, the same for every clinic",
    "caregiver.GuidanceEdition": "guidance, the same for every clinic",
    "caregiver.GuidanceUse": "counts of guidance without persons",
    "caregiver.VariantUse": "counts of guidance without persons, also of readers who are not signed in",
    "caregiver.GuidanceSearchMiss": "searches for guidance without persons",
    "caregiver.SecondPersonTask": "guidance, the same for every clinic",
}
# `notifications` knows numbers and texts, never clinics or patients.
SHARED_APPS = ("notifications",)
OURS = ("clinic", "caregiver", "notifications")

# Evaluated once a statement, not once a row.
_SEES_ALL = "(SELECT current_setting('kinwatch.clinics', true) = '*')"
_CLINICS = "(SELECT string_to_array(nullif(current_setting('kinwatch.clinics', true), '*'), ','))::uuid[]"

# As its owner, so that it sees roles and links before anything else may be seen. PL/pgSQL plans it once for a
# connection; written in SQL each call was planned anew, at eight times what the answer takes.
_CLINICS_OF = """
CREATE OR REPLACE FUNCTION kinwatch_clinics_of(person uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(string_agg(clinic::text, ','), '') FROM (
        SELECT clinic_id AS clinic FROM clinic_staff WHERE user_id = person AND ended_at IS NULL
        UNION
        -- Of whom they look after, and of the records that were left behind when a clinic handed over.
        SELECT clinic_id FROM clinic_patient WHERE id IN (
            WITH RECURSIVE cared (patient) AS (
                SELECT patient_id FROM clinic_careteammember WHERE user_id = person AND ended_at IS NULL
                UNION
                SELECT patient_id FROM clinic_clinictransfer JOIN cared ON new_patient_id = cared.patient
            ) SELECT patient FROM cared
        )
        UNION
        -- Of whom they hold the record open in an emergency, as long as they work somewhere.
        SELECT patient.clinic_id FROM clinic_emergencyaccess AS opened
            JOIN clinic_patient AS patient ON patient.id = opened.patient_id
            WHERE opened.user_id = person AND opened.ended_at IS NULL AND opened.ends_at > now()
            AND opened.opened_at > now() - interval '1 hour'
            AND EXISTS (SELECT 1 FROM clinic_staff WHERE user_id = person AND ended_at IS NULL)
    ) AS theirs);
END
$$
"""
# What the app's role may only add to and read; a trigger refuses the rest to everybody.
_APPEND_ONLY = (
    "clinic.AuditEvent",
    "clinic.AuditSeal",
    "clinic.ProtocolVersion",
    "clinic.ClinicTerms",
    "caregiver.GuidanceEdition",
    "caregiver.VariantEdition",
    "caregiver.VariantComparison",
)
# What nobody who only counts needs to see.
_SECRETS = (
    "clinic.AccessRequest",
    "clinic.ApiToken",
    "clinic.CalendarFeed",
    "clinic.CallCode",
    "clinic.DeskSession",
    "clinic.FamilyDevice",
    "clinic.Invitation",
    "clinic.Listener",
    "clinic.PhoneCode",
    "clinic.StaffInvitation",
    "clinic.SystemClient",
    "clinic.SystemToken",
    "clinic.Pin",
    "clinic.User",
    "caregiver.CardLink",
    "caregiver.Phone",
    "caregiver.SignInCode",
)
# Kinds and names of fields that tell who somebody is, or what was written of them in free words.
_NAMING_KINDS = (BinaryField, EmailField, PhoneNumberField, TextField)
_NAMING = frozenset(
    {
        *("approved_name", "birth_date", "family_key", "family_name", "given_key", "given_name"),
        *("hospital_number", "phone", "search_text", "who"),
        *("answer", "changes", "history", "note", "pause_reason", "pause_reason_before", "reason", "said"),
        *("person", "single_caregiver_reason", "snooze_reason", "start_override", "taken_back_reason"),
    }
)


def apply(**_: Any) -> None:
    """Write policies and rights anew, as the owner of the tables. On SQLite there is nothing to do."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        columns = _columns(cursor)
        if not _is_owner(cursor):
            return
        # After a migration to an earlier state not every table is there.
        there = [one for one in models() if _is_there(one, columns)]
        if len(there) != len(models()):
            return
        for statement in (*_policies(), *_rights(cursor, columns)):
            cursor.execute(statement)


def models() -> list[type[Model]]:
    """All of ours, with the tables that join two of them."""
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label in OURS]


def is_shared(model: type[Model]) -> bool:
    """Whether its rows belong to no clinic."""
    return model._meta.label in SHARED or model._meta.app_label in SHARED_APPS


def way_to_clinic(model: type[Model]) -> ForeignKey[Any, Any] | None:
    """The key by which a row belongs to a clinic; None where there is none."""
    keys = {
        one.name: one for one in model._meta.concrete_fields if isinstance(one, ForeignKey) and not one.null
    }
    return next((keys[name] for name in _WAYS if name in keys), None)


def _policies() -> Iterable[str]:
    yield _CLINICS_OF
    yield "REVOKE ALL ON FUNCTION kinwatch_clinics_of(uuid) FROM PUBLIC"
    for model in models():
        if not is_shared(model):
            yield from _policy(model)


def _policy(model: type[Model]) -> Iterable[str]:
    table = model._meta.db_table
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS of_clinic ON {table}"
    yield f"DROP POLICY IF EXISTS added ON {table}"
    if model._meta.label == "clinic.AuditEvent":
        # Who is refused at another clinic leaves a row there; what belongs to no clinic is nobody's secret.
        sees = f"clinic_id IS NULL OR {_sees('clinic_id')}"
        yield f"CREATE POLICY of_clinic ON {table} FOR SELECT USING ({sees})"
        yield f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK (true)"
        return
    condition = _condition(model)
    if model._meta.label == "caregiver.VariantEdition":
        # Read also by a phone that knows its clinic and is not signed in; written by the clinic alone.
        yield f"CREATE POLICY of_clinic ON {table} FOR SELECT USING (true)"
        yield f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({condition})"
        return
    if model._meta.label == "clinic.ClinicTransfer":
        condition = f"{condition} OR {_sees('to_clinic_id')}"
    yield f"CREATE POLICY of_clinic ON {table} USING ({condition})"


def _condition(model: type[Model]) -> str:
    key = way_to_clinic(model)
    if key is None:
        raise LookupError(f"{model._meta.label} belongs to no clinic and is not SHARED")
    if key.remote_field.model._meta.label == "clinic.Clinic":
        return _sees(str(key.column))
    parent = key.remote_field.model._meta
    # The parent's own policy is asked as well, up to the clinic.
    return (
        f"{_SEES_ALL} OR EXISTS (SELECT 1 FROM {parent.db_table} AS parent "  # noqa: S608 - names of ours
        f"WHERE parent.{parent.pk.column} = {model._meta.db_table}.{key.column})"
    )


def _sees(column: str) -> str:
    return f"{_SEES_ALL} OR {column} = ANY ({_CLINICS})"


def _rights(cursor: Any, columns: set[tuple[str, str]]) -> Iterable[str]:
    cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", [APP, REPORTS])
    if cursor.fetchone()[0] < 2:
        return
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {REPORTS}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    yield f"GRANT EXECUTE ON FUNCTION kinwatch_clinics_of(uuid) TO {APP}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP}"
    for label in _APPEND_ONLY:
        yield f"REVOKE UPDATE, DELETE ON {apps.get_model(label)._meta.db_table} FROM {APP}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {REPORTS}"
    for model in models():
        table = model._meta.db_table
        if model._meta.app_label == "notifications" or model._meta.label in _SECRETS:
            continue
        counted = ", ".join(f'"{name}"' for name in _counted(model) if (table, name) in columns)
        yield f"GRANT SELECT ({counted}) ON {table} TO {REPORTS}"
        if not is_shared(model):
            yield f"DROP POLICY IF EXISTS counted ON {table}"
            yield f"CREATE POLICY counted ON {table} FOR SELECT TO {REPORTS} USING (true)"


def _counted(model: type[Model]) -> Iterable[str]:
    """The columns of a table that whoever only counts may read."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, _NAMING_KINDS) and field.name not in _NAMING:
            yield str(field.column)


def _columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    return set(cursor.fetchall())


def _is_there(model: type[Model], columns: set[tuple[str, str]]) -> bool:
    table, key = model._meta.db_table, way_to_clinic(model)
    return (table, str((key or model._meta.pk).column)) in columns


def _is_owner(cursor: Any) -> bool:
    """The app's own role may change no table."""
    cursor.execute(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('clinic_patient')"
    )
    found = cursor.fetchone()
    return bool(found and found[0])
