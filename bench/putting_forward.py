"""put_forward_ms, put_forward_queries and last_of_30_ms: a set put forward that a hundred bodies have approved, and the
last decision of thirty.

Server time of the page that says what would happen, and of the press on it, with every middleware and the officer's
session, on PostgreSQL; the set is taken back after each press. The same with 10 bodies says how many queries it may
make. The last decision is `record_decision` as the request page calls it: it completes the approval and opens what
follows.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, at_most, measure_apart, say_pages
from tests.servers import postgres

if TYPE_CHECKING:
    from django.test import Client

    from workflow.models import Bundle, Process

NOW = datetime.now(UTC) - timedelta(days=2)
BODIES = 100
FEW = 10
WARM_UP = 2
TIMES = 9
TARGET = 300.0  # milliseconds
THIRTY = 30
PROCESSES = 12
LAST_TARGET = 25.0  # milliseconds


def measure() -> bool:
    """Start a PostgreSQL and measure there, in a process of its own."""
    with postgres() as address, tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        (Path(folder) / "static").mkdir()
        environment = {"DATABASE_URL": address, "VAR_DIR": folder, "REDIS_URL": "", "DEMO": "1"}
        return measure_apart("bench.putting_forward", environment)


def figures() -> tuple[Figure, ...]:
    """All figures, measured in the configured database, which must have the tables and no rows."""
    queries, times = {}, {}
    for bodies in (FEW, BODIES):
        matter = _Matter(_approved(bodies), bodies)
        matter.look(), matter.press(), matter.take_back()
        queries[bodies] = matter.queries()
        looks, presses = [], []
        for _time in range(WARM_UP + TIMES):
            looks.append(matter.look())
            presses.append(matter.press())
            matter.take_back()
        times[bodies] = [statistics.median(found[WARM_UP:]) * 1000 for found in (looks, presses)]
    last = statistics.median(_last_decisions()[WARM_UP:]) * 1000
    return (
        at_most("put_forward_ms", max(times[BODIES]), "ms", TARGET, "postgresql"),
        at_most("put_forward_queries", queries[BODIES], "queries", queries[FEW], "postgresql"),
        at_most("last_of_30_ms", last, "ms", LAST_TARGET, "postgresql"),
    )


class _Matter:
    """A set waiting to be put forward that so many bodies have approved as it was before, and an officer's browser."""

    def __init__(self, process: Process, bodies: int) -> None:
        from django.test import Client
        from django.urls import reverse

        from tests.workflow.agreements import a_working_set
        from tests.workflow.factories import an_officer

        self.bundle: Bundle = a_working_set(process, NOW, text="# 1 Andet\n", change="material")
        self.url = reverse("bundle_put_forward", args=[process.public_id, self.bundle.public_id])
        self.client: Client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="da")
        self.client.force_login(
            an_officer(process.office, f"officer-{bodies}@example.dk"),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        self.shown = ""
        self.presses = 0

    def look(self) -> float:
        """Open the page; seconds."""
        seconds, answer = _timed(lambda: self.client.get(self.url))
        _insist(answer, 200)
        found = re.search(r'name="shown" value="([0-9a-f]+)"', answer.content.decode())
        self.shown = found[1] if found else ""
        return seconds

    def press(self) -> float:
        """Put the set forward; seconds."""
        self.presses += 1
        given = {"change": "material", "reason": "Nyt krav", "shown": self.shown, "key": f"press-{self.presses}"}
        seconds, answer = _timed(lambda: self.client.post(self.url, given))
        _insist(answer, 302)
        return seconds

    def take_back(self) -> None:
        """So that it can be put forward once more."""
        from tests.workflow.agreements import officer_of
        from workflow.actions.taking_back import take_back_bundle

        take_back_bundle(self.bundle, reason="Om igen", actor=officer_of(self.bundle.process), now=datetime.now(UTC))

    def queries(self) -> int:
        """How many queries the page and the press make together."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self.look()
            self.press()
        self.take_back()
        return len(captured)


def _timed(deed: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = deed()
    return time.perf_counter() - begun, answer


def _insist(answer: Any, status: int) -> None:
    if answer.status_code != status:
        sys.exit(f"The page of a set to be put forward answers {answer.status_code}")


def _asked(bodies: int) -> Process:
    """A process in which so many parties have been asked; all are of one office."""
    from tests.workflow.agreements import AGREEMENT, a_locked_bundle, decide, officer_of, the_parties
    from tests.workflow.factories import a_process, an_office
    from workflow.actions.stages import complete_stage
    from workflow.models import Body, Office
    from workflow.queries.processes import live_stage

    office = Office.objects.first()
    if office is None:
        office = an_office()
        the_parties(office, BODIES - 1)
    found = {body.key: body for body in Body.objects.order_by("id")}
    roles = {"committee": [found.pop("committee")], "authority": [found.pop("authority")]}
    places = {**roles, "parties": list(found.values())[:bodies]}
    reply_on = (NOW + timedelta(days=60)).date()
    process = a_process(office, NOW, AGREEMENT, parameters={"reply_on": reply_on}, bodies=places)
    a_locked_bundle(process, NOW)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=NOW)
    decide(process, "committee", NOW, stage="review")
    return process


def _approved(bodies: int) -> Process:
    from tests.workflow.agreements import asked, decide

    process = _asked(bodies)
    for request in asked(process, "approval"):
        decide(process, request.body.key, NOW)
    _all_sent()
    return process


def _all_sent() -> None:
    from notifications.models import OutgoingMail
    from notifications.states import MailState

    OutgoingMail.objects.update(state=MailState.SENT, sending_at=NOW, sent_at=NOW)


def _last_decisions() -> list[float]:
    """The last decision of thirty in one process after the other; seconds each."""
    from tests.workflow.agreements import asked, decide, the_facts
    from workflow.actions.approvals import record_decision
    from workflow.actors import Actor
    from workflow.queries.approvals import request_of_link
    from workflow.queries.processes import live_stage

    found = []
    for _number in range(PROCESSES):
        process = _asked(THIRTY)
        *others, last = asked(process, "approval")
        for request in others:
            decide(process, request.body.key, NOW)
        _all_sent()
        question = request_of_link(last.link)
        assert question.bundle is not None
        actor, sha256 = Actor.of_link(question.link, question.body.name), question.bundle.sha256
        facts, key = the_facts(NOW), f"form-{question.pk}"
        begun = time.perf_counter()
        record_decision(question, facts, bundle_sha256=sha256, actor=actor, now=NOW, key=key)
        found.append(time.perf_counter() - begun)
        if live_stage(process, "submission").state != "open":
            sys.exit("The last decision of thirty has opened nothing")
    return found


if __name__ == "__main__":
    say_pages(figures)
