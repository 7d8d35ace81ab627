import django.db.models.deletion
import django_fsm
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workflow", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HearingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "stage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="round", to="workflow.stage"
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="workflow.bundle",
                    ),
                ),
                ("form", models.CharField(choices=[("light", "Early input"), ("full", "Hearing")], max_length=8)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "In preparation"),
                            ("open", "Under way"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("letter", models.TextField(blank=True)),
                ("receipt_prefix", models.CharField(default="H", editable=False, max_length=6)),
                (
                    "publication",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("continuously", "As they arrive"),
                            ("after_deadline", "After the deadline"),
                            ("at_issue", "When the final text is issued"),
                        ],
                        default="after_deadline",
                        max_length=16,
                    ),
                ),
                ("reminder_days", models.JSONField(default=list)),
                ("launch_reason", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
                ("last_closes_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("summary", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("state", "open")),
                        fields=["next_check_at"],
                        name="round_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["light", "full"])), name="round_form_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "open", "closed", "cancelled"])),
                        name="round_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("publication__in", ["never", "continuously", "after_deadline", "at_issue"])
                        ),
                        name="round_publication_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_closes_at__isnull", True),
                            ("last_closes_at__gte", models.F("closes_at")),
                            _connector="OR",
                        ),
                        name="round_last_close_not_before_close",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="consultations.hearinground",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="workflow.body",
                    ),
                ),
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitation",
                        to="workflow.personallink",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("listed", "Listed"),
                            ("invited", "Invited"),
                            ("answered", "Answered"),
                            ("declined", "Will not answer"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="listed",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("sort_key", models.CharField(editable=False, max_length=200)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(default="da", max_length=5)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("paper", "Paper"), ("none", "None")],
                        default="email",
                        max_length=8,
                    ),
                ),
                ("invited_at", models.DateTimeField(null=True)),
                ("reply_by_at", models.DateTimeField(null=True)),
                ("promised_on", models.DateField(blank=True, null=True)),
                ("declined_reason", models.TextField(blank=True)),
                ("bounced_at", models.DateTimeField(null=True)),
                ("bounce_reason", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(null=True)),
                ("remind_from_at", models.DateTimeField(null=True)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("erase_on", models.DateField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ("sort_key", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("state", "invited")),
                        fields=["next_check_at"],
                        name="invitation_due",
                    ),
                    models.Index(fields=["round", "sort_key"], name="invitation_sorted"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["listed", "invited", "answered", "declined", "withdrawn"])),
                        name="invitation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "paper", "none"])), name="invitation_channel_known"
                    ),
                    models.UniqueConstraint(fields=("round", "number"), name="invitation_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", False)),
                        fields=("round", "body"),
                        name="invitation_body_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forwards",
                        to="consultations.invitation",
                    ),
                ),
                ("from_email", models.EmailField(blank=True, max_length=254)),
                ("to_email", models.EmailField(blank=True, max_length=254)),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("is_claim", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="consultations.invitation",
                    ),
                ),
                ("occasion", models.CharField(max_length=40)),
                ("queued_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("invitation", "occasion"), name="reminder_once")],
            },
        ),
        migrations.CreateModel(
            name="InputNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="consultations.hearinground",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="consultations.invitation",
                    ),
                ),
                ("held_on", models.DateField()),
                ("occasion", models.CharField(max_length=200)),
                ("participants", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("held_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="consultations.invitation",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted in time"),
                            ("late", "Late, to be decided"),
                            ("late_accepted", "Late, accepted"),
                            ("late_filed", "Late, filed only"),
                            ("replaced", "Replaced"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("remarks", "Remarks"), ("no_remarks", "No remarks")], default="remarks", max_length=12
                    ),
                ),
                (
                    "road",
                    models.CharField(
                        choices=[
                            ("link", "Personal link"),
                            ("email", "E-mail"),
                            ("paper", "Letter"),
                            ("telephone", "Telephone"),
                            ("meeting", "Meeting"),
                        ],
                        default="link",
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("signed_by", models.CharField(blank=True, max_length=200)),
                ("confidential_note", models.TextField(blank=True)),
                ("receipt_number", models.CharField(blank=True, db_index=True, max_length=60)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("late_reason", models.TextField(blank=True)),
                ("late_decided_at", models.DateTimeField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
                ("disposition", models.TextField(blank=True)),
                ("disposed_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "late", "late_accepted", "late_filed", "replaced"])
                        ),
                        name="answer_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["remarks", "no_remarks"])), name="answer_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("road__in", ["link", "email", "paper", "telephone", "meeting"])),
                        name="answer_road_known",
                    ),
                    models.UniqueConstraint(fields=("invitation", "number"), name="answer_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("invitation",), name="answer_one_draft"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("submitted", "late", "late_accepted", "late_filed"))),
                        fields=("invitation",),
                        name="answer_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("received_at__isnull", False), _connector="OR"),
                        name="answer_given_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SectionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="consultations.answer"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="workflow.section"
                    ),
                ),
                ("lineage_id", models.UUIDField(db_index=True)),
                ("text", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("answer", "section"), name="comment_section_once")],
            },
        ),
        migrations.CreateModel(
            name="AnswerFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="consultations.answer"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer_files",
                        to="workflow.storedfile",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [models.UniqueConstraint(fields=("answer", "file"), name="answer_file_once")],
            },
        ),
    ]
