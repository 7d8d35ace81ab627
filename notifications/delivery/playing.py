"""Playing without sending: a play's mails are recorded, and its clock stands still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Recording:
    """A play's post: where its mails are kept, how many there were, and whether the mail server is away just now."""

    folder: Path | None
    number: int = 0
    is_away: bool = False


current_recording: ContextVar[Recording | None] = ContextVar("mail_recording", default=None)


@contextmanager
def recording(folder: Path | None = None) -> Iterator[Recording]:
    """While inside, no mail leaves: each counts as sent, and `folder` gets it as NNNN-kind-public_id.eml. While
    `is_away` of what is yielded is set, sending goes as with a mail server that cannot be reached.

    The file is made from what is recorded, not from what would go over the wire: it shows `[personal link]` and
    `[code]`. The clock stands still at the `now` the sweep was given.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    post = Recording(folder)
    token = current_recording.set(post)
    try:
        yield post
    finally:
        current_recording.reset(token)


def clock_from(now: datetime) -> Clock:
    """A clock that starts at `now` and runs on; inside `recording` it stands still."""
    if current_recording.get() is not None:
        return lambda: now
    start = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - start)
