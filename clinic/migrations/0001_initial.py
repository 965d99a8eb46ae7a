"""The tables of the clinical core, in an order in which each finds those that it points to."""

import datetime
import uuid

import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

import clinic.models.clinic


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, null=True, unique=True, verbose_name="e-mail"
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, null=True, region=None, unique=True, verbose_name="phone"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                (
                    "time_zone",
                    models.CharField(default="America/New_York", max_length=60, verbose_name="time zone"),
                ),
                (
                    "temperature_unit",
                    models.CharField(default="F", max_length=1, verbose_name="temperature unit"),
                ),
                (
                    "quiet_from",
                    models.TimeField(default=datetime.time(22, 0), verbose_name="no reminders from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(7, 0), verbose_name="no reminders until"),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("signed_out_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_staff",
                    models.BooleanField(default=False, verbose_name="may open the operators' admin"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email__isnull", False), ("phone__isnull", False), _connector="OR"
                        ),
                        name="user_has_email_or_phone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("temperature_unit__in", ["C", "F"])),
                        name="user_temperature_unit_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
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
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("label", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("clinic_id", models.UUIDField(null=True)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_kind", models.CharField(max_length=12)),
                ("action", models.CharField(max_length=60)),
                ("subject_type", models.CharField(blank=True, max_length=30)),
                ("subject_id", models.CharField(blank=True, max_length=64)),
                ("patient_id", models.UUIDField(null=True)),
                ("detail", models.JSONField(default=dict)),
                ("correlation_id", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient_id", "-at"], name="audit_of_patient"),
                    models.Index(fields=["clinic_id", "-at"], name="audit_of_clinic"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clinic",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("sms_brand", models.CharField(max_length=30)),
                ("time_zone", models.CharField(default="America/New_York", max_length=60)),
                ("emergency_number", models.CharField(default="911", max_length=10)),
                (
                    "line_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        help_text="answered day and night", max_length=128, region=None
                    ),
                ),
                (
                    "clinic_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        help_text="answered in staffed hours", max_length=128, region=None
                    ),
                ),
                ("staffed_hours", models.JSONField(blank=True, default=dict)),
                ("filled_layers", models.JSONField(blank=True, default=clinic.models.clinic._filled_layers)),
                ("unwatched_since", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "near_centre_days",
                    models.PositiveSmallIntegerField(blank=True, help_text="at least so many", null=True),
                ),
                (
                    "no_driving_days",
                    models.PositiveSmallIntegerField(blank=True, help_text="at least so many", null=True),
                ),
                (
                    "card_warning",
                    models.TextField(
                        blank=True, help_text="for the emergency card, in English", max_length=600
                    ),
                ),
                ("live_version", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patients",
                        to="clinic.clinic",
                    ),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("infusion_date", models.DateField()),
                ("product", models.CharField(max_length=40)),
                ("target", models.CharField(choices=[("CD19", "CD19"), ("BCMA", "BCMA")], max_length=10)),
                (
                    "tier",
                    models.CharField(
                        choices=[("standard", "Standard"), ("high", "High")],
                        default="standard",
                        max_length=10,
                    ),
                ),
                ("immune_risk", models.BooleanField(default=False)),
                ("neutropenia", models.BooleanField(default=False)),
                ("platelets_low", models.BooleanField(default=False)),
                ("masked_until", models.DateField(blank=True, null=True)),
                ("baseline", models.JSONField(blank=True, default=dict)),
                ("minutes_to_centre", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("time_zone", models.CharField(default="America/New_York", max_length=60)),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("preparing", "Preparing to go home"),
                            ("active", "Monitored"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("pause_reason", models.CharField(blank=True, max_length=200)),
                ("monitored_since", models.DateTimeField(blank=True, null=True)),
                ("single_caregiver_reason", models.CharField(blank=True, db_default="", max_length=200)),
                ("start_override", models.CharField(blank=True, db_default="", max_length=200)),
                ("is_synthetic", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "family_name", "id"], name="patient_of_clinic")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target__in", ["CD19", "BCMA"])), name="patient_target_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["standard", "high"])), name="patient_tier_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["preparing", "active", "paused", "ended"])),
                        name="patient_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "paused"), _negated=True),
                            ("paused_until__isnull", False),
                            _connector="OR",
                        ),
                        name="patient_pause_has_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_synthetic", True)),
                        fields=("clinic",),
                        name="patient_one_synthetic_per_clinic",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_synthetic", False), ("status", "ended"), _connector="OR"),
                        name="patient_synthetic_not_monitored",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareTeamMember",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_team",
                        to="clinic.patient",
                    ),
                ),
                ("relation", models.CharField(blank=True, max_length=60)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user", "patient"),
                        name="care_team_one_active_link",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="care_team_ended_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="clinic.patient",
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("phone", phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None)),
                ("name", models.CharField(max_length=120)),
                ("relation", models.CharField(blank=True, max_length=60)),
                ("language", models.CharField(default="en", max_length=10)),
                ("is_printed", models.BooleanField(db_default=False, default=False)),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("redeemed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "redeemed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("redeemed_at__isnull", True), ("redeemed_by__isnull", True)),
                            models.Q(("redeemed_at__isnull", False), ("redeemed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_redeemed_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_revoked_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("redeemed_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"
                        ),
                        name="invitation_redeemed_or_revoked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Protocol",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protocols",
                        to="clinic.clinic",
                    ),
                ),
                ("code", models.SlugField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "code"), name="protocol_code_per_clinic")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="clinic.protocol",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("protocol", "number"), name="protocol_version_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="clinic.patient",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "protocol_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.protocolversion",
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("answers", models.JSONField()),
                ("body_hash", models.CharField(max_length=64)),
                ("observed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("clock_skew_seconds", models.IntegerField(default=0)),
                ("is_late", models.BooleanField(default=False)),
                ("is_drill", models.BooleanField(db_default=False, default=False)),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="clinic.report",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "Received"), ("scored", "Scored")],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("scored_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "-received_at"], name="report_of_patient"),
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["received_at"],
                        name="report_unscored",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scored_at__isnull", True), ("state", "received")),
                            models.Q(("scored_at__isnull", False), ("state", "scored")),
                            _connector="OR",
                        ),
                        name="report_scored_with_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects__isnull", True),
                            models.Q(("corrects", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="report_corrects_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="clinic.report",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("none", "none"),
                            ("watch", "watch"),
                            ("same_day", "same_day"),
                            ("urgent", "urgent"),
                            ("emergency", "emergency"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reasons", models.JSONField()),
                (
                    "protocol_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.protocolversion",
                    ),
                ),
                ("inputs", models.JSONField()),
                ("assessed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["none", "watch", "same_day", "urgent", "emergency"])
                        ),
                        name="assessment_level_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkin",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkins",
                        to="clinic.patient",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("done", "Done"), ("dropped", "Dropped")],
                        default="planned",
                        max_length=10,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkins",
                        to="clinic.report",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("scheduled", "Scheduled"), ("recheck", "Recheck")],
                        db_default="scheduled",
                        default="scheduled",
                        max_length=10,
                    ),
                ),
                (
                    "recheck_of",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recheck",
                        to="clinic.report",
                    ),
                ),
                (
                    "silence_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "none"),
                            ("watch", "watch"),
                            ("same_day", "same_day"),
                            ("urgent", "urgent"),
                            ("emergency", "emergency"),
                        ],
                        db_default="",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["due_at"], name="checkin_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "due_at"), name="checkin_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "scheduled"), ("recheck_of__isnull", True)),
                            models.Q(("kind", "recheck"), ("recheck_of__isnull", False)),
                            _connector="OR",
                        ),
                        name="checkin_recheck_names_its_report",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "checkin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="clinic.checkin",
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("offset_minutes", models.PositiveIntegerField(default=0)),
                ("to_backup", models.BooleanField(db_default=False, default=False)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("queued", "Queued"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("message_id", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["due_at"], name="reminder_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("checkin", "caregiver", "offset_minutes"), name="reminder_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicLanguage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offered_languages",
                        to="clinic.clinic",
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("offered_since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("approved_name", models.CharField(blank=True, max_length=120)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "disabled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("disabled_at__isnull", True)),
                        fields=("clinic", "language"),
                        name="clinic_language_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="clinic_language_approved_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at__isnull", True),
                            models.Q(("approved_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="clinic_language_approved_with_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disabled_at__isnull", True), ("disabled_by__isnull", True)),
                            models.Q(("disabled_at__isnull", False), ("disabled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="clinic_language_disabled_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="clinic.patient",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("none", "none"),
                            ("watch", "watch"),
                            ("same_day", "same_day"),
                            ("urgent", "urgent"),
                            ("emergency", "emergency"),
                        ],
                        max_length=10,
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=15,
                    ),
                ),
                ("is_drill", models.BooleanField(db_default=False, default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("waiting_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("advice_given", "Spoke to family, advice given"),
                            ("clinic_visit", "Coming to the clinic"),
                            ("sent_to_emergency", "Sent to emergency care"),
                            ("admitted", "Admitted to hospital"),
                            ("could_not_reach", "Could not reach the family"),
                            ("mistaken_entry", "Entry was a mistake, checked with family"),
                        ],
                        max_length=20,
                    ),
                ),
                ("resolution_note", models.TextField(blank=True)),
                (
                    "protocol_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.protocolversion",
                    ),
                ),
                ("ladder", models.JSONField(blank=True, default=dict)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("snooze_reason", models.CharField(blank=True, max_length=200)),
                ("unreached_at", models.DateTimeField(blank=True, null=True)),
                (
                    "unreached_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lease_until__isnull", False)),
                        fields=["lease_until"],
                        name="escalation_lease",
                    ),
                    models.Index(
                        condition=models.Q(("state", "resolved"), _negated=True),
                        fields=["clinic", "-severity", "waiting_since"],
                        name="escalation_worklist",
                    ),
                    models.Index(fields=["patient", "-opened_at"], name="escalation_of_patient"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "resolved"), _negated=True), ("is_drill", False)
                        ),
                        fields=("patient",),
                        name="escalation_one_open_per_patient",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "resolved"), _negated=True), ("is_drill", True)
                        ),
                        fields=("patient",),
                        name="escalation_one_open_drill_per_patient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", "watch"), ("severity", 1)),
                            models.Q(("level", "same_day"), ("severity", 2)),
                            models.Q(("level", "urgent"), ("severity", 3)),
                            models.Q(("level", "emergency"), ("severity", 4)),
                            _connector="OR",
                        ),
                        name="escalation_severity_matches_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "acknowledged", "resolved"])),
                        name="escalation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                            models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="escalation_acknowledged_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "acknowledged"), _negated=True),
                            ("acknowledged_by__isnull", False),
                            _connector="OR",
                        ),
                        name="escalation_acknowledged_by_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "open"), _negated=True),
                            ("acknowledged_by__isnull", True),
                            _connector="OR",
                        ),
                        name="escalation_open_has_no_taker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "acknowledged")),
                            models.Q(
                                models.Q(("state", "acknowledged"), _negated=True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="escalation_lease_while_acknowledged",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("snooze_reason", ""), ("snoozed_until__isnull", True)),
                            models.Q(
                                ("lease_until__isnull", False),
                                ("snoozed_until__isnull", False),
                                ("snoozed_until", models.F("lease_until")),
                                models.Q(("snooze_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="escalation_snooze_ends_with_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unreached_at__isnull", True), ("unreached_by__isnull", True)),
                            models.Q(("unreached_at__isnull", False), ("unreached_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="escalation_unreached_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                            models.Q(("resolved_at__isnull", False), ("resolved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="escalation_resolved_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "resolved"), _negated=True),
                            ("resolved_by__isnull", False),
                            _connector="OR",
                        ),
                        name="escalation_resolved_by_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "resolved"), _negated=True),
                            ("severity__lt", 3),
                            ("is_drill", True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="escalation_resolved_with_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Staff",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staff", to="clinic.clinic"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("nurse", "Nurse"),
                            ("physician", "Physician"),
                            ("educator", "Educator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, help_text="where pages go", max_length=128, null=True, region=None
                    ),
                ),
                ("phone_verified_at", models.DateTimeField(blank=True, null=True)),
                ("phone_tested_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user", "clinic"),
                        name="staff_one_active_role_per_clinic",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["nurse", "physician", "educator", "administrator"])),
                        name="staff_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="staff_ended_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ColleagueRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("transfer", "Transfer"), ("opinion", "Opinion")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.staff"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("escalation", "kind"),
                        name="colleague_request_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state", "pending")),
                            models.Q(
                                models.Q(("state", "pending"), _negated=True), ("closed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="colleague_request_closed_at_once_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["transfer", "opinion"]),
                            ("state__in", ["pending", "accepted", "declined", "withdrawn", "lapsed"]),
                        ),
                        name="colleague_request_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("source", models.CharField(max_length=10)),
                ("accepted_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "version"), name="terms_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="clinic.escalation",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.careteammember",
                    ),
                ),
                ("who", models.CharField(max_length=200)),
                ("reached", models.BooleanField()),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "indexes": [models.Index(fields=["escalation", "at"], name="contact_of_escalation")],
            },
        ),
        migrations.CreateModel(
            name="DeskSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_hash", models.CharField(max_length=64, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("active_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                ("needs_sign_in", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["active_at"], name="desk_session_active")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_sign_in", False), ("locked_at__isnull", False), _connector="OR"
                        ),
                        name="desk_session_needs_sign_in_only_locked",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pin",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("code_hash", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Disagreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disagreements",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.report"
                    ),
                ),
                (
                    "later",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.report"
                    ),
                ),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "confirmed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.report",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("earlier", "later"), name="disagreement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="disagreement_settled_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed__isnull", True), ("settled_at__isnull", False), _connector="OR"
                        ),
                        name="disagreement_confirmed_is_settled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceReading",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guidance_readings",
                        to="clinic.patient",
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=120)),
                ("language", models.CharField(max_length=10)),
                ("version", models.PositiveIntegerField()),
                ("read_at", models.DateTimeField()),
                ("passed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "patient", "slug"), name="guidance_reading_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RequiredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="required_answers",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("nurse", "Nurse"),
                            ("physician", "Physician"),
                            ("educator", "Educator"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("escalation", "role"), name="required_answer_once_per_role"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="required_answer_answered_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EscalationEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("rose", "Level rose"),
                            ("report_attached", "Another report came in"),
                            ("cause_added", "Another reason came in"),
                            ("improved", "A later report was at a lower level"),
                            ("expected", "Another report: as expected, nobody paged"),
                            ("paged", "Staff paged"),
                            ("acknowledged", "Acknowledged"),
                            ("joined", "The other role answered too"),
                            ("taken_over", "Taken over from a colleague"),
                            ("handed_over", "Taken over at the change of shift"),
                            ("lease_ended", "No sign of work for too long: waits again"),
                            ("snoozed", "Set aside"),
                            ("snooze_ended", "Set-aside time is over: waits again"),
                            ("transfer_offered", "Offered to a colleague"),
                            ("transfer_accepted", "Colleague took it over"),
                            ("transfer_declined", "Colleague did not take it over"),
                            ("transfer_withdrawn", "Offer taken back"),
                            ("opinion_asked", "Second opinion asked for"),
                            ("opinion_given", "Second opinion"),
                            ("lowered", "Level lowered by a person"),
                            ("called", "Called the family: reached"),
                            ("called_in_vain", "Called the family: not reached"),
                            ("could_not_reach", "Could not reach the family: next person paged"),
                            ("note", "Call note"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalation_events",
                        to="clinic.report",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("missed_checkin", "A planned check-in was missed"),
                            ("worry", "The family is worried and asks to be called"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "none"),
                            ("watch", "watch"),
                            ("same_day", "same_day"),
                            ("urgent", "urgent"),
                            ("emergency", "emergency"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "indexes": [models.Index(fields=["escalation", "at"], name="escalation_event_order")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("report__isnull", False)),
                        fields=("report",),
                        name="escalation_event_report_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.staff"
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                ("lead_paged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("settled", "Settled"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "-given_at"], name="handover_of_clinic"),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["due_at"], name="handover_open"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("clinic", "given_by"),
                        name="handover_one_open_per_giver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="handover_closed_at_once_not_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "settled", "withdrawn"])),
                        name="handover_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="clinic.clinic"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unscored", "A report has not been scored"),
                            ("no_on_call", "Nobody is on call"),
                            ("no_role_on_call", "Nobody of a role that must answer is on call"),
                            ("page_failed", "A page could not be delivered"),
                            ("opted_out", "A family stopped our texts: call them"),
                            ("no_night_watch", "A family has not said who is awake tonight"),
                            ("text_received", "A text message came in that nobody has read"),
                            ("stop_asked", "A family may want no more texts: ask them"),
                            ("number_bad", "A family's phone number does not work"),
                            ("number_silent", "A text did not reach a family"),
                            ("staff_number", "Texts do not reach a member of the team"),
                            ("texts_held", "Texts are not going out"),
                            ("budget_low", "Most of this month's texts are used"),
                            ("budget_out", "This month's texts are used up: reminders have stopped"),
                            ("rota_gap", "The rota has a gap"),
                            ("unreachable", "A person on the rota cannot be reached for certain"),
                            ("shift_unconfirmed", "A shift has not been confirmed"),
                            ("drill_missed", "A test page was not answered"),
                            ("unwatched", "Nobody is watching the console"),
                            ("test_unanswered", "The weekly test was not answered"),
                            ("handover_unsigned", "A shift handover is not signed yet"),
                            ("ledger_wrong", "The count of pages does not add up"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=80)),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at__isnull", True)),
                        fields=("clinic", "kind", "subject"),
                        name="alarm_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cleared_by__isnull", True), ("cleared_at__isnull", False), _connector="OR"
                        ),
                        name="alarm_cleared_by_with_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="clinic.handover",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("alert", "Open alerts"),
                            ("call_back", "Waiting call-backs"),
                            ("silent", "Silent patients"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover_items",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "alarm",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.systemalarm",
                    ),
                ),
                (
                    "checkin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.checkin",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "none"),
                            ("watch", "watch"),
                            ("same_day", "same_day"),
                            ("urgent", "urgent"),
                            ("emergency", "emergency"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("waits_for", models.JSONField(blank=True, default=list)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_as",
                    models.CharField(
                        blank=True,
                        choices=[("moved", "Moved"), ("took", "Took"), ("knows", "Knows")],
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("handover", "position"), name="handover_item_position"),
                    models.UniqueConstraint(
                        fields=("handover", "escalation"), name="handover_item_escalation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("alarm__isnull", True),
                                ("checkin__isnull", True),
                                ("escalation__isnull", False),
                            ),
                            models.Q(
                                ("alarm__isnull", False),
                                ("checkin__isnull", True),
                                ("escalation__isnull", True),
                            ),
                            models.Q(
                                ("alarm__isnull", True),
                                ("checkin__isnull", False),
                                ("escalation__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="handover_item_hangs_on_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_item_signed_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_as", ""), ("signed_at__isnull", True)),
                            models.Q(
                                ("signed_as__in", ["moved", "took", "knows"]), ("signed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="handover_item_signed_as_once_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by__isnull", True),
                            models.Q(("signed_by", models.F("given_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="handover_item_signed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), ("ended_at__isnull", True), _connector="OR"
                        ),
                        name="handover_item_signed_or_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["alert", "call_back", "silent"])),
                        name="handover_item_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="home_checks",
                        to="clinic.patient",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("given", models.JSONField(default=dict)),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("alertness", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_baseline", models.BooleanField(default=False)),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "-done_at"], name="home_check_of_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__isnull", True), ("score__lte", 10), _connector="OR"),
                        name="home_check_score_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alertness__isnull", True), ("score__isnull", False)),
                            models.Q(("alertness__isnull", False), ("score__isnull", True)),
                            _connector="OR",
                        ),
                        name="home_check_scored_or_asleep",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_baseline", False), ("score__isnull", False), _connector="OR"),
                        name="home_check_baseline_has_score",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PagingLadder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paging_ladder",
                        to="clinic.clinic",
                    ),
                ),
                ("document", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PagingOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paging_order",
                        to="clinic.staff",
                    ),
                ),
                ("turns", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Night",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nights",
                        to="clinic.patient",
                    ),
                ),
                ("night_date", models.DateField()),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("asked", "Asked"),
                            ("told", "Told"),
                            ("settled", "Settled"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "settled"), _negated=True),
                        fields=["due_at"],
                        name="night_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "night_date"), name="night_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "asked", "told", "settled"])),
                        name="night_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NightDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="night_duties",
                        to="clinic.patient",
                    ),
                ),
                ("night_date", models.DateField()),
                (
                    "caregiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "night_date", "-starts_at"], name="night_duty_of_patient")
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="clinic.escalation",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("role", models.CharField(blank=True, max_length=20)),
                ("step", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("push", "push"), ("sms", "sms"), ("voice", "voice")],
                        max_length=5,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("to_line", models.BooleanField(default=False)),
                ("code", models.CharField(blank=True, max_length=4)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("held", "Held"),
                            ("sent", "Sent"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="clinic.staff",
                    ),
                ),
                ("message_id", models.UUIDField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["due_at"], name="page_due"),
                    models.Index(condition=models.Q(("state", "held")), fields=["due_at"], name="page_held"),
                    models.Index(fields=["phone", "-sent_at"], name="page_to_phone"),
                    models.Index(fields=["message_id"], name="page_message"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("escalation", "number"), name="page_number_per_escalation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "due")),
                        fields=("escalation", "role"),
                        name="page_one_due_per_chain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phone_codes",
                        to="clinic.staff",
                    ),
                ),
                ("phone", phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None)),
                ("code_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["staff", "-asked_at"], name="phone_code_of_staff")],
            },
        ),
        migrations.CreateModel(
            name="ShiftNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_notices",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_notices",
                        to="clinic.staff",
                    ),
                ),
                ("layer", models.CharField(max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("lead_told_at", models.DateTimeField(blank=True, null=True)),
                ("end_told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("staff", "layer", "starts_at"), name="shift_notice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PagerDrill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drills", to="clinic.staff"
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("lead_told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["staff", "-sent_at"], name="drill_of_staff")],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("user",),
                        name="calendar_feed_one_per_user",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="clinic.protocol",
                    ),
                ),
                (
                    "base_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.protocolversion",
                    ),
                ),
                ("document", models.JSONField()),
                ("document_hash", models.CharField(max_length=64)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("editing", "Being edited"),
                            ("submitted", "Waiting for a second person"),
                            ("approved", "Approved, waiting for its time"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="editing",
                        max_length=10,
                    ),
                ),
                ("accepted_cases", models.JSONField(blank=True, default=dict)),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("activate_at", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="clinic.protocolversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "approved")),
                        fields=["activate_at"],
                        name="protocol_draft_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["editing", "submitted", "approved"])),
                        fields=("protocol",),
                        name="protocol_draft_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="protocol_draft_submitted_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="protocol_draft_approved_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(
                                ("approved_by", models.F("created_by")),
                                ("approved_by", models.F("submitted_by")),
                                ("approved_by", models.F("saved_by")),
                                _connector="OR",
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="protocol_draft_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "published"]), _negated=True),
                            models.Q(("activate_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="protocol_draft_live_only_when_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), ("version__isnull", False)),
                            models.Q(
                                models.Q(("state", "published"), _negated=True), ("version__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="protocol_draft_published_with_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolRehearsal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rehearsals",
                        to="clinic.protocoldraft",
                    ),
                ),
                ("document_hash", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("cursor_at", models.DateTimeField(blank=True, null=True)),
                ("cursor_report", models.UUIDField(blank=True, null=True)),
                ("reports", models.PositiveIntegerField(default=0)),
                ("changes", models.JSONField(default=list)),
                ("cases", models.JSONField(default=list)),
                ("case_count", models.PositiveIntegerField(default=0)),
                ("cohort", models.JSONField(blank=True, default=dict)),
                ("simulated_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["started_at"],
                        name="rehearsal_open",
                    ),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False), ("simulated_at__isnull", True)),
                        fields=["started_at"],
                        name="rehearsal_unsimulated",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("draft", "document_hash"), name="rehearsal_once_per_content"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RehearsalView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rehearsal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="clinic.protocolrehearsal",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rehearsal", "user"), name="rehearsal_view_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OnCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="on_call",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.staff"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "position"), name="on_call_position"),
                    models.UniqueConstraint(fields=("clinic", "staff"), name="on_call_person_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftPattern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_patterns",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_patterns",
                        to="clinic.staff",
                    ),
                ),
                (
                    "layer",
                    models.CharField(
                        choices=[("primary", "Primary"), ("backup", "Backup"), ("physician", "Physician")],
                        max_length=10,
                    ),
                ),
                ("weekdays", models.JSONField(default=list)),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("first_date", models.DateField()),
                ("every_weeks", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "ended_at"], name="shift_pattern_of_clinic")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("layer__in", ["primary", "backup", "physician"])),
                        name="shift_pattern_layer_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("every_weeks__gte", 1), ("every_weeks__lte", 8)),
                        name="shift_pattern_repeats",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="shift_pattern_ended_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftSwap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="swaps", to="clinic.clinic"
                    ),
                ),
                (
                    "layer",
                    models.CharField(
                        choices=[("primary", "Primary"), ("backup", "Backup"), ("physician", "Physician")],
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "from_staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="swaps_asked",
                        to="clinic.staff",
                    ),
                ),
                (
                    "to_staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="swaps_received",
                        to="clinic.staff",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "accepted", "declined", "withdrawn"])),
                        name="swap_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_staff", models.F("to_staff")), _negated=True),
                        name="swap_between_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="swap_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="swap_answered_when_not_asked",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("from_staff", "layer", "starts_at"),
                        name="swap_asked_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="clinic.clinic"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="clinic.staff"
                    ),
                ),
                (
                    "layer",
                    models.CharField(
                        choices=[("primary", "Primary"), ("backup", "Backup"), ("physician", "Physician")],
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "swap",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift",
                        to="clinic.shiftswap",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=["clinic", "ends_at"],
                        name="shift_of_clinic",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("layer__in", ["primary", "backup", "physician"])),
                        name="shift_layer_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="shift_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="shift_cancelled_at_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            (
                                "throttled",
                                "Paged this phone less than a minute ago: goes out with the next bundle",
                            ),
                            ("already_paging", "Pages about this patient are going out already"),
                            ("already_held", "Somebody has taken this patient"),
                            ("paused", "The patient's monitoring is paused"),
                            ("expected", "A colleague expects this finding, and it is no worse"),
                            ("unreachable", "This person's phone cannot be paged"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "would_page",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.staff",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.patient",
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="clinic.escalation",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppression",
                        to="clinic.escalationevent",
                    ),
                ),
                (
                    "page",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppression",
                        to="clinic.page",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "-at"], name="suppression_of_clinic")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rule__in",
                                [
                                    "throttled",
                                    "already_paging",
                                    "already_held",
                                    "paused",
                                    "expected",
                                    "unreachable",
                                ],
                            )
                        ),
                        name="suppression_rule_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_days",
                        to="clinic.clinic",
                    ),
                ),
                ("day", models.DateField()),
                ("alarms", models.PositiveIntegerField()),
                ("paged", models.PositiveIntegerField()),
                ("answered_first", models.PositiveIntegerField()),
                ("held_back", models.PositiveIntegerField()),
                ("unaccounted", models.PositiveIntegerField()),
                ("lost_pages", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "day"), name="ledger_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "alarms",
                                models.F("paged")
                                + models.F("answered_first")
                                + models.F("held_back")
                                + models.F("unaccounted"),
                            )
                        ),
                        name="ledger_day_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tick",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ConsoleWatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("channel", models.CharField(max_length=200, unique=True)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrialText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trial_texts",
                        to="clinic.careteammember",
                    ),
                ),
                ("message_id", models.UUIDField()),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["member", "-sent_at"], name="trial_text_of_member")],
            },
        ),
        migrations.CreateModel(
            name="WeeklyTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weekly_tests",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weekly_test",
                        to="clinic.report",
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "-sent_at"], name="weekly_test_of_clinic")],
            },
        ),
        migrations.CreateModel(
            name="WindowPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="window_plans",
                        to="clinic.patient",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=40)),
                ("near_centre_days", models.PositiveSmallIntegerField()),
                ("no_driving_days", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "-made_at"], name="window_plan_newest")],
            },
        ),
        migrations.CreateModel(
            name="Worry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worries",
                        to="clinic.patient",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worries",
                        to="clinic.escalation",
                    ),
                ),
                ("is_strong", models.BooleanField(default=False)),
                ("words", models.TextField(blank=True)),
                ("told_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("called_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "called_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called_back_at__isnull", True), ("called_back_by__isnull", True)),
                            models.Q(("called_back_at__isnull", False), ("called_back_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="worry_called_back_at_with_by",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WritingSample",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="writing_samples",
                        to="clinic.patient",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("picture", models.BinaryField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("is_baseline", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "-written_at"], name="writing_of_patient")],
            },
        ),
        migrations.CreateModel(
            name="KnownFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known_findings",
                        to="clinic.patient",
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known_findings",
                        to="clinic.escalation",
                    ),
                ),
                ("item", models.CharField(max_length=60)),
                ("answer", models.PositiveSmallIntegerField()),
                ("rules", models.JSONField(default=list)),
                ("expected_from", models.DateTimeField(default=django.utils.timezone.now)),
                ("expected_until", models.DateTimeField()),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["patient", "expected_until"],
                        name="known_finding_in_force",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("escalation", "item"), name="known_finding_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expected_until__gt", models.F("expected_from"))),
                        name="known_finding_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="known_finding_with_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__gte", 1)), name="known_finding_is_there"
                    ),
                ],
            },
        ),
    ]
