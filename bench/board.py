"""board_ms and board_queries: an officer opens the page of a round with 1,000 parties, some in every situation.

Server time: from the request as the application gets it to the rendered answer, with every middleware, the officer's
session, and PostgreSQL. The same page with 10 parties says how many queries it may make.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, at_most, measure_apart, say_pages
from tests.servers import postgres

if TYPE_CHECKING:
    from django.test import Client

    from tests.consultations.factories import Hearing

PARTIES = 1000
FEW = 10
SITUATIONS = 10  # a tenth of the parties in each of nine; the rest have not opened their mail
WARM_UP = 3
TIMES = 25
TARGET = 150.0  # milliseconds


def measure() -> bool:
    """Start a PostgreSQL and measure there, in a process of its own."""
    with postgres() as address, tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        (Path(folder) / "static").mkdir()
        environment = {"DATABASE_URL": address, "VAR_DIR": folder, "REDIS_URL": "", "DEMO": "1"}
        return measure_apart("bench.board", environment)


def figures() -> tuple[Figure, Figure]:
    """Both figures, measured in the configured database, which must have the tables and no rows."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    pages = {parties: _page(parties) for parties in (FEW, PARTIES)}
    queries = {}
    for parties, (client, address) in pages.items():
        _open(client, address)
        with CaptureQueriesContext(connection) as captured:
            _open(client, address)
        queries[parties] = len(captured)
    client, address = pages[PARTIES]
    times = [_open(client, address) for _time in range(WARM_UP + TIMES)][WARM_UP:]
    return (
        at_most("board_ms", statistics.median(times) * 1000, "ms", TARGET, "postgresql"),
        at_most("board_queries", queries[PARTIES], "queries", queries[FEW], "postgresql"),
    )


def _page(parties: int) -> tuple[Client, str]:
    """A browser in which an officer of the office is signed in, and the address of the round's page."""
    from django.test import Client

    from consultations.views.round_pages import round_url
    from tests.consultations.factories import a_hearing
    from tests.workflow.factories import an_officer

    now = datetime.now(UTC)
    hearing = a_hearing(now - timedelta(days=2), parties, closes_on=(now + timedelta(days=30)).date())
    _bring_to_life(hearing, now)
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="da")
    officer = an_officer(hearing.process.office, f"officer-{parties}@example.dk")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client, round_url("round_status", hearing.round)


def _bring_to_life(hearing: Hearing, now: datetime) -> None:
    """Answers, drafts, bounces, refusals, promises and forwards, written in bulk as their deeds leave them."""
    from consultations.models import Answer, Forward, Invitation, Reminder
    from consultations.states import AnswerKind, AnswerState, InvitationState
    from notifications.models import OutgoingMail
    from notifications.states import MailState
    from tests.consultations.factories import OFFICER
    from workflow.models import PersonalLink, by

    OutgoingMail.objects.update(state=MailState.SENT, sending_at=now, sent_at=now)
    parties = list(hearing.round.invitations.order_by("number"))
    of = {situation: parties[situation::SITUATIONS] for situation in range(SITUATIONS)}
    given = (
        (0, AnswerState.SUBMITTED, AnswerKind.REMARKS),
        (1, AnswerState.SUBMITTED, AnswerKind.NO_REMARKS),
        (2, AnswerState.LATE, AnswerKind.REMARKS),
        (3, AnswerState.DRAFT, AnswerKind.REMARKS),
    )
    Answer.objects.bulk_create(
        Answer(
            invitation=party,
            number=1,
            state=state,
            kind=kind,
            text="Vi støtter udkastet. " * 200,
            receipt_number=f"R-{party.pk}",
            created_at=now,
            changed_at=now,
            received_at=None if state == AnswerState.DRAFT else now,
            **by(OFFICER),
        )
        for situation, state, kind in given
        for party in of[situation]
    )
    answered = [party.pk for situation in (0, 1, 2) for party in of[situation]]
    over = {"next_check_at": None}
    Invitation.objects.filter(pk__in=answered).update(state=InvitationState.ANSWERED, answered_at=now, **over)
    _change(of[4], bounced_at=now, bounce_reason="550 5.1.1 No such user", **over)
    _change(of[5], state=InvitationState.DECLINED, declined_reason="Sagen vedrører os ikke.", **over)
    _change(of[6], promised_on=(now + timedelta(days=40)).date())
    _change(of[7], promised_on=(now + timedelta(days=10)).date())
    PersonalLink.objects.filter(invitation__in=[*of[3], *of[8]]).update(opened_at=now)
    Forward.objects.bulk_create(
        Forward(invitation=party, from_email=party.email, to_email="ny@example.dk", at=now, **by(OFFICER))
        for party in of[8]
    )
    Reminder.objects.bulk_create(
        Reminder(invitation=party, occasion="14d", queued_at=now) for party in (*of[8], *of[9], *of[3])
    )


def _change(parties: list[object], **values: object) -> None:
    from consultations.models import Invitation

    Invitation.objects.filter(pk__in=[party.pk for party in parties]).update(**values)  # type: ignore[attr-defined]


def _open(client: Client, address: str) -> float:
    """Open the page; seconds."""
    begun = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        sys.exit(f"board_ms: the round's page answers {answer.status_code}")
    return seconds


if __name__ == "__main__":
    say_pages(figures)
