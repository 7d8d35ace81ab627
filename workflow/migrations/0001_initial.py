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
                ("postal_address", models.TextField(blank=True)),
                ("region_code", models.CharField(blank=True, max_length=20)),
                ("language", models.CharField(default="da", max_length=5)),
                ("time_zone", models.CharField(default="Europe/Copenhagen", max_length=40)),
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
                ("sort_key", models.CharField(db_index=True, editable=False, max_length=200)),
                ("municipality_code", models.CharField(blank=True, max_length=4)),
                ("region_code", models.CharField(blank=True, db_index=True, max_length=20)),
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
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "bodies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "municipal_council",
                                    "regional_council",
                                    "coordination_committee",
                                    "cooperation_committee",
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
                    )
                ],
            },
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
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
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
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body__isnull", False), ("role", "")),
                            models.Q(models.Q(("role", ""), _negated=True), ("body__isnull", True)),
                            _connector="OR",
                        ),
                        name="membership_role_or_body",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", ""), _negated=True),
                        fields=("user", "office", "role"),
                        name="membership_role_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", False)),
                        fields=("user", "office", "body"),
                        name="membership_body_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["", "secretariat", "auditor", "admin"])),
                        name="membership_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="workflow.office"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="workflow.body"
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "paper", "none"])), name="contact_channel_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("erased_at__isnull", True), ("is_primary", True)),
                        fields=("office", "body"),
                        name="contact_one_primary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="workflow.office"
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scan_state__in", ["checked", "clean", "refused"])),
                        name="file_scan_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcessDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="definitions", to="workflow.office"
                    ),
                ),
                ("key", models.SlugField(max_length=80)),
                ("schema_version", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("body", models.JSONField()),
                ("source", models.TextField()),
                ("loaded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "key", "sha256"), name="definition_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="workflow.office"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("answer", "Answer a hearing"),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["answer", "decision", "authority"])),
                        name="link_purpose_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.office"
                    ),
                ),
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
                "indexes": [models.Index(fields=["process_id", "id"], name="audit_of_process")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="workflow.office",
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
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
                ("not_before", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])), fields=["not_before"], name="job_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                        name="job_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="processes", to="workflow.office"
                    ),
                ),
                (
                    "definition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="processes",
                        to="workflow.processdefinition",
                    ),
                ),
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
                ("erase_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name_plural": "processes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("state", "running")),
                        fields=["next_check_at"],
                        name="process_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "suspended", "completed", "abandoned"])),
                        name="process_state_known",
                    ),
                    models.UniqueConstraint(fields=("office", "case_number"), name="process_case_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditDetail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="detail", to="workflow.auditentry"
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("body", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ProcessBody",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="process_bodies",
                        to="workflow.process",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="process_places", to="workflow.body"
                    ),
                ),
                ("name", models.SlugField(max_length=60)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("administrative", "Administrative level"),
                            ("committee", "Committee level"),
                            ("council", "Council level"),
                        ],
                        default="council",
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["administrative", "committee", "council"])),
                        name="process_body_level_known",
                    ),
                    models.UniqueConstraint(fields=("process", "name", "body"), name="process_body_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="workflow.process"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drafting", "Drafting"),
                            ("review", "Review"),
                            ("consultation", "Consultation"),
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
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("position", "attempt"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "open", "completed", "skipped", "returned"])),
                        name="stage_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["drafting", "review", "consultation", "approval", "external", "milestone"])
                        ),
                        name="stage_kind_known",
                    ),
                    models.UniqueConstraint(fields=("process", "key", "attempt"), name="stage_attempt_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "returned"), _negated=True),
                        fields=("process", "key"),
                        name="stage_one_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="workflow.process"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("process", "key"), name="document_key_once")],
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
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="workflow.process"
                    ),
                ),
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
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="workflow.bundle",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "locked"])), name="bundle_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("change__in", ["first", "editorial", "material"])),
                        name="bundle_change_known",
                    ),
                    models.UniqueConstraint(fields=("process", "number"), name="bundle_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(models.Q(("sha256", ""), _negated=True), ("locked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="bundle_locked_has_digest",
                    ),
                ],
            },
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
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="workflow.stage"
                    ),
                ),
                ("gate", models.CharField(max_length=80)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("stage", "gate"), name="override_gate_once")],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="workflow.process"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deadlines",
                        to="workflow.stage",
                    ),
                ),
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
            ],
            options={
                "indexes": [models.Index(fields=["process", "at"], name="deadline_of_process")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reply", "statutory", "stage", "ruling", "advisory"])),
                        name="deadline_kind_known",
                    ),
                    models.UniqueConstraint(fields=("subject_id", "kind", "name"), name="deadline_once"),
                ],
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
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="workflow.document"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="document_version_once")],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="workflow.stage"
                    ),
                ),
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
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="request", to="workflow.personallink"
                    ),
                ),
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
                            ("administrative", "Administrative level"),
                            ("committee", "Committee level"),
                            ("council", "Council level"),
                        ],
                        default="council",
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
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
                ("email", models.EmailField(blank=True, max_length=254)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="da", max_length=5)),
                ("asked_at", models.DateTimeField()),
                ("reply_by_at", models.DateTimeField(null=True)),
                ("meeting_on", models.DateField(blank=True, null=True)),
                ("bounced_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("next_check_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("state", "asked")),
                        fields=["next_check_at"],
                        name="request_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "decided", "fallen", "withdrawn"])),
                        name="request_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["recommendation", "approval", "accession"])),
                        name="request_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["administrative", "committee", "council"])),
                        name="request_level_known",
                    ),
                    models.UniqueConstraint(fields=("stage", "body", "bundle"), name="request_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "decided"])),
                        fields=("stage", "body"),
                        name="request_one_live",
                    ),
                ],
            },
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
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.process"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.stage"
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="workflow.bundle"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.storedfile"
                    ),
                ),
                ("manifest", models.JSONField()),
                ("is_provisional", models.BooleanField(default=False)),
                (
                    "supplements",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplemented_by",
                        to="workflow.package",
                    ),
                ),
                (
                    "audit_head",
                    models.CharField(help_text="Digest of the last seal when the package was made.", max_length=64),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("process", "number"), name="package_number_once")],
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
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="workflow.stage"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="workflow.body",
                    ),
                ),
                ("happened_on", models.DateField()),
                ("note", models.TextField(blank=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("stage", "body"), name="milestone_once_per_body"),
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", True)), fields=("stage",), name="milestone_once"
                    ),
                ],
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
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="workflow.deadline"
                    ),
                ),
                ("old_at", models.DateTimeField()),
                ("new_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
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
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="workflow.deadline"
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("reason", models.TextField()),
            ],
            options={
                "ordering": ("from_at",),
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="workflow.documentversion",
                    ),
                ),
                ("lineage_id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("position", models.PositiveIntegerField()),
                ("number", models.CharField(blank=True, max_length=20)),
                ("heading", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "position"), name="section_position_once"),
                    models.UniqueConstraint(fields=("version", "lineage_id"), name="section_lineage_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("position", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=40)),
                ("needs_approval", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("bundle", "version"), name="bundle_item_once"),
                    models.UniqueConstraint(fields=("bundle", "position"), name="bundle_item_position_once"),
                ],
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
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="workflow.approvalrequest",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="workflow.body"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("valid", "Valid"),
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
                            ("rejected", "Rejected"),
                            ("referred_back", "Referred back"),
                            ("postponed", "Postponed"),
                            ("noted", "Noted"),
                            ("accession_declined", "Accession declined"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("council_meeting", "Meeting"),
                            ("extraordinary_meeting", "Extraordinary meeting"),
                            ("written_procedure", "Written procedure"),
                            ("chair_decision", "The chair's decision, reported to the next meeting"),
                            ("delegation", "Delegation"),
                        ],
                        max_length=24,
                    ),
                ),
                ("meeting_on", models.DateField()),
                ("agenda_item", models.CharField(blank=True, max_length=60)),
                ("body_case_number", models.CharField(blank=True, max_length=60)),
                ("text", models.TextField(blank=True)),
                ("remarks", models.TextField(blank=True)),
                (
                    "minutes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.storedfile",
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
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["valid", "fallen", "superseded"])),
                        name="decision_state_known",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
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
                    models.UniqueConstraint(
                        condition=models.Q(("state", "valid")), fields=("request",), name="decision_one_valid"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_requests",
                        to="workflow.stage",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_requests",
                        to="workflow.body",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_requests",
                        to="workflow.package",
                    ),
                ),
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_request",
                        to="workflow.personallink",
                    ),
                ),
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
                ("email", models.EmailField(blank=True, max_length=254)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="da", max_length=5)),
                ("sent_at", models.DateTimeField()),
                ("bounced_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sent", "acknowledged", "ruled", "withdrawn"])),
                        name="external_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("stage", "body"),
                        name="external_one_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinorityStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="minority_statements",
                        to="workflow.decision",
                    ),
                ),
                ("members", models.CharField(max_length=300)),
                ("text", models.TextField()),
            ],
            options={
                "abstract": False,
            },
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
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="workflow.decision"
                    ),
                ),
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
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("at",),
            },
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
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="workflow.externalrequest",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60)),
                ("received_at", models.DateTimeField()),
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
            ],
            options={
                "abstract": False,
            },
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
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ruling",
                        to="workflow.externalrequest",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(choices=[("approved", "Approved"), ("objected", "Objected")], max_length=10),
                ),
                ("ruled_on", models.DateField()),
                ("text", models.TextField(blank=True)),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["approved", "objected"])), name="ruling_outcome_known"
                    )
                ],
            },
        ),
    ]
