"""The demo's mailbox: real links in a demo, no such page anywhere else."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications import delivery, outbox
from notifications.models import OutgoingMail
from notifications.views import _with_links
from tests.notifications.factories import SECRET_CODE, SECRET_LINK, queued, registered, secrets_of
from tests.servers import MailSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(now: datetime, settings: Any, smtp: MailSink) -> Any:
    settings.DEMO = True
    with registered(templates="mails/probe_secrets", secrets=secrets_of):
        [mail] = queued(now, kind="probe")
        delivery.deliver(now, lambda: now)
        yield mail


def test_mailbox_lists_mails_of_one_recipient(client: Client, mail: OutgoingMail, now: datetime) -> None:
    queued(now, to="else@example.dk", to_name="Somebody Else")
    page = client.get(reverse("mailbox"), {"to": "party 1"}).content.decode()
    assert "Party 1" in page
    assert "Somebody Else" not in page


def test_mailbox_mail_shows_the_real_link_and_code(client: Client, mail: OutgoingMail) -> None:
    page = client.get(reverse("mailbox_mail", args=[mail.public_id])).content.decode()
    assert f'href="{SECRET_LINK}"' in page
    assert SECRET_CODE in page
    html = client.get(reverse("mailbox_html", args=[mail.public_id]))
    assert f'href="{SECRET_LINK}"' in html.content.decode()
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]


def test_mailbox_erased_mail_is_gone(client: Client, mail: OutgoingMail, now: datetime) -> None:
    outbox.erase([mail.subject_id], now=now)
    assert client.get(reverse("mailbox_mail", args=[mail.public_id])).status_code == 404
    assert client.get(reverse("mailbox_html", args=[mail.public_id])).status_code == 404


def test_mailbox_outside_a_demo_does_not_exist(client: Client, mail: OutgoingMail, settings: Any) -> None:
    settings.DEMO = False
    for address in (
        reverse("mailbox"),
        reverse("mailbox_mail", args=[mail.public_id]),
        reverse("mailbox_html", args=[mail.public_id]),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Til (a@b.dk). Mails om det", "Til (a@b.dk). Mails om det"),
        ("Se https://a.dk/x/?y=1.", 'Se <a href="https://a.dk/x/?y=1">https://a.dk/x/?y=1</a>.'),
        ("<b> & https://a.dk/x/", '&lt;b&gt; &amp; <a href="https://a.dk/x/">https://a.dk/x/</a>'),
    ],
)
def test_mailbox_mail_loses_no_sign_of_the_text_and_makes_links_of_web_addresses(text: str, shown: str) -> None:
    assert _with_links(text) == shown
