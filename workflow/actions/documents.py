"""Documents and their versions: begun, and frozen one after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from workflow.actions.files import take_in
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.pictures import keep_pictures
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import (
    Document,
    DocumentVersion,
    Process,
    Section,
    SectionOrigin,
    StoredFile,
    TextLine,
    by,
)
from workflow.queries.documents import version_as_written
from workflow.rules import Refusal, Refused, insist
from workflow.rules.documents import (
    SectionText,
    follow_lineage,
    sections_as_kept,
    text_digest,
)
from workflow.rules.overwriting import digest_of_fields, words_changed_since
from workflow.rules.slugs import danish_slug
from workflow.states import Verb

if TYPE_CHECKING:
    from workflow.readers import FoundPicture
    from workflow.rules.files import GivenFile

SLUG_LENGTH: Final = 50
"""So many characters of a title stand in a document's slug; the rest of the column is for its number."""


@transaction.atomic
def create_document(
    process: Process,
    *,
    title: str,
    line: TextLine | None = None,
    actor: Actor,
    now: datetime,
    slug: str = "",
    position: int | None = None,
    key: str = "",
) -> Document:
    """Begin a document of a process; its versions follow. Always a new one, whatever the others are called.

    line: the line of text it belongs to for good; the process's first unless given. slug: what a file calls it that
    names the documents of the line; without one it is made from the title and numbered where another has it. It stands
    last unless `position` says otherwise. Refuses everybody but an officer, a suspended or ended process, an empty
    title, a line of another process and a slug that was given and is taken. A repeated `key` gives the document begun
    first.
    """
    process = lock_process(process)
    content = (title, line, slug, position)
    once = Once(f"create_document:{process.public_id}", key, content)
    if earlier := once.made:
        return process.documents.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    if not title.strip():
        raise Refused(Refusal("title_missing", _("Give the document a title.")))
    line = line or process.lines.first()
    if line is None or line.process_id != process.pk:
        raise Refused(Refusal("line_foreign", _("The text belongs to another process. Choose one of this process.")))
    slugs = set(line.documents.values_list("key", flat=True))
    if slug in slugs:
        raise Refused(Refusal("document_exists", _("The text has a document with this key. Add a version to it.")))
    if position is None:
        # Counting on is safe because the process is locked.
        position = (process.documents.aggregate(last=Max("position"))["last"] or 0) + 1
    document = Document.objects.create(
        process=process, line=line, key=slug or _free_slug(title, slugs), title=title.strip(), position=position
    )
    record(Verb.CREATE_DOCUMENT, document, actor=actor, now=now, process=process, codes={"key": document.key})
    once.keep(document.public_id, now)
    return document


def _free_slug(title: str, slugs: Collection[str]) -> str:
    """The title as a name in addresses and manifests: readable, and nobody else's."""
    stem = danish_slug(title)[:SLUG_LENGTH].strip("-") or "dokument"
    return next(slug for number in count(1) if (slug := stem if number == 1 else f"{stem}-{number}") not in slugs)


@transaction.atomic
def begin_document(
    process: Process,
    *,
    title: str,
    line: TextLine | None = None,
    sections: Sequence[SectionText] | None = None,
    markdown: str = "",
    file: GivenFile | None = None,
    pictures: Collection[FoundPicture] = (),
    actor: Actor,
    now: datetime,
    key: str = "",
) -> DocumentVersion:
    """Begin a new document with its first version, as the page does with one button.

    Refuses what `create_document` and `add_version` refuse, and then leaves nothing behind. A repeated `key` gives the
    version made first.
    """
    process = lock_process(process)
    once = Once(_begun_under(process), key, (title, line, sections, markdown, file))
    if earlier := once.made:
        return DocumentVersion.objects.get(public_id=earlier)
    document = create_document(process, title=title, line=line, actor=actor, now=now)
    version = add_version(
        document,
        title=title,
        sections=sections,
        markdown=markdown,
        file=file,
        pictures=pictures,
        actor=actor,
        now=now,
    )
    once.keep(version.public_id, now)
    return version


@transaction.atomic
def add_version(
    document: Document,
    *,
    actor: Actor,
    now: datetime,
    title: str = "",
    sections: Sequence[SectionText] | None = None,
    markdown: str = "",
    file: GivenFile | None = None,
    pictures: Collection[FoundPicture] = (),
    shown_digest: str | None = None,
    key: str = "",
) -> DocumentVersion:
    """Freeze the next version of a document: from sections, from Markdown cut at its headings, from a file, or both.

    Each section carries on the lineage of the same section in the version before (`follow_lineage`); of those it says
    it was made of (`origins`) it keeps the ones that the version before has. With a title of its own, the document is
    called so from now on. Refuses everybody but an officer, a suspended or ended process, a version with neither text
    nor file, one equal to the version before, a file of another office and an erased one, and one that was written over
    another version than the last: shown_digest says which one that was (`version_as_written`), None where nobody
    looked. A repeated `key` gives the version made first.
    """
    process = lock_process(document.process)
    once = Once(_added_under(document), key, (title, sections, markdown, file))
    if earlier := once.made:
        return DocumentVersion.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    given_sections = sections_as_kept(markdown) if sections is None else [section.shortened() for section in sections]
    if not given_sections and file is None:
        raise Refused(Refusal("version_empty", _("The version has neither text nor file. Add one of them.")))
    title = title.strip() or document.title
    digest = text_digest(title, given_sections, file.sha256 if file else "")
    before = document.versions.order_by("-number").first()
    if before is not None and before.sha256 == digest:
        raise Refused(Refusal("version_unchanged", _("The text is the same as in the version before.")))
    if before is not None and shown_digest is not None:
        new_digest = digest_of_fields({"title": title, "text": markdown})
        insist(words_changed_since(shown_digest, digest_of_fields(version_as_written(before)), new_digest))
    # Only now: a version that says nothing new must not leave a stored file behind.
    file = take_in(process.office, file, now=now)
    version = _write_version(document, before, title, file, digest, actor, now)
    keep_pictures(version, _write_sections(version, before, given_sections), pictures, now=now)
    once.keep(version.public_id, now)
    return version


def _write_version(
    document: Document,
    before: DocumentVersion | None,
    title: str,
    file: StoredFile | None,
    digest: str,
    actor: Actor,
    now: datetime,
) -> DocumentVersion:
    version = DocumentVersion.objects.create(
        document=document,
        number=before.number + 1 if before else 1,
        title=title,
        file=file,
        sha256=digest,
        created_at=now,
        **by(actor),
    )
    _call_as_newest(document, title)
    record(
        Verb.ADD_VERSION,
        version,
        actor=actor,
        now=now,
        process=document.process,
        codes={"document": document.public_id, "number": version.number, "sha256": digest},
    )
    return version


def _call_as_newest(document: Document, title: str) -> None:
    """A document is called what its newest version is called."""
    if document.title != title:
        Document.objects.filter(pk=document.pk).update(title=title)
        document.title = title


def version_by_key(process: Process, document: Document | None, key: str) -> DocumentVersion | None:
    """The version that a form with this key has made already: of the document, or of a new one."""
    earlier = Once(_added_under(document) if document else _begun_under(process), key).earlier
    return DocumentVersion.objects.filter(public_id=earlier.result).first() if earlier else None


def _begun_under(process: Process) -> str:
    # Stands in the database, as the next one does: renamed, a form that is open now would make a second document.
    return f"begin_document:{process.public_id}"


def _added_under(document: Document) -> str:
    return f"add_version:{document.public_id}"


def _write_sections(
    version: DocumentVersion, before: DocumentVersion | None, sections: Sequence[SectionText]
) -> list[Section]:
    earlier = [(s.lineage_id, SectionText(s.number, s.heading)) for s in before.sections.all()] if before else []
    made = Section.objects.bulk_create(
        Section(
            version=version,
            position=position,
            level=section.level,
            number=section.number,
            heading=section.heading,
            text=section.text,
            lineage_id=lineage or section.lineage_id or uuid7(),
        )
        for position, (section, lineage) in enumerate(
            zip(sections, follow_lineage(earlier, sections), strict=True), start=1
        )
    )
    known = {lineage for lineage, _section in earlier}
    SectionOrigin.objects.bulk_create(
        SectionOrigin(section=row, lineage_id=lineage)
        for row, section in zip(made, sections, strict=True)
        for lineage in dict.fromkeys(section.origins or ())
        if lineage in known and lineage != row.lineage_id
    )
    return made
