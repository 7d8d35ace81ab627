"""The queue's server goes away and comes back empty: workers and beat go on with their work, without a restart."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from consultations.mails import letters as mails
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests import servers
from tests.consultations.factories import a_hearing
from tests.crashes.test_chaos import days_from_now, slow_sink
from tests.crashes.topology import topology

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.postgres,
    pytest.mark.valkey,
    pytest.mark.django_db(transaction=True),
]


PARTIES = 20


def are_sent(kind: str) -> bool:
    return not OutgoingMail.objects.filter(kind=kind).exclude(state=MailState.SENT).exists()


def test_lose_the_queue_amidst_a_task_and_get_it_back_workers_take_up_new_mail_without_a_restart(
    tmp_path: Path,
) -> None:
    now = timezone.now()
    port = servers.free_port()
    with slow_sink() as sink, ExitStack() as first_server:
        queue = first_server.enter_context(servers.valkey(port=port))
        with topology(sink, queue, tmp_path) as processes:
            processes.start("worker-1", "beat")
            hearing = a_hearing(now - timedelta(days=1), PARTIES, days_from_now(27))
            processes.wait_until("some invitations are sent", lambda: len(sink.messages) >= 3)
            before = {name: process.pid for name, process in processes.running.items()}

            first_server.close()  # what the worker has in hand cannot be acknowledged
            processes.wait_until("the invitations are sent", lambda: are_sent(mails.INVITATION))
            hearing.answers(1, at=timezone.now())  # its receipt waits in the outbox, and no hint reaches anybody
            with servers.valkey(port=port):  # at the same address, and empty
                processes.wait_until("the receipt is sent", lambda: are_sent(mails.RECEIPT))
                assert {name: process.pid for name, process in processes.running.items()} == before

    assert len(sink.messages) == PARTIES + 1
