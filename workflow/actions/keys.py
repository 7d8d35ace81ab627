"""Deeds that carry a key: a second press of the same button returns what the first one made.

With other content under the same key nothing is dropped: it is refused with a reason, or does as a deed of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from notifications.statements import Given, Read
from workflow.audit import canonical
from workflow.models import DeedKey, StoredFile
from workflow.rules import Refusal, Refused
from workflow.rules.files import IncomingFile

FORM_USED: Final = Refusal(
    "form_used",
    _(
        "This form has been sent before, with other content; what was sent then stands. Open the page anew to see it "
        "and to send your change."
    ),
)


_EARLIER: Final = Read(
    lambda: DeedKey.objects.filter(
        scope=Given("scope", models.CharField()), key=Given("key", models.CharField())
    ).values_list("result", "digest")
)


@dataclass(frozen=True, slots=True)
class EarlierDeed:
    """What a key made before. is_same: it came with the same content then."""

    result: UUID
    is_same: bool


def earlier_deed(scope: str, key: str, given: object = ()) -> EarlierDeed | None:
    """What the same key made last in this scope, or None. Ask after the lock is taken.

    given: what the person chose and wrote, as far as it makes the deed another one; no instant that is read from the
    clock.
    """
    if not key:
        return None
    found = _EARLIER(scope=scope, key=key)
    return EarlierDeed(found[0][0], found[0][1] == _digest(given)) if found else None


def earlier_result(scope: str, key: str, given: object = ()) -> UUID | None:
    """Public id of what the same key made before in this scope, or None. Refuses a key that came with other content."""
    found = earlier_deed(scope, key, given)
    if found is None:
        return None
    if not found.is_same:
        raise Refused(FORM_USED)
    return found.result


def keep_result(scope: str, key: str, result: UUID, now: datetime, given: object = ()) -> None:
    """Remember in the deed's transaction what the key made, and of what."""
    if key:
        DeedKey.objects.bulk_create(
            [DeedKey(scope=scope, key=key, digest=_digest(given), result=result, at=now)],
            update_conflicts=True,
            unique_fields=["scope", "key"],
            update_fields=["digest", "result", "at"],
        )


def _digest(given: object) -> str:
    """HMAC-SHA-256 hex under the installation's secret, so that short words cannot be guessed back from the row."""
    return salted_hmac("workflow.actions.keys", canonical(_plain(given)), algorithm="sha256").hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, StoredFile | IncomingFile):
        return value.sha256
    if isinstance(value, Model):
        return str(getattr(value, "public_id", value.pk))
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
