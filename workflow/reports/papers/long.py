"""Long papers: what takes too long for a page to wait for is made beforehand, by a worker, and waits on the disk.

Whoever must not wait asks within `only_at_once`, and is told what is missing (`TakesLong`); everybody else waits. What
is to be made lies as it was asked for under MEDIA_ROOT, by what it will be made of, and so does what came of it: a
paper whose facts have changed meanwhile is another paper, and the old one is handed out to nobody. Nothing here is a
fact: all of it may be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workflow.reports.papers import kept
from workflow.reports.papers.encoding import decoded, encoded
from workflow.reports.papers.model import Paper
from workflow.reports.papers.pdf import LONG, Tell, characters_of, made_of, pages_of, write_pdf
from workflow.reports.papers.word import write_docx
from workflow.rules.refusals import Refusal, Refused

LONG_IN_WORD: Final = 500_000
"""Characters of HTML from which on a paper is long as a Word file: 160 pages, which take some two seconds."""

_READY: Final = ".ready"
_ASKED: Final = ".asked"


@dataclass(frozen=True, slots=True)
class LongPaper:
    """A paper that takes long. name: of its file on the disk, which tells all that it is made of. title: what its file
    is called. pages: about. is_lasting: whether it holds nothing that may be erased."""

    name: str
    title: str
    pages: int
    is_lasting: bool
    paper: Paper


class TakesLong(Refused):
    """Papers are asked for that are not made yet and take longer than a page may wait."""

    def __init__(self, papers: Sequence[LongPaper]) -> None:
        text = _("The paper is long and takes a while to make. Fetch it by itself first, and then try again.")
        super().__init__(Refusal("takes_long", text))
        self.papers = papers


_missing: ContextVar[list[LongPaper] | None] = ContextVar("missing", default=None)

_following: ContextVar[Tell | None] = ContextVar("following", default=None)


@contextmanager
def only_at_once() -> Iterator[None]:
    """Make no long paper in here; at the end raise `TakesLong` with all that would have been made."""
    papers: list[LongPaper] = []
    token = _missing.set(papers)
    try:
        yield
    finally:
        _missing.reset(token)
    if papers:
        raise TakesLong(papers)


@contextmanager
def followed_by(tell: Tell) -> Iterator[None]:
    """Tell, in per cent, how far each long paper is that is made in here."""
    token = _following.set(tell)
    try:
        yield
    finally:
        _following.reset(token)


def is_long(paper: Paper, ending: str) -> bool:
    """Whether a page may not wait for this paper."""
    return characters_of(paper) >= (LONG if ending == "pdf" else LONG_IN_WORD)


def long_paper(paper: Paper, ending: str, *, is_lasting: bool) -> bytes:
    """A long paper: from the disk where it is ready, else made now; within `only_at_once` noted as missing, and empty.
    Raises `Refused` where it cannot be made."""
    name = f"{_made_of(paper, ending)}.{ending}"
    if (content := ready(name)) is not None:
        return content
    missing = _missing.get()
    if missing is None:
        content = _write(paper, ending, _following.get())
        if is_lasting:
            _put(_folder(is_lasting) / f"{name}{_READY}", content)
        return content
    title = f"{paper.file_name}.{ending}"
    missing.append(LongPaper(name, title, pages_of(characters_of(paper)), is_lasting, paper))
    return b""


def _made_of(paper: Paper, ending: str) -> str:
    if ending == "pdf":
        return made_of(paper)
    return hashlib.sha256(f"{kept.word_writer()}\0{paper!r}".encode()).hexdigest()


def _write(paper: Paper, ending: str, tell: Tell | None) -> bytes:
    return write_pdf(paper, tell) if ending == "pdf" else write_docx(paper)


# ── On the disk ───────────────────────────────────────────────────────────────────────────────────────────────
def ask_for(papers: Iterable[LongPaper]) -> None:
    """Lay down what is to be made, for a worker to find."""
    for paper in papers:
        _put(_folder(paper.is_lasting) / f"{paper.name}{_ASKED}", encoded(paper.paper).encode())


def make_asked(name: str, tell: Tell) -> bool:
    """Make what was laid down under a name. False where it lies there no more, as when somebody was erased meanwhile.
    tell: follows the work. Raises `Refused` where it cannot be made."""
    asked = _find(f"{name}{_ASKED}")
    if asked is None:
        return False
    content = _write(decoded(asked.read_text(encoding="utf-8")), name.rpartition(".")[2], tell)
    if not asked.exists():
        return False
    _put(asked.with_name(f"{name}{_READY}"), content)
    asked.unlink(missing_ok=True)
    return True


def ready(name: str) -> bytes | None:
    """What has been made under a name; None where nothing is."""
    path = _find(f"{name}{_READY}")
    with suppress(OSError):
        return path.read_bytes() if path is not None else None
    return None


def is_ready(name: str) -> bool:
    """Whether something has been made under a name and waits."""
    return _find(f"{name}{_READY}") is not None


def ready_path(name: str) -> Path | None:
    """Where something that was made lies, to be handed out; None where it waits no more."""
    return _find(f"{name}{_READY}")


def mark_asked(name: str) -> None:
    """Lay down that something is being made which may have to be given up: see `put_ready`."""
    _put(_folder(is_lasting=False) / f"{name}{_ASKED}", b"")


def put_ready(name: str, write: Callable[[Path], None]) -> bool:
    """Keep what was made after `mark_asked`. False, and nothing is kept, where somebody was erased since."""
    asked = _find(f"{name}{_ASKED}")
    if asked is None:
        return False
    begun = asked.with_name(f".{uuid4().hex}")
    try:
        write(begun)
        begun.chmod(0o600)
        if not asked.exists():
            return False
        begun.replace(asked.with_name(f"{name}{_READY}"))
    finally:
        begun.unlink(missing_ok=True)
    asked.unlink(missing_ok=True)
    return True


def forget() -> None:
    """Somebody was erased: what may tell of them goes off the disk, and what is being made of it is given up."""
    for path in _files_in(_folder(is_lasting=False)):
        path.unlink(missing_ok=True)


def drop(name: str) -> None:
    """Take off the disk what was asked for or made under a name."""
    for each in (f"{name}{_ASKED}", f"{name}{_READY}"):
        if (path := _find(each)) is not None:
            path.unlink(missing_ok=True)


def lain_since(before: float) -> list[Path]:
    """What was asked for or made and has lain there since `before` (seconds since 1970)."""
    paths = [*_files_in(_folder(is_lasting=True)), *_files_in(_folder(is_lasting=False))]
    return [path for path in paths if path.stat().st_mtime < before]


def remove(path: Path) -> int:
    """Take a file off the disk; returns one."""
    path.unlink(missing_ok=True)
    return 1


def _folder(is_lasting: bool) -> Path:
    return Path(settings.MEDIA_ROOT) / "long" / ("texts" if is_lasting else "passing")


def _find(name: str) -> Path | None:
    paths = (_folder(is_lasting) / name for is_lasting in (True, False))
    return next((path for path in paths if path.is_file()), None)


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _put(path: Path, content: bytes) -> None:
    # Under a name of its own until it is whole, so that nobody is handed half a file.
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f".{uuid4().hex}")
    try:
        begun.write_bytes(content)
        begun.chmod(0o600)
        begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)
