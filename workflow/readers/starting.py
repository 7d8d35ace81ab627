"""Foreign files are read in a fresh interpreter that knows no Django, no settings and no secrets.

Never a fork: the embedded server has threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO, Final

from workflow.readers.document import Unreadable

LONGEST_WAIT: Final = 45  # seconds; the programs' own limits of processor time are shorter

_ROOT: Final = Path(__file__).resolve().parents[2]
# Not our own, which holds the secrets.
_ENVIRONMENT: Final = {"PATH": os.defpath, "LANG": "C.UTF-8"}
# Each may take as much memory as `limits.MEMORY` says, so few at once.
_AT_ONCE: Final = BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))


def answer_of(program: str, *arguments: str, content: BinaryIO) -> dict[str, Any]:
    """What a program of this room answers in JSON about a file, which is its input.

    program: module of `workflow.readers`. content: stands at its beginning afterwards. Raises `Unreadable` when the
    program gives up, is ended by its limits, or answers in no JSON.
    """
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as answer, _AT_ONCE:
        content.seek(0)
        for block in iter(lambda: content.read(1024 * 1024), b""):
            input_file.write(block)
        content.seek(0)
        input_file.seek(0)
        try:
            ended = subprocess.run(
                _command(program, *arguments),
                cwd=_ROOT,
                env=_ENVIRONMENT,
                stdin=input_file,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=LONGEST_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unreadable("too_much") from error
        answer.seek(0)
        output = answer.read()
    try:
        answered = json.loads(output)
    except ValueError as error:
        # A program that was ended from outside used up its time; one that ended by itself found the file damaged.
        raise Unreadable("too_much" if ended.returncode < 0 else "damaged") from error
    if ended.returncode != 0 or not isinstance(answered, dict):
        raise Unreadable
    return answered


def lines_of(program: str, *arguments: str, wait: int = LONGEST_WAIT) -> tuple[bool, list[dict[str, Any]]]:
    """Whether a program of this room that works in a folder came to its end, and the lines of JSON it answered till
    then.

    wait: so many seconds at most.
    """
    with tempfile.TemporaryFile() as answer, _AT_ONCE:
        try:
            ended = subprocess.run(
                _command(program, *arguments),
                cwd=_ROOT,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=wait,
                check=False,
            )
            is_whole = ended.returncode == 0
        except subprocess.TimeoutExpired:
            is_whole = False
        answer.seek(0)
        # A line that was not written to its end is none.
        lines = [line for line in answer.read().split(b"\n")[:-1] if line]
    return is_whole, [json.loads(line) for line in lines]


def _command(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"workflow.readers.{program}", *arguments]
