"""Reads a DOCX by walking its XML in the order of the document."""

from __future__ import annotations

from workflow.readers.document import FoundDocument
from workflow.readers.docx.body import Body
from workflow.readers.docx.package import Package


def read(content: bytes, original: bool) -> FoundDocument:
    """All that stands in a DOCX. original: tracked changes as rejected. Raises `Unreadable`."""
    return Body(Package(content), original).read()
