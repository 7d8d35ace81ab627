"""Bytes on disk below MEDIA_ROOT, put there by `actions/files.py` and never served as files.

A received file that no deed has taken lies under `incoming/`, by the matter its form is about and its SHA-256; no row
tells of it. A deed that takes it makes a row and a second name for the bytes: under `settling/` until the row is
committed, then under its SHA-256 and the id of its row. Equal bytes of two rows are two files, so that erasing one
never takes another's, and no two deeds meet over one name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings

_BLOCK = 1024 * 1024  # bytes


def path_of(sha256: str, public_id: UUID) -> str:
    """Where the bytes of a row lie, below MEDIA_ROOT."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-{public_id.hex}"


def receive(stream: BinaryIO, matter: str, sha256: str) -> None:
    """Write the stream, whose SHA-256 is known, to the disk for a form about a matter."""
    folder = _incoming(matter)
    folder.mkdir(parents=True, exist_ok=True)
    # Under a name of its own until it is whole, so that nobody takes half a file.
    begun = folder / f".{uuid4().hex}"
    try:
        _write(stream, begun)
        begun.replace(folder / sha256)
    except BaseException:
        begun.unlink(missing_ok=True)
        raise


def waits(matter: str, sha256: str) -> bool:
    """Whether these bytes were received for a form about the matter and are still there; they stay a day from now."""
    try:
        os.utime(_incoming(matter) / sha256)
    except FileNotFoundError:
        return False
    return True


def open_waiting(matter: str, sha256: str) -> BinaryIO:
    """The bytes of a file received for a form about the matter; close it. FileNotFoundError where it waits no more."""
    return (_incoming(matter) / sha256).open("rb")


def bytes_waiting(matter: str) -> int:
    """Bytes of all that was received for forms about the matter."""
    total = 0
    for path in _files_below(_incoming(matter)):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def take(matter: str, sha256: str, public_id: UUID) -> None:
    """Give received bytes to a row that is about to be committed; they go on waiting too, for another press.

    Raises FileNotFoundError when they are no longer there.
    """
    source, target = _incoming(matter) / sha256, _settling(public_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.utime(source)  # one age for both names: what settles must not look old to a sweep that comes by
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # a disk that gives a file one name only
        shutil.copyfile(source, target)


def write_settling(stream: BinaryIO, public_id: UUID) -> tuple[str, int]:
    """Write the stream to the disk for a row that is about to be committed; SHA-256 in hex and size in bytes."""
    path = _settling(public_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write(stream, path)


def settle(public_id: UUID, path: str) -> None:
    """Move what a row took to its place, after the commit. Doing it twice does no harm."""
    settling, target = _settling(public_id), _root() / path
    if settling.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        settling.replace(target)


def open_stored(public_id: UUID, path: str) -> BinaryIO:
    """The bytes, opened for reading. Raises FileNotFoundError when they are nowhere."""
    try:
        return (_root() / path).open("rb")
    except FileNotFoundError:
        # Committed and not settled yet: a crash may leave it so until the sweep comes.
        return _settling(public_id).open("rb")


def is_kept(public_id: UUID, path: str) -> bool:
    """Whether the bytes are on this machine's disk."""
    return (_root() / path).is_file() or _settling(public_id).is_file()


def where(public_id: UUID, path: str) -> Path | None:
    """Where the bytes lie on this machine's disk; None when they are nowhere."""
    return next((each for each in (_root() / path, _settling(public_id)) if each.is_file()), None)


def full_path(path: str) -> Path:
    """Where settled bytes lie on this machine's disk."""
    return _root() / path


def remove(public_id: UUID, path: str) -> None:
    """Take the bytes off the disk; nothing to do when they are gone."""
    _settling(public_id).unlink(missing_ok=True)
    if path:
        (_root() / path).unlink(missing_ok=True)


def left_behind(before: float) -> Iterator[UUID]:
    """Ids of rows whose bytes have been settling since `before` (seconds since 1970): of crashed or undone deeds."""
    for path in _older(_root() / "settling", before):
        try:
            yield UUID(hex=path.name)
        except ValueError:
            continue


def waited_since(before: float) -> Iterator[Path]:
    """What was received for forms before `before` (seconds since 1970) and still waits."""
    return _older(_root() / "incoming", before)


def drop(path: Path) -> int:
    """Take a waiting file off the disk; returns one."""
    path.unlink(missing_ok=True)
    return 1


def _older(folder: Path, before: float) -> Iterator[Path]:
    for path in _files_below(folder):
        try:
            if path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else iter(())


def _write(stream: BinaryIO, path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
            size += len(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
    return digest.hexdigest(), size


def _incoming(matter: str) -> Path:
    # By digest, so that what a form calls its matter never becomes part of a path.
    return _root() / "incoming" / hashlib.sha256(matter.encode()).hexdigest()[:32]


def _settling(public_id: UUID) -> Path:
    return _root() / "settling" / public_id.hex


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
