"""Every form with a key, pressed twice: the second press leads where the first did, and does nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.architecture.estate import NOW, an_estate
from tests.architecture.test_odd_input import Controls, clients, visitor_of
from tests.architecture.test_url_policies import url_of, walked
from tests.consultations.factories import a_hearing, a_round_in_draft
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body
from workflow.models import AuditEntry
from workflow.states import BodyKind

pytestmark = pytest.mark.django_db

WORDS = "En begrundelse, der er lang nok"
PAST, COMING = "28/02/2019", "20/05/2019"
BY_END = {"held_on": PAST, "meeting_on": PAST, "received_on": PAST, "ruled_on": PAST, "_on": COMING, "day": COMING}

SAVED_ANEW = {"body_contact"}
"""Forms that may save what stands already, which is noted again and changes nothing."""


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def filled_in(name: str, value: str, typed: set[str]) -> str:
    """What a person might write in a field."""
    if name == "clock" or name.endswith("_clock"):
        return "12.00"
    if "email" in name:
        return "ny.person@anden.example"
    for end, day in BY_END.items():
        if name.endswith(end):
            return day
    return WORDS if name in typed and value in ("", "1", "Behold disse ord") else value


def forms_on(html: str) -> list[tuple[str, dict[str, str], set[str]]]:
    """Path, values and typed names of each form that is sent with a key."""
    controls = Controls()
    controls.feed(html)
    return [(urlsplit(action).path, values, typed) for action, values, typed, _id in controls.forms if "key" in values]


def everything_done() -> tuple[int, int]:
    """How many deeds stand in the record, and how many mails have been queued."""
    return AuditEntry.objects.count(), OutgoingMail.objects.count()


def pressed(client: Client, target: str, sent: dict[str, str]) -> tuple[int, str]:
    """Press; where the page first shows what would happen, press the button that does it."""
    answer: Any = client.post(target, sent)
    if answer.status_code == 200 and "html" in answer["Content-Type"]:
        for _target, values, _typed in forms_on(answer.content.decode()):
            if values.get("shown"):
                sent |= {"shown": values["shown"], "do": "send"}
                answer = client.post(target, sent)
                break
    return answer.status_code, answer.headers.get("Location", "")


def test_press_every_form_with_a_key_twice_leads_where_the_first_press_did() -> None:
    estate = an_estate("oest")
    who, wrong, done = clients(estate), [], set()

    for at, policy in walked():
        if policy == "admin" or at.name.startswith(("account_", "mfa_")):
            continue
        client, url = who[visitor_of(policy)], url_of(at, estate)
        page: Any = client.get(url)
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            continue
        for action, values, typed in forms_on(page.content.decode()):
            sent = {name: filled_in(name, value, typed) for name, value in values.items()}
            with transaction.atomic():
                status, first = pressed(client, action or url, sent)
                before = everything_done()
                again: Any = client.post(action or url, sent)
                after = everything_done()
                transaction.set_rollback(True)
                if status != 302:
                    continue
                done.add(at.name)
                if again.headers.get("Location") != first:
                    wrong.append(f"{at.name}: to {first}, then {again.status_code}")
                elif after != before and at.name not in SAVED_ANEW:
                    wrong.append(f"{at.name}: done a second time")

    assert {"round_invite", "matter_settle", "round_write", "note_new", "reply_write", "reply_none"} <= done
    assert len(done) >= 25
    assert not wrong, "\n" + "\n".join(wrong)


def test_press_add_party_of_a_body_twice_puts_it_on_the_list_once_and_says_so_twice() -> None:
    hearing = a_round_in_draft(NOW)
    office, stage = hearing.process.office, hearing.round.stage
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Roskilde")
    a_contact(office, body)
    client, url = officer_of(office), reverse("round_parties", args=[hearing.process.public_id, stage.public_id])
    [sent] = [values for _target, values, _typed in forms_on(client.get(url).content.decode()) if "body" in values]
    sent |= dict.fromkeys(("name", "contact_name", "email"), "")

    answers = [client.post(url, sent) for _press in range(2)]

    assert sent["body"]
    assert [answer.headers.get("Location") for answer in answers] == [url, url]
    assert hearing.round.invitations.filter(body=body).count() == 1


def test_press_not_answering_twice_is_one_no_and_another_reason_is_refused() -> None:
    hearing = a_hearing(NOW)
    link_id = hearing.party().link.public_id
    client, url = holder_of(hearing), reverse("reply_decline", args=[link_id])

    answers = [client.post(url, {"reason": "Vi når det ikke ", "key": "k"}) for _press in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [reverse("reply", args=[link_id])] * 2
    assert AuditEntry.objects.filter(verb="decline").count() == 1
    assert client.post(url, {"reason": "En anden grund", "key": "k"}).status_code == 422
    assert hearing.party().declined_reason == "Vi når det ikke"
