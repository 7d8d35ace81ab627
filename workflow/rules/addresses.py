"""When an address may be written over. Deeds that correct where somebody is asked come in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow.rules import Refusal


def address_changed_since(shown_address: str | None, current: str, new_address: str) -> Refusal | None:
    """Somebody else has corrected the address while this officer was writing another one. `shown_address`: the one
    the officer had before the eyes, None where nobody looked. Two who write the same address agree."""
    if (
        shown_address is None
        or shown_address.strip().lower() == current.lower()
        or new_address.lower() == current.lower()
    ):
        return None
    text = _(
        "Somebody else has changed the address to “%(address)s” meanwhile. Look which one is right; press again to "
        "write yours in its place."
    )
    return Refusal("address_changed_meanwhile", text % {"address": current})
