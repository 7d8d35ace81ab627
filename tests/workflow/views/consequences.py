"""A page as its reader sees it, and the mails there are, before and after a press."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from django.test import Client

from notifications.models import OutgoingMail
from tests.workflow.factories import an_officer
from tests.workflow.views.visitors import signed_in
from workflow.models import Process

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def reader_of(process: Process) -> Client:
    """An officer's browser."""
    return signed_in(an_officer(process.office, email="reader@example.dk"))


def words_of(content: bytes) -> str:
    """The words of the page, as they are read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def mail_ids() -> set[int]:
    """The mails that are queued or sent."""
    return set(OutgoingMail.objects.values_list("id", flat=True))
