"""Where a party writes, and how the fields of its page are called."""

from __future__ import annotations

from django.urls import reverse

from tests.consultations.factories import Hearing

WORDS = "Vi savner et afsnit om ældre."


def url(name: str, hearing: Hearing, number: int = 1, *more: object) -> str:
    return reverse(name, args=[hearing.party(number).link.public_id, *more])


def comment(hearing: Hearing, section: int = 0) -> str:
    return f"comment_{hearing.sections[section].lineage_id.hex}"
