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


class Once:
    """A deed that is done once for each key: made after the lock is taken, asked before the rule, kept at the end.

    scope: the deed and what it is done to. key: that of the form; "" for a deed that is always done.
    content: what the person chose and wrote, as far as it makes the deed another one; no instant that is read from the
    clock.
    """

    def __init__(self, scope: str, key: str, content: object = ()) -> None:
        self._scope, self._key = scope, key
        self._digest = _digest(content) if key else ""

    @property
    def earlier(self) -> EarlierDeed | None:
        """What the same key made last in this scope, or None."""
        rows = _EARLIER(scope=self._scope, key=self._key) if self._key else []
        return EarlierDeed(rows[0][0], rows[0][1] == self._digest) if rows else None

    @property
    def made(self) -> UUID | None:
        """Public id of what the same key made before, or None. Refuses a key that came with other content."""
        earlier = self.earlier
        if earlier is not None and not earlier.is_same:
            raise Refused(FORM_USED)
        return earlier.result if earlier else None

    def keep(self, result: UUID, now: datetime) -> None:
        """Remember in the deed's transaction what the key made, and of what."""
        if self._key:
            DeedKey.objects.bulk_create(
                [DeedKey(scope=self._scope, key=self._key, digest=self._digest, result=result, at=now)],
                # Under a used key another content may be a deed of its own: then the later one is what the key made.
                update_conflicts=True,
                unique_fields=["scope", "key"],
                update_fields=["digest", "result", "at"],
            )


def _digest(content: object) -> str:
    """HMAC-SHA-256 hex under the installation's secret, so that short words cannot be guessed back from the row."""
    # The salt stays though the room may move: with another, every form that is open would be refused as used.
    return salted_hmac("workflow.actions.once", canonical(_plain(content)), algorithm="sha256").hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, StoredFile | IncomingFile):
        return value.sha256
    if isinstance(value, Model):
        # Who, not what: between two presses the row may have changed.
        return str(getattr(value, "public_id", value.pk))
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(element) for name, element in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    return value
