"""Where a round and its parties stand."""

from __future__ import annotations

from django.urls import reverse

from tests.consultations.factories import Hearing


def url(name: str, hearing: Hearing, *more: object) -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])


def party_url(name: str, hearing: Hearing, number: int = 1) -> str:
    return url(name, hearing, hearing.party(number).public_id)
