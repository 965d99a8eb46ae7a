"""A clinic's own variants of shared guidance pages. What went live and what was compared stays as it was."""

import uuid
from typing import Any

import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models

import caregiver.models.guidance_blocks
import caregiver.rules.guidance.documents

STAY = ("caregiver_variantedition", "caregiver_variantcomparison")
EDITIONS = STAY[0]
OWN_TEXT = "second person: nobody approves a text that they have saved"


def add_triggers(apps: Any, schema_editor: Any) -> None:
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    on_postgres = schema_editor.connection.vendor == "postgresql"
    kinds = ("row", "truncate") if on_postgres else ("update", "delete")
    names = [(f"{table}_{kind}", table) for table in STAY for kind in kinds]
    for name, table in (*names, (f"{EDITIONS}_approval", EDITIONS)):
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_postgres else ""))


def _statements(vendor: str) -> tuple[str, ...]:
    if vendor == "postgresql":
        # The functions are from clinic/0002_append_only and caregiver/0003_guidance_authors.
        stay = [
            f"CREATE TRIGGER {table}_{kind} BEFORE {verbs} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION kinwatch_append_only()"
            for table in STAY
            for kind, verbs, each in (
                ("row", "UPDATE OR DELETE", "ROW"),
                ("truncate", "TRUNCATE", "STATEMENT"),
            )
        ]
        approval = (
            f"CREATE TRIGGER {EDITIONS}_approval BEFORE INSERT ON {EDITIONS} "
            "FOR EACH ROW EXECUTE FUNCTION kinwatch_guidance_approval()"
        )
        return (*stay, approval)
    stay = [
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {table} is refused'); END"
        for table in STAY
        for verb in ("UPDATE", "DELETE")
    ]
    # People are stored without hyphens in columns, and with them in JSON.
    approval = (
        f"CREATE TRIGGER {EDITIONS}_approval BEFORE INSERT ON {EDITIONS} WHEN EXISTS ("  # noqa: S608 - names from above
        "SELECT 1 FROM json_each(NEW.authors) WHERE replace(value, '-', '') = NEW.approved_by) "
        f"BEGIN SELECT RAISE(ABORT, '{OWN_TEXT}'); END"
    )
    return (*stay, approval)


class Migration(migrations.Migration):
    dependencies = [
        ("caregiver", "0006_family_devices"),
        ("clinic", "0046_shared_guidance_and_variants"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuidanceVariant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                (
                    "has_unpublished_changes",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="has unpublished changes"
                    ),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "last_published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last published at"),
                ),
                ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                ("locked", models.BooleanField(default=False, editable=False, verbose_name="locked")),
                ("locked_at", models.DateTimeField(editable=False, null=True, verbose_name="locked at")),
                (
                    "slug",
                    models.SlugField(
                        help_text="The page's address, the same in every language", max_length=80
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=50, help_text="Place in the list")),
                ("title", models.CharField(max_length=120)),
                (
                    "summary",
                    models.CharField(help_text="One sentence: what this page is for", max_length=240),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("emergency", "emergency"), ("urgent", "urgent"), ("routine", "routine")],
                        default=caregiver.rules.guidance.documents.Level["ROUTINE"],
                        help_text="A physician approves emergency pages. Emergency and urgent pages are kept on phones.",
                        max_length=10,
                    ),
                ),
                (
                    "keywords",
                    models.TextField(
                        blank=True, help_text="Words that people search for, one a line; misspellings too"
                    ),
                ),
                (
                    "situations",
                    models.TextField(blank=True, help_text="What a family would say it sees, one a line"),
                ),
                (
                    "day_from",
                    models.SmallIntegerField(
                        blank=True, help_text="First day after CAR-T on which it matters", null=True
                    ),
                ),
                (
                    "day_to",
                    models.SmallIntegerField(
                        blank=True, help_text="Last day; leave empty for no end", null=True
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        blank=True,
                        choices=[("CD19", "CD19"), ("BCMA", "BCMA")],
                        help_text="Only after these cells",
                        max_length=10,
                    ),
                ),
                (
                    "questions",
                    models.JSONField(
                        blank=True, default=list, help_text="Checklist questions that lead here"
                    ),
                ),
                ("related", models.JSONField(blank=True, default=list, help_text="Pages to read next")),
                ("review_by", models.DateField(help_text="Look at the facts again by this day")),
                (
                    "sources",
                    models.TextField(
                        blank=True,
                        help_text="One a line: the fact | where it is from. Families do not see it.",
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("key_message", 0),
                            ("call_now", 5),
                            ("call_today", 6),
                            ("steps", 7),
                            ("warning_signs", 11),
                            ("measure", 16),
                            ("picture", 20),
                            ("text", 23),
                            ("teach_back", 27),
                        ],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {"icon": "info-circle", "label": "Key message", "rows": 2},
                            ),
                            1: ("wagtail.blocks.CharBlock", (), {"max_length": 120}),
                            2: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("emergency", "Emergency number first"),
                                        ("urgent", "CAR-T line first"),
                                    ]
                                },
                            ),
                            3: ("wagtail.blocks.CharBlock", (), {"max_length": 300}),
                            4: ("wagtail.blocks.ListBlock", (3,), {"min_num": 1}),
                            5: (
                                "wagtail.blocks.StructBlock",
                                [[("heading", 1), ("level", 2), ("when", 4)]],
                                {},
                            ),
                            6: ("wagtail.blocks.StructBlock", [[("heading", 1), ("when", 4)]], {}),
                            7: ("wagtail.blocks.StructBlock", [[("heading", 1), ("items", 4)]], {}),
                            8: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": caregiver.models.guidance_blocks.signs,
                                    "help_text": "The answer of the checklist that means the same",
                                    "required": False,
                                },
                            ),
                            9: ("wagtail.blocks.StructBlock", [[("text", 3), ("sign", 8)]], {}),
                            10: ("wagtail.blocks.ListBlock", (9,), {"min_num": 1}),
                            11: ("wagtail.blocks.StructBlock", [[("heading", 1), ("items", 10)]], {}),
                            12: (
                                "wagtail.blocks.DecimalBlock",
                                (),
                                {"decimal_places": 1, "label": "°C", "max_digits": 4, "required": False},
                            ),
                            13: (
                                "wagtail.blocks.DecimalBlock",
                                (),
                                {"decimal_places": 1, "label": "°F", "max_digits": 4, "required": False},
                            ),
                            14: ("wagtail.blocks.StructBlock", [[("c", 12), ("f", 13), ("text", 3)]], {}),
                            15: ("wagtail.blocks.ListBlock", (14,), {}),
                            16: (
                                "wagtail.blocks.StructBlock",
                                [[("heading", 1), ("steps", 4), ("lines", 15)]],
                                {},
                            ),
                            17: ("wagtail.snippets.blocks.SnippetChooserBlock", ("caregiver.Picture",), {}),
                            18: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Say what the picture shows.",
                                    "label": "Text alternative",
                                    "max_length": 300,
                                },
                            ),
                            19: ("wagtail.blocks.CharBlock", (), {"max_length": 300, "required": False}),
                            20: (
                                "wagtail.blocks.StructBlock",
                                [[("image", 17), ("alt", 18), ("caption", 19)]],
                                {},
                            ),
                            21: ("wagtail.blocks.TextBlock", (), {"rows": 3}),
                            22: ("wagtail.blocks.ListBlock", (21,), {"min_num": 1}),
                            23: ("wagtail.blocks.StructBlock", [[("heading", 1), ("paragraphs", 22)]], {}),
                            24: (
                                "wagtail.blocks.BooleanBlock",
                                (),
                                {"label": "This answer is right", "required": False},
                            ),
                            25: (
                                "wagtail.blocks.StructBlock",
                                [[("text", 3), ("right", 24), ("why", 3)]],
                                {},
                            ),
                            26: ("wagtail.blocks.ListBlock", (25,), {"max_num": 4, "min_num": 2}),
                            27: ("wagtail.blocks.StructBlock", [[("question", 3), ("options", 26)]], {}),
                        },
                    ),
                ),
                (
                    "source_number",
                    models.PositiveIntegerField(
                        blank=True, help_text="The version of the English page that this text says", null=True
                    ),
                ),
                (
                    "reviewed",
                    models.BooleanField(
                        default=False, help_text="A qualified human translator has checked this text"
                    ),
                ),
                ("default_digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "latest_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="latest revision",
                    ),
                ),
                (
                    "live_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="live revision",
                    ),
                ),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="locked_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "own variant",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "locale", "slug"), name="guidance_variant_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["emergency", "urgent", "routine"])),
                        name="guidance_variant_level_known",
                    ),
                ],
                "unique_together": {("translation_key", "locale")},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name="VariantComparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("language", models.CharField(max_length=10)),
                ("compared_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("compared_by", models.UUIDField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "shared_edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="caregiver.guidanceedition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "slug", "language", "shared_edition"),
                        name="variant_comparison_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VariantEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("language", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="published",
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("level", models.CharField(max_length=10)),
                ("content", models.JSONField(default=dict)),
                ("source_number", models.PositiveIntegerField(blank=True, null=True)),
                ("revision_id", models.PositiveIntegerField(blank=True, null=True)),
                ("author_id", models.UUIDField(blank=True, null=True)),
                ("approved_by", models.UUIDField(blank=True, null=True)),
                ("authors", models.JSONField(blank=True, null=True)),
                ("source_is_own", models.BooleanField(default=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["clinic", "slug", "language", "-at", "-id"], name="variant_edition_latest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "slug", "language", "number", "state"),
                        name="variant_edition_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])),
                        name="variant_edition_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("author_id__isnull", True),
                            models.Q(("author_id", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="variant_edition_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VariantUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("language", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("views", models.PositiveIntegerField(default=0)),
                ("clear", models.PositiveIntegerField(default=0)),
                ("unclear", models.PositiveIntegerField(default=0)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "slug", "language", "day"), name="variant_use_once_a_day"
                    )
                ],
            },
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
