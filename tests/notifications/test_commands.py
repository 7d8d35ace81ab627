"""`send_test_mail` and the task that a commit hints at."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from celery import Celery, current_app
from django.core.management import CommandError, call_command

from notifications import outbox
from notifications.models import OutgoingMail
from notifications.states import MailState
from notifications.tasks import drain_outbox
from tests.notifications.factories import a_letter, queued, reread
from tests.servers import MailSink, free_port

pytestmark = pytest.mark.django_db


def test_send_test_mail_arrives(smtp: MailSink) -> None:
    out = StringIO()
    call_command("send_test_mail", "drift@example.dk", reply_to="post@example.dk", stdout=out)
    assert smtp.recipients == [["drift@example.dk"]]
    assert "drift@example.dk" in out.getvalue()


def test_send_test_mail_to_impossible_address_says_why(smtp: MailSink) -> None:
    with pytest.raises(CommandError, match="@"):
        call_command("send_test_mail", "drift", stdout=StringIO())
    assert not OutgoingMail.objects.exists()


def test_send_test_mail_without_server_says_why(settings: Any, smtp: MailSink) -> None:
    settings.EMAIL_PORT = free_port()
    with pytest.raises(CommandError, match="refused"):
        call_command("send_test_mail", "drift@example.dk", stdout=StringIO())


def test_drain_outbox_sends_what_is_due(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    drain_outbox()
    assert reread(mail).state == MailState.SENT


@pytest.mark.parametrize("broker", ["redis", "memory"])
def test_enqueue_commits_whether_or_not_the_queue_is_there(
    now: datetime,
    broker: str,
    django_capture_on_commit_callbacks: Any,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    before = current_app._get_current_object()
    address = f"redis://127.0.0.1:{free_port()}/0" if broker == "redis" else "memory://"
    queue = {"task_publish_retry": False, "broker_transport_options": settings.REDIS_QUEUE}
    Celery("probe", broker=address, **queue).set_current()
    try:
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            outbox.enqueue([a_letter()], now)
    finally:
        before.set_current()
    assert callbacks == [outbox.hint]
    assert OutgoingMail.objects.get().state == MailState.QUEUED
    assert ("the queue is away" in caplog.text) is (broker == "redis")
