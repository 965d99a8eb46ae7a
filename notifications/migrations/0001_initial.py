"""The tables of texts, calls and pushes: what leaves, what comes in, who has agreed to it."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone", models.CharField(max_length=16)),
                ("topics", models.JSONField()),
                ("text_version", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=10)),
                ("source", models.CharField(choices=[("page", "Page"), ("person", "Person")], max_length=10)),
                ("given_by", models.UUIDField()),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Replaced"),
                            ("number_changed", "Number Changed"),
                            ("unreachable", "Unreachable"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("phone",),
                        name="consent_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_because", "")),
                            models.Q(
                                ("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="consent_ended_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundSms",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("sid", models.CharField(max_length=64, unique=True)),
                ("from_phone", models.CharField(max_length=20)),
                ("to_phone", models.CharField(blank=True, max_length=20)),
                ("body", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stop", "stop"),
                            ("review", "review"),
                            ("start", "start"),
                            ("help", "help"),
                            ("text", "text"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[("codes", "codes"), ("reminders", "reminders"), ("paging", "paging")],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["from_phone", "-created_at"], name="inbound_from"),
                    models.Index(
                        condition=models.Q(("handled_at__isnull", True)),
                        fields=["created_at"],
                        name="inbound_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("sms", "sms"), ("voice", "voice"), ("push", "push")],
                        default="sms",
                        max_length=5,
                    ),
                ),
                ("to", models.CharField(max_length=36)),
                ("body", models.TextField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("page", "page"),
                            ("code", "code"),
                            ("invite", "invite"),
                            ("reply", "reply"),
                            ("reminder", "reminder"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[("codes", "codes"), ("reminders", "reminders"), ("paging", "paging")],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(default="en", max_length=10)),
                ("priority", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("sending", "sending"),
                            ("unknown", "unknown"),
                            ("accepted", "accepted"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                            ("expired", "expired"),
                            ("suppressed", "suppressed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("provider_sid", models.CharField(blank=True, max_length=64)),
                ("error_code", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["priority", "due_at"],
                        name="message_due",
                    ),
                    models.Index(fields=["to", "-created_at"], name="message_to"),
                    models.Index(fields=["-created_at", "-id"], name="message_newest"),
                    models.Index(
                        condition=models.Q(("asked_at__isnull", True), ("state__in", ["accepted", "sent"])),
                        fields=["attempted_at"],
                        name="message_unreported",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lease_until__isnull", True), ("due_at__isnull", False), _connector="OR"
                        ),
                        name="message_held_is_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="notifications.message",
                    ),
                ),
                (
                    "source",
                    models.CharField(choices=[("ours", "Ours"), ("provider", "Provider")], max_length=10),
                ),
                ("status", models.CharField(max_length=30)),
                ("sid", models.CharField(blank=True, max_length=64)),
                ("error_code", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source", "provider")),
                        fields=("message", "sid", "status", "error_code"),
                        name="message_event_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyUse",
            fields=[
                ("month", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("units", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone", models.CharField(max_length=16)),
                (
                    "service",
                    models.CharField(
                        choices=[("codes", "codes"), ("reminders", "reminders"), ("paging", "paging")],
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("keyword", "Keyword"),
                            ("sentence", "Sentence"),
                            ("carrier", "Carrier"),
                            ("person", "Person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("phone", "service"),
                        name="opt_out_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneTrouble",
            fields=[
                ("phone", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("since", models.DateTimeField(db_index=True)),
                ("strikes", models.PositiveSmallIntegerField(default=0)),
                ("no_texts_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("owner_id", models.UUIDField(db_index=True)),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=60)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="SenderHold",
            fields=[
                (
                    "service",
                    models.CharField(
                        choices=[("codes", "codes"), ("reminders", "reminders"), ("paging", "paging")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("until", models.DateTimeField()),
                ("error_code", models.CharField(max_length=20)),
            ],
        ),
    ]
