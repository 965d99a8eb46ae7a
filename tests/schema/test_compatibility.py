"""Each kind of step that a running version could not live with is refused, and each way around it is not."""

import re

import pytest
from django.contrib.postgres import operations as postgres
from django.db import connection, migrations, models
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, RemoveField
from django.db.migrations.state import ProjectState

from notifications.migration_steps import AddIndexConcurrently, models_first, tables_follow
from tests.schema import compatibility

NOTE = CreateModel(
    "Note",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("text", models.CharField(max_length=80)),
        ("kind", models.CharField(max_length=10, db_default="plain")),
        ("read_at", models.DateTimeField(null=True)),
        ("author", models.CharField(max_length=40, null=True)),
    ],
    options={"constraints": [models.UniqueConstraint(fields=["text"], name="note_once")]},
)
STAFF = CreateModel("Staff", [("id", models.BigAutoField(primary_key=True))])
NEW = CreateModel("Letter", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())])
INDEX = models.Index(fields=["read_at"], name="note_read")
NUMBER_ONCE = models.UniqueConstraint(
    fields=["text", "number"], condition=~models.Q(number=""), name="note_number_once"
)
CHECK = models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")


def state_of(*operations):
    state = ProjectState()
    for operation in operations:
        operation.state_forwards("clinic", state)
    return state


def migration(*operations, atomic=True):
    made = migrations.Migration("0002_sample", "clinic")
    made.operations, made.atomic = list(operations), atomic
    return made


def refused(*operations, atomic=True, running=(NOTE, STAFF)):
    return compatibility.refusals([migration(*operations, atomic=atomic)], running=state_of(*running))


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (RemoveField("note", "text"), r"note\.text is still used"),
        (migrations.DeleteModel("Note"), r"Note is still used"),
        (migrations.RenameField("note", "text", "words"), r"note\.text is still used .* a new column"),
        (migrations.RenameModel("Note", "Remark"), r"Note is still used .* a new table"),
        (migrations.AlterModelTable("Note", "remarks"), r"Note is still used"),
        (
            AlterField("note", "author", models.CharField(max_length=40)),
            r"note\.author: .* may write nothing",
        ),
        (AlterField("note", "kind", models.CharField(max_length=10)), r"note\.kind: .* leaves its value"),
        (AlterField("note", "text", models.CharField(max_length=20)), r"note\.text: .* longer values"),
        (AlterField("note", "text", models.IntegerField()), r"note\.text: another type"),
        (
            AlterField("note", "text", models.CharField(max_length=80, db_column="t")),
            r"note\.text: another type",
        ),
        (
            AlterField("note", "text", models.CharField(max_length=80, db_index=True)),
            r"note\.text: writes wait",
        ),
        (AddField("note", "size", models.IntegerField()), r"note\.size: rows .* have no value"),
        (AddField("note", "size", models.IntegerField(default=0)), r"note\.size: rows .* have no value"),
        (
            AddField("note", "staff", models.ForeignKey("clinic.Staff", models.PROTECT, null=True)),
            r"note\.staff: writes wait for its index",
        ),
        (AddIndex("note", INDEX), r"note_read: writes wait"),
        (AddIndexConcurrently("note", INDEX), r"note_read: .* atomic = False"),
        (postgres.AddIndexConcurrently("note", INDEX), r"note_read: SQLite needs"),
        (AddConstraint("note", CHECK), r"note_says_something: .* does not keep it yet"),
        (migrations.RemoveConstraint("note", "note_once"), r"note_once: .* relies on it"),
        (migrations.AlterUniqueTogether("note", {("text", "kind")}), r"note: unique_together"),
        (migrations.RunSQL("UPDATE clinic_note SET text = ''"), r"RunSQL has no way back"),
        (migrations.RunPython(lambda apps, schema_editor: None), r"RunPython has no way back"),
        (
            migrations.RunSQL("ALTER TABLE clinic_note DROP COLUMN text", migrations.RunSQL.noop),
            r"RunSQL changes tables",
        ),
        (models_first(RemoveField("note", "text")), r"note\.text: rows without it cannot be written"),
        (
            tables_follow(were=AddField("note", "text", NOTE.fields[1][1]), step=RemoveField("note", "text")),
            r"text is",
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:20],
)
def test_a_step_that_the_running_version_cannot_live_with_is_refused(step, reason):
    found = refused(step)

    assert found
    assert all(line.startswith("clinic.0002_sample: ") for line in found)
    assert any(re.search(reason, line) for line in found)


@pytest.mark.parametrize(
    "steps",
    [
        [NEW, AddField("letter", "size", models.IntegerField()), RemoveField("letter", "text")],
        [NEW, AddIndex("letter", models.Index(fields=["text"], name="letter_text"))],
        [AddField("note", "size", models.IntegerField(null=True))],
        [AddField("note", "size", models.IntegerField(db_default=0))],
        [AddField("note", "readers", models.ManyToManyField("clinic.Staff"))],
        [
            AddField(
                "note", "staff", models.ForeignKey("clinic.Staff", models.PROTECT, null=True, db_index=False)
            )
        ],
        [AddField("staff", "note", models.ForeignKey("clinic.Note", models.PROTECT, null=True))],
        [AlterField("note", "text", models.CharField(max_length=200, null=True))],
        [AlterField("note", "text", models.CharField(max_length=80, choices=[("a", "A")]))],
        [
            AlterField("note", "text", models.CharField(max_length=80, null=True)),
            models_first(RemoveField("note", "text")),
        ],
        [models_first(AddConstraint("note", CHECK))],
        [
            AddField("note", "number", models.CharField(max_length=10, db_default="")),
            AddConstraint("note", NUMBER_ONCE),
        ],
        [models_first(AlterField("note", "author", models.CharField(max_length=40)))],
        [migrations.RunSQL("UPDATE clinic_note SET text = ''", migrations.RunSQL.noop)],
    ],
)
def test_a_step_that_the_running_version_does_not_notice_is_not_refused(steps):
    assert refused(*steps) == []


@pytest.mark.parametrize(
    ("default", "condition"), [("", None), ("", models.Q(number="")), ("x", ~models.Q(number=""))]
)
def test_unique_new_column_is_refused_where_the_running_versions_rows_could_clash(default, condition):
    rule = models.UniqueConstraint(fields=["text", "number"], condition=condition, name="note_number_once")
    column = AddField("note", "number", models.CharField(max_length=10, db_default=default))

    assert "does not keep it yet" in str(refused(column, AddConstraint("note", rule)))


def test_an_index_built_outside_a_transaction_is_not_refused():
    assert refused(AddIndexConcurrently("note", INDEX), atomic=False) == []


DROP = RemoveField("note", "author")
DEMAND = AlterField("note", "author", models.CharField(max_length=40))
KEEP = AddConstraint("note", CHECK)


@pytest.mark.parametrize(
    ("step", "were"),
    [
        (DROP, AddField("note", "author", models.CharField(max_length=40, null=True))),
        (DEMAND, AlterField("note", "author", models.CharField(max_length=40, null=True))),
        (KEEP, migrations.RemoveConstraint("note", CHECK.name)),
        (migrations.DeleteModel("Note"), NOTE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_tables_follow_only_once_the_version_whose_models_went_first_is_running(step, were):
    follow = tables_follow(were=were, step=step)

    assert refused(follow, running=(NOTE, models_first(step))) == []
    assert refused(models_first(step), follow, running=(NOTE,))


def test_nothing_of_ours_is_refused():
    assert compatibility.refusals_of_project() == []


def test_every_app_with_migrations_has_a_line_about_what_runs():
    lines = compatibility._lines_of(compatibility.RUNNING)

    assert [line.split()[0] for line in lines] == ["caregiver", "clinic", "notifications"]


# --- The steps themselves, on a real table ---


@pytest.fixture
def note_table(transactional_db, as_owner):
    state = state_of(NOTE)
    model = state.apps.get_model("clinic", "note")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield state
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE clinic_note")


def applied(made, state):
    with connection.schema_editor(atomic=made.atomic) as editor:
        return made.apply(state, editor)


def unapplied(made, state):
    with connection.schema_editor(atomic=made.atomic) as editor:
        made.unapply(state, editor)


def columns():
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "clinic_note")
    return {column.name: column.null_ok for column in found}


def rules():
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "clinic_note"))


def test_an_index_is_added_and_taken_back_beside_writes(note_table):
    made = migration(AddIndexConcurrently("note", INDEX), atomic=False)

    applied(made, note_table.clone())
    assert "note_read" in rules()

    unapplied(made, note_table)
    assert "note_read" not in rules()


def test_a_column_goes_in_two_releases_and_comes_back(note_table):
    first = migration(models_first(DROP))
    then = migration(tables_follow(were=AddField("note", "author", NOTE.fields[4][1]), step=DROP))

    between = applied(first, note_table.clone())
    assert "author" not in between.models["clinic", "note"].fields
    assert "author" in columns()

    applied(then, between.clone())
    assert "author" not in columns()

    unapplied(then, between)
    assert columns()["author"]


def test_a_value_is_demanded_in_two_releases(note_table):
    first = migration(models_first(DEMAND))
    then = migration(tables_follow(were=AlterField("note", "author", NOTE.fields[4][1]), step=DEMAND))

    between = applied(first, note_table.clone())
    assert columns()["author"]

    applied(then, between.clone())
    assert not columns()["author"]


def test_a_rule_is_kept_in_two_releases(note_table):
    first = migration(models_first(KEEP))
    then = migration(tables_follow(were=migrations.RemoveConstraint("note", CHECK.name), step=KEEP))

    between = applied(first, note_table.clone())
    assert CHECK.name not in rules()

    applied(then, between.clone())
    assert CHECK.name in rules()
