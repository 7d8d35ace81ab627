"""Foreign files are read in a fresh interpreter that knows no Django, no settings and no secrets.

Whoever takes files in comes here. Never a fork: the embedded server has threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO, Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_LONGEST_WAIT: Final = 20  # seconds; the reader's own limit of processor time is shorter
# Each may take as much memory as `opening.MEMORY` says, so few at once.
_AT_ONCE: Final = BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))


class Unreadable(Exception):
    """The reader gave up: the file is damaged, or asks for more memory or time than any file may have."""


def is_locked(kind: str, content: BinaryIO) -> bool:
    """Whether a file cannot be opened without a password; one that only forbids printing or copying can.

    kind: "pdf" or "doc". `content` is a file on the disk, or lies in memory; it stands at its beginning afterwards.
    Raises `Unreadable`.
    """
    content.seek(0)
    if kind == "pdf" and not _holds(content, b"/Encrypt"):
        return False
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as answer, _AT_ONCE:
        for block in iter(lambda: content.read(1024 * 1024), b""):
            input_file.write(block)
        content.seek(0)
        input_file.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "workflow.readers.opening", kind],
                cwd=_ROOT,
                # Not our own, which holds the secrets.
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                stdin=input_file,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=_LONGEST_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unreadable from error
        answer.seek(0)
        output = answer.read()
    try:
        if ended.returncode == 0:
            return bool(json.loads(output)["is_locked"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable from error
    raise Unreadable


def _holds(content: BinaryIO, mark: bytes) -> bool:
    """Whether the bytes hold a mark; the stream stands at its beginning afterwards. A PDF's trailer, which names how it
    is encrypted, is never packed (ISO 32000-1, 7.5.8)."""
    is_held, rest = False, b""
    for block in iter(lambda: content.read(1024 * 1024), b""):
        if mark in rest + block:
            is_held = True
            break
        # The mark may lie across two blocks.
        rest = block[-len(mark) :]
    content.seek(0)
    return is_held
