"""Reads what a program puts on the clipboard as HTML: Word, LibreOffice, Google Docs, a page of the web."""

from __future__ import annotations

from lxml import etree

from workflow.readers.document import FoundDocument, Unreadable
from workflow.readers.pasted.body import Body

_FRAGMENT = ("<!--StartFragment-->", "<!--EndFragment-->")


def read(content: bytes) -> FoundDocument:
    """All that stands in a piece of HTML (UTF-8); tracked changes as accepted. Raises `Unreadable`."""
    text = content.decode("utf-8", "replace").replace("\x00", "")
    # The marks of what was chosen would part words; Windows' own head before them is no HTML.
    for mark in _FRAGMENT:
        text = text.replace(mark, "")
    if not text.strip():
        raise Unreadable("empty")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise Unreadable from error
    # What is nested deeper than any text is left out by the parser, which only says so here.
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise Unreadable("too_much")
    found = Body(root).read() if root is not None else None
    if found is None or not found.sections:
        raise Unreadable("empty")
    return found
