"""When what is stored may be written over by somebody who may have seen something else. Actions and pages come in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from notifications.rules import folded_address
from workflow.rules.refusals import Refusal

CHANGED_MEANWHILE: Final = ("words_changed", "address_changed_meanwhile")
"""Refusals that say that a colleague was first: shown with both versions, and pressed again knowingly."""


def digest_of_words(*words: str) -> str:
    """A short digest, by which a page knows whether what it showed is still what would be done."""
    # Stands in forms that are open: made otherwise, each of them would hear that a colleague has saved.
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def digest_of_fields(fields: Mapping[str, object]) -> str:
    """The digest of what stands in these fields, in their order; nothing counts as empty words."""
    return digest_of_words(*("" if value is None else str(value) for value in fields.values()))


def words_changed_since(shown_digest: str | None, current: str, new_digest: str) -> Refusal | None:
    """A colleague has saved other words while this person was writing. All are digests; `shown_digest` is that of
    the words the person had before the eyes, None where nobody looked. Two who write the same agree."""
    if shown_digest is None or current in (shown_digest, new_digest):
        return None
    text = _(
        "A colleague has saved other words since you opened the page. Yours are in the form and not saved; your "
        "colleague's stand above it. Put them together and save again."
    )
    return Refusal("words_changed", text)


def address_changed_since(shown_address: str | None, current: str, new_address: str) -> Refusal | None:
    """Somebody else has corrected the address while this officer was writing another one. `shown_address`: the one
    the officer had before the eyes, None where nobody looked. Two who write the same address agree."""
    if (
        shown_address is None
        or folded_address(shown_address) == folded_address(current)
        or folded_address(new_address) == folded_address(current)
    ):
        return None
    text = _(
        "Somebody else has changed the address to “%(address)s” meanwhile. Look which one is right; press again to "
        "write yours in its place."
    )
    return Refusal("address_changed_meanwhile", text % {"address": current})
