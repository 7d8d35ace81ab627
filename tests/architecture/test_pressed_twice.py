"""Every form, pressed twice: the second press leads where the first did, and does nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.architecture.estate import NOW, an_estate
from tests.architecture.odd_visitors import clients, visitor_of
from tests.architecture.pressed_forms import Form, forms_of, forms_on, written
from tests.architecture.situations import SITUATIONS
from tests.architecture.test_url_policies import url_of, walked
from tests.consultations.factories import a_hearing, a_round_in_draft
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body
from workflow.models import AuditEntry
from workflow.states import BodyKind

pytestmark = pytest.mark.django_db

ANOTHER_EACH_TIME = {
    "party_letter": "each press hands the code out once more, and each time is recorded",
    "reply_take_back": "the press gives the task a new link; the old page's link ends with it, and its page says so",
}
"""Forms whose second press is a deed of its own, and why."""

WRITES_NOTHING = {
    "account_": "signing in and out; the library's own",
    "mfa_": "the second factor; the library's own",
    "set_language": "changes the language of the page",
    "link": "opening a matter in this browser by its link or code, and closing it",
    "demo_": "going in by a door of the demo: signs in",
    "pasted_text": "tells how a pasted text reads, for the script of the field",
    "styleguide": "components with invented data",
}
"""Addresses that take a press and record nothing of a matter, by how their names begin."""


READS_A_FILE = ("document_read_in", "version_read_in", "template_upload", "template_use")
"""Forms that start a reader at each press: pressed in the first situation that has them, not in all."""

BUTTON = dict.fromkeys(("round_parties_many", "contacts_import", "document_read_in", "version_read_in"), "write")
"""What the button is called that does what a form has shown, where it is not “send”."""


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def everything_done() -> tuple[int, int]:
    """How many deeds stand in the record, and how many mails have been queued."""
    return AuditEntry.objects.count(), OutgoingMail.objects.count()


def pressed(client: Client, form: Form) -> tuple[dict[str, Any], Any]:
    """Press; where the page first shows what would happen, press the button that does it."""
    sent = written(form)
    answer: Any = client.post(form.target, sent)
    if answer.status_code in (200, 422) and "html" in answer["Content-Type"]:
        for shown in forms_on(answer.content.decode(), form.target):
            if shown.values.get("shown"):
                also = {name: value for name, value in written(shown).items() if name not in (*sent, *shown.files)}
                sent |= {**also, "shown": shown.values["shown"], "do": BUTTON.get(form.name, "send")}
                # A file is sent anew: the one sent before has been read to its end.
                files = {name: file for name, file in written(form).items() if name in form.files}
                answer = client.post(form.target, sent | files)
                break
    return sent, answer


def press_twice(client: Client, form: Form) -> tuple[bool, str]:
    """Whether the first press did something, and what is wrong with the second; undone afterwards."""
    with transaction.atomic():
        sent, first = pressed(client, form)
        before = everything_done()
        again: Any = client.post(
            form.target,
            written(form) | {name: value for name, value in sent.items() if name not in form.files},
        )
        after = everything_done()
        transaction.set_rollback(True)
    if first.status_code != 302:
        return False, ""
    if again.headers.get("Location") != first.headers["Location"]:
        return True, f"to {first.headers['Location']}, then {again.status_code}"
    return True, "" if after == before else "done a second time"


def taking_a_press() -> set[str]:
    """The names of all addresses of ours that take a press."""
    estate = an_estate("oest")
    who = clients(estate)
    found = set()
    for at, policy in walked():
        if policy not in ("admin", "webhook") and not at.name.startswith(tuple(WRITES_NOTHING)):
            told: Any = who[visitor_of(policy)].options(url_of(at, estate))
            if "POST" in told.headers.get("Allow", ""):
                found.add(at.name)
    return found


@pytest.mark.slow
@pytest.mark.sqlite
def test_press_every_form_of_every_situation_twice_leads_where_the_first_press_did() -> None:
    wrong, done = [], set()
    for name, make in SITUATIONS.items():
        with transaction.atomic():
            situation = make()
            with time_machine.travel(NOW + situation.later, tick=False):
                client = situation.comes()
                for form in forms_of(client, situation.starts):
                    if form.name in ANOTHER_EACH_TIME:
                        done.add(form.name)
                        continue
                    if form.name in READS_A_FILE and form.name in done:
                        continue
                    is_done, fault = press_twice(client, form)
                    done |= {form.name} if is_done else set()
                    wrong += [f"{name}: {form.name}: {fault}"] if fault else []
            transaction.set_rollback(True)

    missed = taking_a_press() - done
    assert not missed, "never pressed with success: " + ", ".join(sorted(missed))
    assert not wrong, "\n" + "\n".join(wrong)


def test_press_add_party_of_a_body_twice_puts_it_on_the_list_once_and_says_so_twice() -> None:
    hearing = a_round_in_draft(NOW)
    office, stage = hearing.process.office, hearing.round.stage
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Roskilde")
    a_contact(office, body)
    client, url = officer_of(office), reverse("round_parties", args=[hearing.process.public_id, stage.public_id])
    [form] = [form for form in forms_on(client.get(url).content.decode(), url) if "body" in form.values]
    sent = {**form.values, **dict.fromkeys(("name", "contact_name", "email"), "")}

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
