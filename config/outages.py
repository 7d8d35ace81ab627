"""What no program can mend: a full disk, a database that does not answer. Said in words, on a page or in a terminal."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext as _

TEMPORARY_FAILURE: Final = 75
"""Exit status of a command that could not do its work for the state of the machine, as in sysexits.h: try again."""

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS: Final = ("disk is full", "disk i/o error", "no space left", "could not extend file")


class Trouble(StrEnum):
    """What is wrong with the machine."""

    DISK = "disk"
    DATABASE = "database"


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What an error, or one behind it, says of the machine; None when it is a fault of the program or of the data."""
    ids_met: set[int] = set()
    is_database = False
    while error is not None and id(error) not in ids_met:
        ids_met.add(id(error))
        if isinstance(error, OSError) and error.errno in _FULL:
            return Trouble.DISK
        if isinstance(error, Error):
            words = str(error).lower()
            if any(full in words for full in _FULL_WORDS):
                return Trouble.DISK
            is_database |= isinstance(error, OperationalError | InterfaceError) and "no such" not in words
        error = error.__cause__ or error.__context__
    return Trouble.DATABASE if is_database else None


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """Around a command: what is wrong with the machine ends it with one sentence and status 75, not with a trace."""
    try:
        yield
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        sys.stderr.write(f"{_sentence(trouble)}\n")
        raise SystemExit(TEMPORARY_FAILURE) from None


def _sentence(trouble: Trouble) -> str:
    if trouble is Trouble.DISK:
        return _("There is no room left on the disk; nothing more was written. Make room, and run the command again.")
    return _("The database does not answer, so nothing was done. Look at DATABASE_URL, and run the command again.")
