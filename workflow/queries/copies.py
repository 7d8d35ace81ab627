"""Who gets copies of what bodies are asked. Mails and pages come in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from notifications.rules import folded_address
from workflow.models import Asked, CopyAddress, Office

Row = TypeVar("Row", bound=Asked)


def copies_for(offices: Collection[UUID]) -> dict[tuple[UUID, int], list[CopyAddress]]:
    """By office (public id) and key of the body, the addresses that get copies and whose mail does not come back. One
    query."""
    copies: dict[tuple[UUID, int], list[CopyAddress]] = {}
    rows = CopyAddress.objects.filter(
        contact__office__public_id__in=offices,
        contact__is_primary=True,
        contact__erased_at=None,
        bounced_at=None,
    )
    for copy in rows.select_related("contact__office"):
        copies.setdefault((copy.contact.office.public_id, copy.contact.body_id), []).append(copy)
    return copies


def copies_to_parties(those_asked: Collection[Row], office: Office) -> list[tuple[Row, CopyAddress]]:
    """With each of them that mail reaches, the addresses that would get copies of what it is asked. One query."""
    copies = copies_for({office.public_id})
    return [
        (asked, copy)
        for asked in those_asked
        if asked.body_id
        for copy in copies.get((office.public_id, asked.body_id), ())
        if folded_address(copy.email) != folded_address(asked.email)
    ]
