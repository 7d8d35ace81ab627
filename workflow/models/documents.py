"""Documents, their versions and sections, and the bundles that are heard, approved and submitted."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition
from uuid6 import uuid7

from workflow.models.base import DeedModel, PublicModel
from workflow.models.files import StoredFile
from workflow.models.processes import Process
from workflow.states import BundleState, ChangeKind, one_of


class TextLine(PublicModel):
    """A line of text of a process: the agreement, or a status report. What is locked, approved or sent in one line
    touches nothing in another. `key` is what the definition calls it, `title` is in the process's language."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="lines")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("process", "key"), name="line_key_once"),)

    def __str__(self) -> str:
        return self.title


class Document(PublicModel):
    """One text through all its versions, for instance "Politisk sundhedsaftale"; it belongs to one line."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="documents")
    line = models.ForeignKey(TextLine, on_delete=models.PROTECT, related_name="documents")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("line", "key"), name="document_key_once"),)

    def __str__(self) -> str:
        return self.title


class DocumentVersion(PublicModel, DeedModel):
    """One frozen text. `sha256` covers title, sections and file; `number` counts from 1 within the document."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("document", "number"), name="document_version_once"),)

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class Section(PublicModel):
    """A numbered part of a version. `lineage_id` stays the same for the same section in later versions.

    level: 1 for the uppermost headings; 0 for words before the first one, which stand under none.
    """

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="sections")
    lineage_id = models.UUIDField(default=uuid7, editable=False, db_index=True)
    position = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=20, blank=True)
    heading = models.CharField(max_length=300)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("version", "position"), name="section_position_once"),
            models.UniqueConstraint(fields=("version", "lineage_id"), name="section_lineage_once"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.heading}".strip()


class SectionOrigin(models.Model):
    """A section of the version before that a section was made of, by its lineage, where that is not its own: one that
    was split off has one, one joined from several has each of them."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="origins")
    lineage_id = models.UUIDField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("section", "lineage_id"), name="section_origin_once"),)

    def __str__(self) -> str:
        return str(self.lineage_id)


class VersionPicture(models.Model):
    """A picture that stands in the text of a version. name: what the text calls it, the SHA-256 of its bytes with an
    ending. width, height: in dots. The same picture in other versions of the process is the same file."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=70, db_index=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("version", "name"), name="version_picture_once"),)

    def __str__(self) -> str:
        return self.name


class Bundle(PublicModel, DeedModel):
    """A set of document versions that act together. Locked, it is an immutable manifest with its own digest.

    `change` says how it differs from `predecessor`, the set locked before it; `number` counts from 1 within the line.
    put_forward_at: since when it counts in its line (UTC); None for one that can only be shown and judged.
    put_forward_as: how it differs from the set that counted before; only after an editorial change do decisions on
    that one stand (the equivalence is followed back through editorial changes). Sets are put forward in the order of
    their numbers. questions_leave_at: until then (UTC) what is asked and told because of it waits, so that it can be
    taken back; all three are empty again once it has been.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="bundles")
    line = models.ForeignKey(TextLine, on_delete=models.PROTECT, related_name="bundles")
    number = models.PositiveIntegerField()
    state = FSMField(default=BundleState.OPEN, choices=BundleState.choices, editable=False)
    predecessor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    change = models.CharField(max_length=10, choices=ChangeKind.choices, default=ChangeKind.FIRST)
    change_note = models.TextField(blank=True)
    manifest = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    put_forward_at = models.DateTimeField(null=True)
    put_forward_as = models.CharField(max_length=10, choices=ChangeKind.choices, blank=True)
    questions_leave_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", BundleState, "bundle_state_known"),
            one_of("change", ChangeKind, "bundle_change_known"),
            models.CheckConstraint(
                condition=Q(put_forward_at__isnull=True, questions_leave_at__isnull=True, put_forward_as="")
                | Q(
                    put_forward_at__isnull=False,
                    questions_leave_at__isnull=False,
                    put_forward_as__in=ChangeKind.values,
                    state=BundleState.LOCKED,
                ),
                name="bundle_put_forward_is_locked",
            ),
            models.UniqueConstraint(fields=("line", "number"), name="bundle_number_once"),
            models.CheckConstraint(
                condition=Q(state=BundleState.OPEN) | ~Q(sha256="") & Q(locked_at__isnull=False),
                name="bundle_locked_has_digest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.process.case_number} · {self.line.key} {self.number}"

    @transition(field=state, source=BundleState.OPEN, target=BundleState.LOCKED)
    def lock(self) -> None:
        pass


class BundleItem(PublicModel):
    """A document version in a bundle: its role there, and whether councils approve it or it goes along."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="items")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="bundle_items")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    needs_approval = models.BooleanField(default=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("bundle", "version"), name="bundle_item_once"),
            models.UniqueConstraint(fields=("bundle", "position"), name="bundle_item_position_once"),
        )

    def __str__(self) -> str:
        return str(self.version)
