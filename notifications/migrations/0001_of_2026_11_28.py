import django.db.models.deletion
import django.db.models.functions.datetime
import django_fsm
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SweepCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty", models.CharField(max_length=60, unique=True)),
                ("after", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "cursor of a sweep",
                "verbose_name_plural": "cursors of sweeps",
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("identity_digest", models.CharField(max_length=64)),
                ("bound_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("held_since", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("release_reason", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "installation",
                "verbose_name_plural": "installations",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("queued", "Queued"),
                            ("claimed", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Could not be sent"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="queued",
                        editable=False,
                        max_length=50,
                        verbose_name="state",
                    ),
                ),
                ("kind", models.CharField(max_length=64, verbose_name="kind")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("subject_id", models.UUIDField()),
                ("process_id", models.UUIDField(blank=True, null=True)),
                ("office_id", models.UUIDField(blank=True, null=True)),
                ("case_number", models.CharField(blank=True, max_length=64, verbose_name="case number")),
                ("to_address", models.CharField(blank=True, max_length=254, verbose_name="address")),
                ("to_name", models.CharField(blank=True, max_length=200, verbose_name="recipient")),
                ("domain", models.CharField(blank=True, max_length=255)),
                ("language", models.CharField(max_length=8)),
                ("from_name", models.CharField(blank=True, max_length=200)),
                ("reply_to", models.CharField(blank=True, max_length=254)),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Somebody is waiting for it"), (5, "Normal"), (9, "When there is room")], default=5
                    ),
                ),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("queued_at", models.DateTimeField(verbose_name="queued")),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("first_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("claim_token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("sending_at", models.DateTimeField(blank=True, null=True)),
                ("possible_doubles", models.PositiveIntegerField(default=0)),
                ("last_error", models.TextField(blank=True, verbose_name="last error")),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("service_message_id", models.CharField(blank=True, max_length=255)),
                ("subject_sent", models.TextField(blank=True, verbose_name="subject")),
                ("text_sent", models.TextField(blank=True, verbose_name="text")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="failed")),
                ("bounced_at", models.DateTimeField(blank=True, null=True, verbose_name="bounced")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=64)),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="erased")),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mails",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["priority", "next_attempt_at", "id"],
                        name="outgoing_mail_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "claimed")), fields=["lease_until"], name="outgoing_mail_lease"
                    ),
                    models.Index(fields=["process_id", "id"], name="outgoing_mail_process"),
                    models.Index(fields=["subject_id", "kind"], name="outgoing_mail_subject"),
                    models.Index(
                        condition=models.Q(
                            ("state", "failed"),
                            ("bounced_at__isnull", False),
                            models.Q(("attempts__gte", 8), ("state", "queued")),
                            _connector="OR",
                        ),
                        fields=["office_id", "id"],
                        name="outgoing_mail_undelivered",
                    ),
                    models.Index(
                        condition=models.Q(("service_message_id", ""), _negated=True),
                        fields=["service_message_id"],
                        name="outgoing_mail_service_id",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "claimed", "sent", "failed", "withdrawn"])),
                        name="outgoing_mail_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="outgoing_mail_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("claim_token__isnull", False), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="outgoing_mail_claim_has_lease",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostponedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty", models.CharField(max_length=60)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("office", models.UUIDField(db_index=True, null=True)),
                ("process", models.UUIDField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(null=True)),
                ("error", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "postponed row",
                "verbose_name_plural": "postponed rows",
                "constraints": [models.UniqueConstraint(fields=("duty", "subject"), name="postponed_once")],
            },
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "Delivered"),
                            ("deferred", "Delayed"),
                            ("bounced", "Bounced"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
                            ("complained", "Reported as spam"),
                            ("autoresponded", "Automatic reply"),
                        ],
                        max_length=16,
                    ),
                ),
                ("key", models.CharField(max_length=128, unique=True)),
                ("detail", models.TextField(blank=True)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="notifications.outgoingmail",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail event",
                "verbose_name_plural": "mail events",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="mail_event_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "delivered",
                                    "deferred",
                                    "bounced",
                                    "rejected",
                                    "failed",
                                    "complained",
                                    "autoresponded",
                                ],
                            )
                        ),
                        name="mail_event_kind_is_known",
                    )
                ],
            },
        ),
    ]
