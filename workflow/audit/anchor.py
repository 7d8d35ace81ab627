"""The head of the chain of seals, kept outside the database: a seal removed from the end is missed here.

One small file per database under VAR_DIR, signed with a secret that no database holds (`AUDIT_KEY`): whoever makes the
whole chain anew cannot make an anchor for it. Sealing writes it after its commit, proving reads it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from workflow.models import AuditSeal


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal known outside the database; number 0 before the first.

    installation: the one that anchored it, by its id, once it has been written.
    """

    number: int
    digest: str
    installation: str = field(default="", compare=False)


class AnchorUnreadable(Exception):
    """The file is there and holds something else than an anchor."""


class AnchorForged(AnchorUnreadable):
    """The file was not written under this installation's AUDIT_KEY."""


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
    """The anchor, or None when there is no file. Refuses, with `AnchorUnreadable`, a damaged file or one that is not
    signed with the key.

    A database that was restored elsewhere stands under another name: then the file that came along is taken, which is
    known by the seal it names.
    """
    own = anchor_path()
    if own.exists():
        return _read(own)
    return max(_brought_along(own), key=lambda anchor: anchor.number, default=None)


def write_anchor(anchor: Anchor) -> None:
    """Replace the file as a whole: a crash leaves the old anchor or the new one."""
    path = anchor_path()
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    values = {"number": anchor.number, "digest": anchor.digest, "installation": settings.INSTALLATION_ID}
    values["signature"] = _signature(anchor.number, anchor.digest, settings.INSTALLATION_ID)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> Anchor:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        anchor = Anchor(int(values["number"]), str(values["digest"]), str(values.get("installation", "")))
        signature = str(values.get("signature", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnchorUnreadable(str(path)) from error
    right = _signature(anchor.number, anchor.digest, anchor.installation)
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise AnchorForged(str(path))
    return anchor


def _signature(number: int, digest: str, installation: str) -> str:
    # For good, as the digests of seals: an anchor that stands would count as forged.
    message = "\n".join(("samraad.anchor", installation, str(number), digest))
    return hmac.new(settings.AUDIT_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()


def _brought_along(own: Path) -> list[Anchor]:
    anchors = []
    for path in own.parent.glob("audit-head-*.json"):
        try:
            anchor = _read(path)
        except (AnchorUnreadable, FileNotFoundError):
            continue
        if AuditSeal.objects.filter(number=anchor.number, digest=anchor.digest).exists():
            anchors.append(anchor)
    return anchors
