"""The head of the chain of seals, kept outside the database: a seal removed from the end is missed here.

One small file per database under VAR_DIR. Sealing writes it after its commit, proving reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal known outside the database; number 0 before the first."""

    number: int
    digest: str


class AnchorUnreadable(Exception):
    """The file is there and holds something else than an anchor."""


def anchor_path() -> Path:
    """Where this database's anchor stands. Another database, such as that of a play, has another."""
    values = connection.settings_dict
    name = str(values["NAME"])
    if connection.vendor == "sqlite":
        name = str(Path(name).resolve())
    parts = (connection.vendor, str(values.get("HOST", "")), str(values.get("PORT", "")), name)
    # Made of the same parts for good: under another name the anchor would count as taken away.
    identity = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Path(settings.VAR_DIR) / f"audit-head-{identity}.json"


def read_anchor() -> Anchor | None:
    """The anchor, or None when there is no file. Refuses, with `AnchorUnreadable`, a damaged file."""
    try:
        text = anchor_path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        values = json.loads(text)
        return Anchor(number=int(values["number"]), digest=str(values["digest"]))
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorUnreadable(str(anchor_path())) from error


def write_anchor(anchor: Anchor) -> None:
    """Replace the file as a whole: a crash leaves the old anchor or the new one."""
    path = anchor_path()
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"number": anchor.number, "digest": anchor.digest}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
