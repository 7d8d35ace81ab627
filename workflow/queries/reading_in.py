"""What stands in a file that came with a form, and which sections of the version before it carries on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workflow import storage
from workflow.models import DocumentVersion
from workflow.readers import FoundDocument, Unreadable, read_document
from workflow.readers.words import refusal
from workflow.rules import Refused
from workflow.rules.files import IncomingFile, no_longer_waits
from workflow.rules.overwriting import digest_of_words
from workflow.rules.pictures import without_pictures
from workflow.rules.section_matching import Matching, Part, matched


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read, beside the version before. names: what that one's sections are called, by their lineages;
    digest: by which a page knows that what it showed is still what would be saved."""

    found: FoundDocument
    matching: Matching
    names: dict[UUID, str]
    digest: str


def reading_of(file: IncomingFile, before: DocumentVersion | None, *, original: bool) -> Reading:
    """Read a received file and hold it against the version before, None for a new document.

    original: as it was before the tracked changes in it. Refuses a file that waits no longer and one that cannot be
    read, with the reason and the way out.
    """
    try:
        with storage.open_waiting(file.matter, file.sha256) as content:
            found = read_document(file.name, content, original=original)
    except FileNotFoundError as error:
        raise Refused(no_longer_waits(file.name)) from error
    except Unreadable as error:
        raise Refused(refusal(error)) from error
    earlier = list(before.sections.order_by("position")) if before else []
    parts = [(row.lineage_id, Part(row.number, row.heading, row.text, row.level)) for row in earlier]
    later = [Part(section.number, section.heading, section.text, section.level) for section in found.sections]
    names = {row.lineage_id: str(row) or without_pictures(row.text)[:60] for row in earlier}
    digest = digest_of_words(file.sha256, str(original), str(before.public_id) if before else "")
    return Reading(found, matched(parts, later), names, digest)
