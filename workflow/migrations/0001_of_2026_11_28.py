import django.db.models.deletion
import django_fsm
import uuid6
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("process_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=60)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.UUIDField(null=True)),
                ("codes", models.JSONField(default=dict)),
                ("detail_digest", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("first_entry_id", models.BigIntegerField()),
                ("last_entry_id", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("entries_digest", models.CharField(max_length=64)),
                ("previous_digest", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("subject_id", models.UUIDField()),
                ("name", models.SlugField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reply", "Reply deadline"),
                            ("statutory", "Statutory deadline"),
                            ("stage", "Stage deadline"),
                            ("ruling", "Deadline for the ruling"),
                            ("advisory", "Advisory date"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                ("on", models.DateField()),
                ("clock", models.TimeField()),
                ("zone", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("is_statutory", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("passed_at", models.DateTimeField(null=True)),
                ("outlasts_stage", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("scheduled", "Leaves at its time"),
                            ("sent", "Sent"),
                            ("withdrawn", "Given up: nobody is left to ask"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("scheduled_at", models.DateTimeField(null=True)),
                ("leaves_at", models.DateTimeField(null=True)),
                ("caused_by", models.UUIDField(editable=False, null=True)),
                (
                    "fell_back",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("newer_set", "Another version of the documents has been put forward since."),
                            ("recipient", "Somebody on its list has got another address, or is asked otherwise."),
                            ("deadline", "The day by which it asks for an answer was moved."),
                            ("suspended", "The process was suspended."),
                            ("refused", "It could not leave at its time."),
                        ],
                        max_length=12,
                    ),
                ),
                ("prepared_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
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
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="da", max_length=5)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("date_joined", models.DateTimeField(editable=False, null=True)),
                ("erase_on", models.DateField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditDetail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(max_length=64)),
                ("body", models.JSONField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="detail", to="workflow.auditentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("municipal_council", "Municipal council"),
                            ("regional_council", "Regional council"),
                            ("coordination_committee", "Health coordination committee (SKU)"),
                            ("cooperation_committee", "Health cooperation committee (SSU)"),
                            ("health_council", "Health council (sundhedsråd)"),
                            ("patient_involvement_committee", "Patient involvement committee (PIU)"),
                            ("practice_plan_committee", "Practice plan committee"),
                            ("municipal_contact_council", "Municipal contact council (KKR)"),
                            ("general_practitioners", "General practitioners (PLO)"),
                            ("anchoring_group", "Political anchoring group"),
                            ("senior_council", "Senior council"),
                            ("disability_council", "Disability council"),
                            ("steering_group", "Steering group"),
                            ("working_group", "Working group"),
                            ("national_authority", "National authority"),
                            ("hospital", "Hospital"),
                            ("organisation", "Organisation"),
                        ],
                        max_length=40,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("own_name", models.CharField(blank=True, max_length=80)),
                ("sort_key", models.CharField(db_index=True, editable=False, max_length=200)),
                ("municipality_code", models.CharField(blank=True, max_length=4)),
                ("region_code", models.CharField(blank=True, db_index=True, max_length=20)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="workflow.body",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="workflow.body",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bodies",
            },
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("open", "In preparation"), ("locked", "Locked")],
                        default="open",
                        editable=False,
                        max_length=50,
                    ),
                ),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("first", "First version"),
                            ("editorial", "Editorial change"),
                            ("material", "Material change"),
                        ],
                        default="first",
                        max_length=10,
                    ),
                ),
                ("change_note", models.TextField(blank=True)),
                ("manifest", models.JSONField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("locked_at", models.DateTimeField(null=True)),
                ("put_forward_at", models.DateTimeField(null=True)),
                (
                    "put_forward_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("first", "First version"),
                            ("editorial", "Editorial change"),
                            ("material", "Material change"),
                        ],
                        max_length=10,
                    ),
                ),
                ("questions_leave_at", models.DateTimeField(null=True)),
                (
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="workflow.bundle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
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
                    "purpose",
                    models.CharField(
                        choices=[
                            ("recommendation", "Recommendation"),
                            ("approval", "Approval"),
                            ("accession", "Accession"),
                        ],
                        max_length=16,
                    ),
                ),
                ("recommendation", models.CharField(blank=True, max_length=40)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("administrative", "The administration"),
                            ("standing_committee", "Standing committee"),
                            ("finance_committee", "Finance committee"),
                            ("council", "The council, or the body itself"),
                        ],
                        default="council",
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("listed", "Not asked yet"),
                            ("asked", "Awaiting decision"),
                            ("decided", "Decided"),
                            ("fallen", "Given to an earlier version"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("remind_from_at", models.DateTimeField()),
                ("reply_by_at", models.DateTimeField(null=True)),
                ("meeting_on", models.DateField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="workflow.body"
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="workflow.bundle",
                    ),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="workflow.dispatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CodeFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["origin", "at"], name="code_failure_recent")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("postal_address", models.TextField(blank=True)),
                ("language", models.CharField(default="da", max_length=5)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("paper", "Paper"), ("none", "None")],
                        default="email",
                        max_length=8,
                    ),
                ),
                ("is_primary", models.BooleanField(default=True)),
                ("bounced_at", models.DateTimeField(editable=False, null=True)),
                ("erase_on", models.DateField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="workflow.body"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CopyAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("bounced_at", models.DateTimeField(editable=False, null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copy_addresses",
                        to="workflow.contact",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "copy addresses",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DeadlineChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("old_at", models.DateTimeField()),
                ("new_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="workflow.deadline"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="DeadlinePause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("reason", models.TextField()),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="workflow.deadline"
                    ),
                ),
            ],
            options={
                "ordering": ("from_at",),
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("valid", "Valid"),
                            ("step", "A step on the way; it does not count"),
                            ("fallen", "Given to an earlier version"),
                            ("superseded", "Replaced by a later decision"),
                        ],
                        default="valid",
                        editable=False,
                        max_length=50,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approved", "Approved"),
                            ("approved_with_remarks", "Approved with remarks"),
                            ("approved_with_reservation", "Approved with reservation"),
                            ("rejected", "Not approved"),
                            ("referred_back", "Referred back"),
                            ("postponed", "Postponed"),
                            ("noted", "Noted"),
                            ("accession_declined", "Accession declined"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("administrative", "The administration"),
                            ("standing_committee", "Standing committee"),
                            ("finance_committee", "Finance committee"),
                            ("council", "The council, or the body itself"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("council_meeting", "at an ordinary meeting"),
                            ("extraordinary_meeting", "at an extraordinary meeting"),
                            ("written_procedure", "by written vote"),
                            ("chair_decision", "by the chair on the body's behalf"),
                            ("delegation", "by delegation"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("urgent", "the matter could not wait"),
                            ("undoubted", "the matter gave no rise to doubt"),
                        ],
                        max_length=12,
                    ),
                ),
                ("meeting_on", models.DateField()),
                ("agenda_item", models.CharField(blank=True, max_length=60)),
                ("body_case_number", models.CharField(blank=True, max_length=60)),
                ("is_closed_item", models.BooleanField(default=False)),
                ("text", models.TextField(blank=True)),
                ("remarks", models.TextField(blank=True)),
                ("mandate_holder", models.CharField(blank=True, max_length=200)),
                ("mandate_scope", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="workflow.body"
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="workflow.bundle",
                    ),
                ),
                (
                    "by_mandate",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided_by_mandate",
                        to="workflow.decision",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="workflow.approvalrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64)),
                ("result", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="deed_key_once")],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="workflow.document"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BundleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=40)),
                ("needs_approval", models.BooleanField(default=True)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="workflow.bundle"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundle_items",
                        to="workflow.documentversion",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="ExternalRequest",
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
                            ("sent", "Sent"),
                            ("acknowledged", "Acknowledged"),
                            ("ruled", "Ruled"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="sent",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_requests",
                        to="workflow.body",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExternalQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="workflow.externalrequest",
                    ),
                ),
            ],
            options={
                "ordering": ("asked_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="MinorityStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("members", models.CharField(max_length=300)),
                ("text", models.TextField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="minority_statements",
                        to="workflow.decision",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("case_prefix", models.CharField(help_text="Stands first in every case number.", max_length=12)),
                (
                    "reply_to",
                    models.EmailField(help_text="A staffed mailbox; every mail answers to it.", max_length=254),
                ),
                (
                    "journal_address",
                    models.EmailField(
                        blank=True,
                        help_text="The journal's mailbox; it gets a copy of every mail, without link and code.",
                        max_length=254,
                    ),
                ),
                (
                    "telephone",
                    models.CharField(
                        blank=True,
                        help_text="Where somebody answers; named to whom a page must turn away.",
                        max_length=40,
                    ),
                ),
                (
                    "contact_person",
                    models.CharField(
                        blank=True,
                        help_text="Whom to ask for; stands on the pages and mails of guests.",
                        max_length=200,
                    ),
                ),
                ("postal_address", models.TextField(blank=True)),
                ("region_code", models.CharField(blank=True, max_length=20)),
                ("language", models.CharField(default="da", max_length=5)),
                ("time_zone", models.CharField(default="Europe/Copenhagen", max_length=40)),
                ("minutes_to_take_back", models.PositiveSmallIntegerField(default=10)),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="workflow.office",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("secretariat", "Secretariat officer"),
                            ("auditor", "Auditor"),
                            ("admin", "Administrator"),
                        ],
                        max_length=12,
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="workflow.body",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="workflow.office"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="contact",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="workflow.office"
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="office",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
            ),
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("number", models.PositiveSmallIntegerField()),
                ("manifest", models.JSONField()),
                ("is_provisional", models.BooleanField(default=False)),
                (
                    "audit_head",
                    models.CharField(help_text="Digest of the last seal when the package was made.", max_length=64),
                ),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.bundle"
                    ),
                ),
                (
                    "supplements",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplemented_by",
                        to="workflow.package",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="externalrequest",
            name="package",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="external_requests",
                to="workflow.package",
            ),
        ),
        migrations.CreateModel(
            name="PersonalLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("answer", "Answer a consultation"),
                            ("decision", "Record a decision"),
                            ("authority", "Receive a submission"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="workflow.office"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="externalrequest",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="external_requests",
                to="workflow.personallink",
            ),
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("text", models.TextField()),
                ("next_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="workflow.personallink"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="link",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="request", to="workflow.personallink"
            ),
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("case_number", models.CharField(max_length=40)),
                ("external_case_number", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("running", "Under way"),
                            ("suspended", "Suspended"),
                            ("completed", "Completed"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="running",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/Copenhagen", max_length=40)),
                ("language", models.CharField(default="da", max_length=5)),
                ("parameters", models.JSONField(default=dict)),
                ("is_public", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("suspended_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("erase_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "linked_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="linked_from",
                        to="workflow.process",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="processes", to="workflow.office"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "processes",
            },
        ),
        migrations.AddField(
            model_name="package",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.process"
            ),
        ),
        migrations.CreateModel(
            name="JournalParcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("number", models.PositiveSmallIntegerField()),
                ("index_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("receipted_at", models.DateTimeField(null=True)),
                ("receipted_by", models.UUIDField(null=True)),
                ("journal_number", models.CharField(blank=True, max_length=60)),
                ("note", models.TextField(blank=True)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_parcels",
                        to="workflow.process",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="JournalItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("row", models.PositiveIntegerField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="workflow.journalparcel"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="journal_items", to="workflow.process"
                    ),
                ),
            ],
            options={
                "ordering": ("parcel", "row", "id"),
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Broken off"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("progress", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(null=True)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("started_from", models.PositiveIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="workflow.office",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="workflow.process",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="document",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="workflow.process"
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="workflow.process"
            ),
        ),
        migrations.CreateModel(
            name="CasePresentation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("stage_key", models.CharField(max_length=60)),
                ("abstract", models.TextField(blank=True)),
                ("presentation", models.TextField(blank=True)),
                ("law", models.TextField(blank=True)),
                ("economy", models.TextField(blank=True)),
                ("recommendation", models.TextField(blank=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="presentations", to="workflow.process"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="bundle",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="workflow.process"
            ),
        ),
        migrations.CreateModel(
            name="ProcessBody",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("administrative", "The administration"),
                            ("standing_committee", "Standing committee"),
                            ("finance_committee", "Finance committee"),
                            ("council", "The council, or the body itself"),
                        ],
                        default="council",
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="process_places", to="workflow.body"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="process_bodies",
                        to="workflow.process",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="ProcessDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=80)),
                ("schema_version", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("body", models.JSONField()),
                ("source", models.TextField()),
                ("loaded_at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="definitions", to="workflow.office"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="process",
            name="definition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="processes", to="workflow.processdefinition"
            ),
        ),
        migrations.CreateModel(
            name="ProviderIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("linked_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "provider identities",
            },
        ),
        migrations.CreateModel(
            name="PublishedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("path", "The process and its stages"),
                            ("dates", "The planned dates"),
                            ("round", "Consultations: period and parties"),
                            ("letter", "Consultation letters"),
                            ("text", "Documents"),
                            ("decision", "Decisions"),
                            ("ruling", "The ruling of the authority"),
                            ("fact", "Dates that have been recorded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("title", models.CharField(max_length=300)),
                ("reason", models.TextField(blank=True)),
                ("published_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("withdrawn_reason", models.TextField(blank=True, editable=False)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_items",
                        to="workflow.process",
                    ),
                ),
            ],
            options={
                "ordering": ("published_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ReservationSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                (
                    "settlement",
                    models.CharField(
                        choices=[
                            ("immaterial", "Without significance for the agreement"),
                            ("to_clarify", "Needs clarification"),
                            ("lapsed", "Lapsed on its day"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("lapses_on", models.DateField(null=True)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="workflow.decision"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("lineage_id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("position", models.PositiveIntegerField()),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("number", models.CharField(blank=True, max_length=20)),
                ("heading", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="workflow.documentversion",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="SectionOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lineage_id", models.UUIDField()),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="origins", to="workflow.section"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="SettledMatter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("decision", "A decision that does not let the matter simply go on"),
                            ("reservation", "A reservation that is not settled"),
                            ("clarification", "A reservation that needs clarification"),
                            ("minutes", "Minutes that are missing"),
                            ("meeting", "A meeting that is not known, or went by without a word"),
                            ("ruling", "An objection by the authority"),
                            ("question", "A question by the authority"),
                            ("promise", "A day of answer that went by"),
                            ("provisional", "A provisional answer that was not confirmed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("occasion", models.CharField(blank=True, max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="settled_matters",
                        to="workflow.process",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drafting", "Drafting"),
                            ("review", "Review"),
                            ("consultation", "Early input and consultation"),
                            ("approval", "Approval"),
                            ("external", "External"),
                            ("milestone", "Milestone"),
                        ],
                        max_length=16,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("waiting", "Not begun"),
                            ("open", "Under way"),
                            ("completed", "Completed"),
                            ("skipped", "Left out"),
                            ("returned", "Sent back"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="workflow.bundle",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="workflow.process"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "attempt"),
            },
        ),
        migrations.AddField(
            model_name="package",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.stage"
            ),
        ),
        migrations.CreateModel(
            name="GateOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("gate", models.CharField(max_length=80)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.bundle"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="workflow.stage"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="externalrequest",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="external_requests", to="workflow.stage"
            ),
        ),
        migrations.CreateModel(
            name="DoneElsewhere",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "stage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told_elsewhere", to="workflow.stage"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "done elsewhere",
            },
        ),
        migrations.AddField(
            model_name="dispatch",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dispatches", to="workflow.stage"
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="stage",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="workflow.stage"
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="workflow.stage"
            ),
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("path", models.CharField(blank=True, max_length=200)),
                (
                    "scan_state",
                    models.CharField(
                        choices=[("checked", "Type checked"), ("clean", "Scanned, clean"), ("refused", "Refused")],
                        default="checked",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("erase_on", models.DateField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="workflow.office"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("kind", models.CharField(max_length=40)),
                ("uploaded_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="templates", to="workflow.office"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ("uploaded_at", "id"),
            },
        ),
        migrations.AddField(
            model_name="package",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
            ),
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("open", "Not settled"),
                            ("answered", "Answered: the correction stands"),
                            ("overtaken", "A changed text took its place"),
                        ],
                        default="open",
                        editable=False,
                        max_length=50,
                    ),
                ),
                ("text", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="workflow.body"
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="workflow.bundle"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="workflow.approvalrequest",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ("recorded_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="MilestoneRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("happened_on", models.DateField()),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="workflow.body",
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="workflow.bundle",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="workflow.stage"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="journalparcel",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
            ),
        ),
        migrations.CreateModel(
            name="ExternalRuling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approved", "Approved"),
                            ("approved_with_remarks", "Approved with remarks"),
                            ("objected", "Objected"),
                        ],
                        max_length=24,
                    ),
                ),
                ("ruled_on", models.DateField()),
                ("text", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ruling",
                        to="workflow.externalrequest",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExternalReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="workflow.externalrequest",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DoneElsewhereFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "told",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="workflow.doneelsewhere"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.AddField(
            model_name="documentversion",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
            ),
        ),
        migrations.CreateModel(
            name="DecisionAddendum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("salts", models.JSONField(default=dict, editable=False)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="workflow.decision"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ("at",),
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="minutes",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
            ),
        ),
        migrations.CreateModel(
            name="Substitute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("by_kind", models.CharField(editable=False, max_length=8)),
                ("by_id", models.UUIDField(editable=False, null=True)),
                ("by_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("by_on_behalf_of", models.CharField(blank=True, editable=False, max_length=200)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("named_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("bounced_at", models.DateTimeField(editable=False, null=True)),
                ("erase_on", models.DateField(null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="substitutes", to="workflow.body"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="substitutes", to="workflow.office"
                    ),
                ),
            ],
            options={
                "ordering": ("from_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="TextLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("key", models.SlugField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="workflow.process"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.AddField(
            model_name="stage",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="workflow.textline"
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="workflow.textline"
            ),
        ),
        migrations.AddField(
            model_name="bundle",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="workflow.textline"
            ),
        ),
        migrations.CreateModel(
            name="VersionPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=70)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="workflow.documentversion",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "municipal_council",
                            "regional_council",
                            "coordination_committee",
                            "cooperation_committee",
                            "health_council",
                            "patient_involvement_committee",
                            "practice_plan_committee",
                            "municipal_contact_council",
                            "general_practitioners",
                            "anchoring_group",
                            "senior_council",
                            "disability_council",
                            "steering_group",
                            "working_group",
                            "national_authority",
                            "hospital",
                            "organisation",
                        ],
                    )
                ),
                name="body_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundleitem",
            constraint=models.UniqueConstraint(fields=("bundle", "version"), name="bundle_item_once"),
        ),
        migrations.AddConstraint(
            model_name="bundleitem",
            constraint=models.UniqueConstraint(fields=("bundle", "position"), name="bundle_item_position_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body__isnull", False), ("role", "")),
                    models.Q(models.Q(("role", ""), _negated=True), ("body__isnull", True)),
                    _connector="OR",
                ),
                name="membership_role_or_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", ""), _negated=True),
                fields=("user", "office", "role"),
                name="membership_role_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("body__isnull", False)),
                fields=("user", "office", "body"),
                name="membership_body_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["", "secretariat", "auditor", "admin"])), name="membership_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "paper", "none"])), name="contact_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("erased_at__isnull", True), ("is_primary", True)),
                fields=("office", "body"),
                name="contact_one_primary",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["process_id", "id"], name="audit_of_process"),
        ),
        migrations.AddConstraint(
            model_name="personallink",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["answer", "decision", "authority"])), name="link_purpose_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalitem",
            constraint=models.UniqueConstraint(fields=("process", "key"), name="journal_item_in_one_parcel"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])), fields=["not_before"], name="job_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "done", "failed", "cancelled"])),
                name="job_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"]), models.Q(("key", ""), _negated=True)),
                fields=("kind", "key"),
                name="job_under_way_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepresentation",
            constraint=models.UniqueConstraint(fields=("process", "stage_key"), name="presentation_once"),
        ),
        migrations.AddConstraint(
            model_name="processbody",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["administrative", "standing_committee", "finance_committee", "council"])
                ),
                name="process_body_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="processbody",
            constraint=models.UniqueConstraint(fields=("process", "name", "body"), name="process_body_once"),
        ),
        migrations.AddConstraint(
            model_name="processdefinition",
            constraint=models.UniqueConstraint(fields=("office", "key", "sha256"), name="definition_version_once"),
        ),
        migrations.AddIndex(
            model_name="process",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False), ("state", "running")),
                fields=["next_check_at"],
                name="process_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "suspended", "completed", "abandoned"])),
                name="process_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.UniqueConstraint(fields=("office", "case_number"), name="process_case_number_once"),
        ),
        migrations.AddConstraint(
            model_name="provideridentity",
            constraint=models.UniqueConstraint(fields=("issuer", "subject"), name="identity_of_one_account"),
        ),
        migrations.AddConstraint(
            model_name="provideridentity",
            constraint=models.UniqueConstraint(fields=("user", "issuer"), name="identity_one_per_account"),
        ),
        migrations.AddConstraint(
            model_name="publisheditem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["path", "dates", "round", "letter", "text", "decision", "ruling", "fact"])
                ),
                name="published_item_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="publisheditem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("process", "kind", "subject_id"),
                name="published_item_once",
            ),
        ),
        migrations.AddIndex(
            model_name="reservationsettlement",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="reservation_lapse_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservationsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("settlement__in", ["immaterial", "to_clarify", "lapsed"])),
                name="reservation_settlement_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("version", "position"), name="section_position_once"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("version", "lineage_id"), name="section_lineage_once"),
        ),
        migrations.AddConstraint(
            model_name="sectionorigin",
            constraint=models.UniqueConstraint(fields=("section", "lineage_id"), name="section_origin_once"),
        ),
        migrations.AddConstraint(
            model_name="settledmatter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "matter__in",
                        [
                            "decision",
                            "reservation",
                            "clarification",
                            "minutes",
                            "meeting",
                            "ruling",
                            "question",
                            "promise",
                            "provisional",
                        ],
                    )
                ),
                name="matter_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="settledmatter",
            constraint=models.UniqueConstraint(fields=("subject_id", "matter", "occasion"), name="matter_settled_once"),
        ),
        migrations.AddConstraint(
            model_name="gateoverride",
            constraint=models.UniqueConstraint(fields=("stage", "gate", "bundle"), name="override_gate_once"),
        ),
        migrations.AddConstraint(
            model_name="gateoverride",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bundle__isnull", True)),
                fields=("stage", "gate"),
                name="override_without_bundle_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sent", "acknowledged", "ruled", "withdrawn"])),
                name="external_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "paper", "none"])), name="external_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("stage", "body"),
                name="external_one_live",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(condition=models.Q(("state", "scheduled")), fields=["leaves_at"], name="dispatch_due"),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "scheduled", "sent", "withdrawn"])),
                name="dispatch_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fell_back", ""),
                    ("fell_back__in", ["newer_set", "recipient", "deadline", "suspended", "refused"]),
                    _connector="OR",
                ),
                name="dispatch_fell_back_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("leaves_at__isnull", False), ("state", "scheduled")),
                    models.Q(models.Q(("state", "scheduled"), _negated=True), ("leaves_at", None)),
                    _connector="OR",
                ),
                name="dispatch_leaves_when_scheduled",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "scheduled"))), fields=("stage",), name="dispatch_one_unsent"
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["process", "at"], name="deadline_of_process"),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["reply", "statutory", "stage", "ruling", "advisory"])),
                name="deadline_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(fields=("subject_id", "kind", "name"), name="deadline_once"),
        ),
        migrations.AddIndex(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False), ("state", "asked")),
                fields=["next_check_at"],
                name="request_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["listed", "asked", "decided", "fallen", "withdrawn"])),
                name="request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["recommendation", "approval", "accession"])),
                name="request_purpose_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["administrative", "standing_committee", "finance_committee", "council"])
                ),
                name="request_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "paper", "none"])), name="request_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("stage", "body", "bundle"),
                name="request_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("listed", "asked", "decided"))),
                fields=("stage", "body"),
                name="request_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("scan_state__in", ["checked", "clean", "refused"])), name="file_scan_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="papertemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("used_at__isnull", False)),
                fields=("office", "kind"),
                name="template_in_use_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="papertemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("used_at", None)),
                fields=("office", "kind"),
                name="template_waiting_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.UniqueConstraint(fields=("process", "number"), name="package_number_once"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "answered", "overtaken"])), name="objection_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(fields=("bundle", "body"), name="objection_once"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="objection_settled_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonerecord",
            constraint=models.UniqueConstraint(fields=("stage", "body"), name="milestone_once_per_body"),
        ),
        migrations.AddConstraint(
            model_name="milestonerecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("body__isnull", True)), fields=("stage",), name="milestone_once"
            ),
        ),
        migrations.AddIndex(
            model_name="journalparcel",
            index=models.Index(
                condition=models.Q(("receipted_at__isnull", True)), fields=["made_at"], name="journal_parcel_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalparcel",
            constraint=models.UniqueConstraint(fields=("process", "number"), name="journal_parcel_number_once"),
        ),
        migrations.AddConstraint(
            model_name="journalparcel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("receipted_at__isnull", True), models.Q(("journal_number", ""), _negated=True), _connector="OR"
                ),
                name="journal_parcel_receipt_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["approved", "approved_with_remarks", "objected"])),
                name="ruling_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.UniqueConstraint(fields=("document", "number"), name="document_version_once"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["valid", "step", "fallen", "superseded"])),
                name="decision_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "approved",
                            "approved_with_remarks",
                            "approved_with_reservation",
                            "rejected",
                            "referred_back",
                            "postponed",
                            "noted",
                            "accession_declined",
                        ],
                    )
                ),
                name="decision_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "basis__in",
                        [
                            "council_meeting",
                            "extraordinary_meeting",
                            "written_procedure",
                            "chair_decision",
                            "delegation",
                        ],
                    )
                ),
                name="decision_basis_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["administrative", "standing_committee", "finance_committee", "council"])
                ),
                name="decision_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground", ""), ("ground__in", ["urgent", "undoubted"]), _connector="OR"),
                name="decision_ground_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "valid")), fields=("request",), name="decision_one_valid"
            ),
        ),
        migrations.AddIndex(
            model_name="substitute",
            index=models.Index(fields=["body", "office"], name="substitute_of_body"),
        ),
        migrations.AddConstraint(
            model_name="substitute",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gte", models.F("from_on"))), name="substitute_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="textline",
            constraint=models.UniqueConstraint(fields=("process", "key"), name="line_key_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "open", "completed", "skipped", "returned"])),
                name="stage_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["drafting", "review", "consultation", "approval", "external", "milestone"])
                ),
                name="stage_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(fields=("process", "key", "attempt"), name="stage_attempt_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "returned"), _negated=True),
                fields=("process", "key"),
                name="stage_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(fields=("line", "key"), name="document_key_once"),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "locked"])), name="bundle_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(("change__in", ["first", "editorial", "material"])), name="bundle_change_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("put_forward_as", ""), ("put_forward_at__isnull", True), ("questions_leave_at__isnull", True)
                    ),
                    models.Q(
                        ("put_forward_as__in", ["first", "editorial", "material"]),
                        ("put_forward_at__isnull", False),
                        ("questions_leave_at__isnull", False),
                        ("state", "locked"),
                    ),
                    _connector="OR",
                ),
                name="bundle_put_forward_is_locked",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.UniqueConstraint(fields=("line", "number"), name="bundle_number_once"),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "open"),
                    models.Q(models.Q(("sha256", ""), _negated=True), ("locked_at__isnull", False)),
                    _connector="OR",
                ),
                name="bundle_locked_has_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionpicture",
            constraint=models.UniqueConstraint(fields=("version", "name"), name="version_picture_once"),
        ),
    ]
