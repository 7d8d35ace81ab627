import django.db.models.deletion
import django_fsm
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workflow", "0001_of_2026_11_28"),
    ]

    operations = [
        migrations.CreateModel(
            name="HearingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("form", models.CharField(choices=[("light", "Early input"), ("full", "Consultation")], max_length=8)),
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
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="workflow.bundle",
                    ),
                ),
                (
                    "opened_from",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.stage"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="workflow.stage"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="da", max_length=5)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("paper", "Paper"), ("none", "None")],
                        default="email",
                        max_length=8,
                    ),
                ),
                ("bounced_at", models.DateTimeField(null=True)),
                ("bounce_reason", models.CharField(blank=True, max_length=300)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("listed", "Listed"),
                            ("invited", "Invited"),
                            ("informed", "For information"),
                            ("answered", "Answered"),
                            ("declined", "Will not answer"),
                            ("withdrawn", "Asked no longer"),
                        ],
                        default="listed",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("for_information", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("sort_key", models.CharField(editable=False, max_length=200)),
                ("invited_at", models.DateTimeField(null=True)),
                ("reply_by_at", models.DateTimeField(null=True)),
                ("promised_on", models.DateField(blank=True, null=True)),
                ("refused_on", models.DateField(blank=True, null=True)),
                ("refused_reason", models.TextField(blank=True)),
                ("declined_reason", models.TextField(blank=True)),
                ("released_at", models.DateTimeField(editable=False, null=True)),
                ("released_reason", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("remind_from_at", models.DateTimeField(null=True)),
                ("erase_on", models.DateField(blank=True, null=True)),
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
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="consultations.hearinground",
                    ),
                ),
            ],
            options={
                "ordering": ("sort_key", "id"),
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
                ("held_on", models.DateField()),
                ("occasion", models.CharField(max_length=200)),
                ("participants", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
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
            ],
            options={
                "ordering": ("held_on", "id"),
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
                ("from_email", models.EmailField(blank=True, max_length=254)),
                ("to_email", models.EmailField(blank=True, max_length=254)),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("is_claim", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("link_version", models.PositiveIntegerField(default=1)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("is_taken_back", models.BooleanField(default=False, editable=False)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forwards",
                        to="consultations.invitation",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
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
                ("salts", models.JSONField(default=dict, editable=False)),
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
                ("disposition", models.TextField(blank=True)),
                ("disposed_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("provisional_on", models.DateField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("is_confirmed_late", models.BooleanField(default=False, editable=False)),
                ("next_check_at", models.DateTimeField(editable=False, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="consultations.invitation",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occasion", models.CharField(max_length=40)),
                ("queued_at", models.DateTimeField()),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="consultations.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoundMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("all", "All parties that are asked"),
                            ("unanswered", "Those who have not answered"),
                            ("answered", "Those who have answered"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("recipients", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="consultations.hearinground",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="SectionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lineage_id", models.UUIDField(db_index=True)),
                ("text", models.TextField()),
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
            ],
        ),
        migrations.CreateModel(
            name="AnswerFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [models.UniqueConstraint(fields=("answer", "file"), name="answer_file_once")],
            },
        ),
        migrations.AddIndex(
            model_name="hearinground",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False), ("state", "open")),
                fields=["next_check_at"],
                name="round_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["light", "full"])), name="round_form_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "open", "closed", "cancelled"])), name="round_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.CheckConstraint(
                condition=models.Q(("publication__in", ["never", "continuously", "after_deadline", "at_issue"])),
                name="round_publication_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.UniqueConstraint(fields=("stage", "number"), name="round_number_once"),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("opened_from__isnull", True)),
                    models.Q(("number__gt", 1), ("opened_from__isnull", False)),
                    _connector="OR",
                ),
                name="round_supplementary_is_awaited",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "open"))), fields=("stage",), name="round_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearinground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_closes_at__isnull", True), ("last_closes_at__gte", models.F("closes_at")), _connector="OR"
                ),
                name="round_last_close_not_before_close",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False), ("state", "invited")),
                fields=["next_check_at"],
                name="invitation_due",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["round", "sort_key"], name="invitation_sorted"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["listed", "invited", "informed", "answered", "declined", "withdrawn"])
                ),
                name="invitation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "paper", "none"])), name="invitation_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("round", "number"), name="invitation_number_once"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("body__isnull", False), ("released_at__isnull", True)),
                fields=("round", "body"),
                name="invitation_body_once",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="answer_to_be_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "late", "late_accepted", "late_filed", "replaced"])
                ),
                name="answer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["remarks", "no_remarks"])), name="answer_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("road__in", ["link", "email", "paper", "telephone", "meeting"])),
                name="answer_road_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("invitation", "number"), name="answer_number_once"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("invitation",), name="answer_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("submitted", "late", "late_accepted", "late_filed"))),
                fields=("invitation",),
                name="answer_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("received_at__isnull", False), _connector="OR"),
                name="answer_given_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at__isnull", True), ("provisional_on__isnull", False), _connector="OR"),
                name="answer_confirmed_was_provisional",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("invitation", "occasion"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="roundmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("to__in", ["all", "unanswered", "answered"])), name="message_to_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectioncomment",
            constraint=models.UniqueConstraint(fields=("answer", "section"), name="comment_section_once"),
        ),
    ]
