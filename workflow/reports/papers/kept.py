"""Papers that many fetch are made once: a text of forty pages takes seconds of the processor.

They lie under MEDIA_ROOT by what they were made of, so one that was made otherwise is never handed out for another;
the oldest go when there are too many. Nothing here is a fact: all of it may be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings

from workflow.reports.papers.model import Paper
from workflow.reports.papers.pdf import made_of, write_pdf
from workflow.reports.papers.word import write_docx

MOST: Final = 300
"""So many of each format are kept."""


def kept_pdf(paper: Paper) -> bytes:
    """The paper as PDF, from the disk where it has been made before. Raises `Refused` as `write_pdf` does."""
    return _kept(f"{made_of(paper)}.pdf", lambda: write_pdf(paper))


def kept_docx(paper: Paper) -> bytes:
    """The paper as a Word file, from the disk where it has been made before."""
    # Two papers that are equal are written the same way, by the same writer.
    name = hashlib.sha256(f"{word_writer()}\0{paper!r}".encode()).hexdigest()
    return _kept(f"{name}.docx", lambda: write_docx(paper))


@cache
def word_writer() -> str:
    """What tells this writer of Word files from an earlier one."""
    sources = sorted((Path(__file__).parent / "word").glob("*.py"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def _kept(name: str, write: Callable[[], bytes]) -> bytes:
    folder = Path(settings.MEDIA_ROOT) / "papers"
    path = folder / name
    # A disk that is full, or a folder that another account has made, costs the next reader time and this one nothing.
    with suppress(OSError):
        return path.read_bytes()
    content = write()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _keep(content, path)
        _let_go(folder, path.suffix)
    return content


def _keep(content: bytes, path: Path) -> None:
    # Under a name of its own until it is whole, so that nobody is handed half a file.
    begun = path.with_name(f".{uuid4().hex}")
    try:
        begun.write_bytes(content)
        begun.chmod(0o600)
        begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)


def _let_go(folder: Path, suffix: str) -> None:
    kept = sorted(folder.glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST:]:
        path.unlink(missing_ok=True)
