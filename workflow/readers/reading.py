"""Reads one Word, OpenDocument or PDF file. Run as a program of its own: `python -m workflow.readers.reading` with the
file as its input, `--original` for tracked changes as rejected, or `--pasted` for HTML off a clipboard; it answers in
JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from workflow.readers.document import FoundDocument, Unreadable
from workflow.readers.kinds import kind_of
from workflow.readers.limits import LONG_OUTPUT, set_limits

_PROCESSOR = 40  # seconds
_DEEPEST = 6000  # calls: a part of a document nests at most 256 elements, and each takes some calls


def main(arguments: list[str]) -> None:
    """Limits first, then the file: whatever it does, it does within them."""
    set_limits(LONG_OUTPUT, _PROCESSOR)
    sys.setrecursionlimit(_DEEPEST)
    try:
        content = sys.stdin.buffer.read()
        found = read_pasted(content) if "--pasted" in arguments else read(content, "--original" in arguments)
        answer = asdict(found)
    except Unreadable as error:
        answer = {"refused": error.code}
    except MemoryError:
        answer = {"refused": "too_much"}
    json.dump(answer, sys.stdout)


def read(content: bytes, original: bool) -> FoundDocument:
    """Give the file to the reader of its kind. Raises `Unreadable`."""
    # Each reader is imported within the limits, and only the one that is needed.
    kind = kind_of(content)
    if kind == "docx":
        from workflow.readers import docx

        return docx.read(content, original)
    if kind == "odt":
        from workflow.readers import odt

        return odt.read(content, original)
    if kind == "pdf":
        from workflow.readers import pdf

        return pdf.read(content, original)
    raise Unreadable(kind)


def read_pasted(content: bytes) -> FoundDocument:
    """What was put on a clipboard. Raises `Unreadable`."""
    from workflow.readers import pasted

    return pasted.read(content)


if __name__ == "__main__":
    main(sys.argv[1:])
