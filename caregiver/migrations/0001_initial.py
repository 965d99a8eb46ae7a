"""The tables of the phone's pages and of guidance, which Wagtail's drafts and reviews belong to."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models

import caregiver.models.guidance_blocks


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clinic", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "expires_at"], name="card_link_of_patient")],
            },
        ),
        migrations.CreateModel(
            name="CheckinDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checkin_drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinic.patient"
                    ),
                ),
                ("report_id", models.UUIDField(default=uuid.uuid4)),
                (
                    "protocol_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.protocolversion",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clinic.report",
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("pages_done", models.JSONField(default=list)),
                ("confirmed", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "patient"), name="draft_one_per_person_and_patient"
                    ),
                    models.UniqueConstraint(fields=("report_id",), name="draft_report_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("bundled", models.CharField(blank=True, editable=False, max_length=120)),
                ("data", models.BinaryField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("width", models.PositiveIntegerField(default=0, editable=False)),
                ("height", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bundled", ""), ("data__isnull", False)),
                            models.Q(models.Q(("bundled", ""), _negated=True), ("data", None)),
                            _connector="OR",
                        ),
                        name="picture_bundled_or_uploaded",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidancePage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                ("locked", models.BooleanField(default=False, editable=False, verbose_name="locked")),
                ("locked_at", models.DateTimeField(editable=False, null=True, verbose_name="locked at")),
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
                        default="routine",
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
            ],
            options={
                "verbose_name": "guidance page",
                "unique_together": {("translation_key", "locale")},
                "constraints": [
                    models.UniqueConstraint(
                        fields=("locale", "slug"), name="guidance_page_slug_per_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["emergency", "urgent", "routine"])),
                        name="guidance_page_level_known",
                    ),
                ],
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name="GuidanceEdition",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["slug", "language", "-at", "-id"], name="guidance_edition_latest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "language", "number", "state"), name="guidance_edition_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])),
                        name="guidance_edition_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("author_id__isnull", True),
                            models.Q(("author_id", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="guidance_edition_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceUse",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "language", "day"), name="guidance_use_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceSearchMiss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=10)),
                ("count", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("words", "language"), name="guidance_search_miss_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondPersonTask",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
            ],
            options={
                "verbose_name": "review by a second person",
            },
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("phone", phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("source_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["phone", "asked_at"], name="code_by_phone"),
                    models.Index(fields=["source_hash", "asked_at"], name="code_by_source"),
                ],
            },
        ),
    ]
