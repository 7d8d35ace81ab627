"""Bytes on disk below MEDIA_ROOT, put there by `actions/files.py` and never served as files.

A file lies under its SHA-256 and the id of its row. Equal bytes of two rows are two files, so that erasing one
never takes another's, and no two deeds meet over one name. Until the row is committed they lie under `incoming/`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

_BLOCK = 1024 * 1024  # bytes


def path_of(sha256: str, public_id: UUID) -> str:
    """Where the bytes of a row lie, below MEDIA_ROOT."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-{public_id.hex}"


def write_incoming(stream: BinaryIO, public_id: UUID) -> tuple[str, int]:
    """Write the stream to the disk before its row is committed; SHA-256 in hex and size in bytes."""
    path = _incoming(public_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
            size += len(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o640)
    return digest.hexdigest(), size


def settle(public_id: UUID, path: str) -> None:
    """Move what came in to its place, after the commit. Doing it twice does no harm."""
    incoming, target = _incoming(public_id), _root() / path
    if incoming.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.replace(target)


def open_stored(public_id: UUID, path: str) -> BinaryIO:
    """The bytes, opened for reading. Raises FileNotFoundError when they are nowhere."""
    try:
        return (_root() / path).open("rb")
    except FileNotFoundError:
        return _incoming(public_id).open("rb")


def full_path(path: str) -> Path:
    """Where settled bytes lie on this machine's disk."""
    return _root() / path


def remove(public_id: UUID, path: str) -> None:
    """Take the bytes off the disk; nothing to do when they are gone."""
    _incoming(public_id).unlink(missing_ok=True)
    if path:
        (_root() / path).unlink(missing_ok=True)


def left_behind(before: float) -> Iterator[UUID]:
    """Ids of what came in before `before` (seconds since 1970) and never settled: of crashed or refused deeds."""
    folder = _root() / "incoming"
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < before:
                yield UUID(hex=path.name)
        except (ValueError, FileNotFoundError):
            continue


def _incoming(public_id: UUID) -> Path:
    return _root() / "incoming" / public_id.hex


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
