"""The mails of a round: what they say in each language, and that link and code leave no trace."""

from __future__ import annotations

from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox_of_tests
from django.urls import reverse

from consultations.actions.answers import AnswerContent, confirm_answer, decide_late
from consultations.actions.answers.confirming import ask_to_confirm
from consultations.actions.extensions import extend_for_one, refuse_extension
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.midround import release_party, write_to_parties
from consultations.actions.parties import claim, correct_address, forward, promise_answer, take_back
from consultations.actions.reminders import send_reminders
from consultations.actions.rounds import launch_round, prepare_round
from consultations.mails.kinds import mail_kinds
from consultations.models import Invitation
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    OFFICER,
    Hearing,
    a_hearing,
    a_round_in_draft,
    an_input_round,
)
from tests.consultations.supplementary import a_heard_text, heard_again
from tests.workflow.factories import stage_of
from workflow.actions.processes import abandon_process
from workflow.actions.stages import return_stage
from workflow.links import code_page, link_url, typed_code
from workflow.models import Contact

pytestmark = pytest.mark.django_db

NOON = "fredag den 29. marts 2019 kl. 12.00"


def sent(kind: str, now: object = LAUNCHED) -> outbox_of_tests.EmailMultiAlternatives:
    delivery.deliver(now, lambda: now)  # type: ignore[arg-type,return-value]
    rows = OutgoingMail.objects.filter(kind=kind).order_by("id")
    assert rows.exists()
    row = rows.filter(state="sent").last()
    assert row is not None, list(rows.values_list("state", "withdrawn_reason", "last_error"))
    [found] = [m for m in outbox_of_tests.outbox if m.extra_headers.get("Message-ID") == row.message_id]
    return found


def test_invitation_has_case_number_deadline_with_weekday_the_link_alone_and_the_code() -> None:
    hearing = a_hearing(parties=1)

    found = sent("hearing_invitation")

    link, code = link_url(hearing.party().link), typed_code(hearing.party().link)
    assert found.subject == f"[{hearing.process.case_number}] Høring: Prøve, svar senest {NOON}"
    lines = found.body.splitlines()
    assert link in lines
    assert f"Gå ind på {code_page()}, og skriv koden {code}." in found.body
    assert f"Svarfrist: {NOON}" in lines
    assert found.reply_to == [hearing.process.office.reply_to]
    assert "Sekretariatet" in found.body
    [row] = hearing.mails("hearing_invitation")
    assert "[personal link]" in row.text_sent
    assert link not in row.text_sent + str(row.facts)
    assert code not in row.text_sent + str(row.facts)


def test_later_mails_of_a_party_stand_in_the_thread_of_its_invitation_under_the_offices_name() -> None:
    hearing = a_hearing(parties=2)
    invited = sent("hearing_invitation")
    hearing.answers(2)
    [asked] = [mail for mail in hearing.mails("hearing_invitation") if mail.subject_id == hearing.party(2).public_id]

    receipt = sent("hearing_receipt")

    assert "In-Reply-To" not in invited.extra_headers
    assert receipt.extra_headers["In-Reply-To"] == receipt.extra_headers["References"] == asked.message_id
    for message in (invited, receipt):
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
        assert message.extra_headers["X-Auto-Response-Suppress"] == "OOF, AutoReply"
        name, address = parseaddr(message.from_email)
        assert (name, address) == (hearing.process.office.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        assert message.reply_to == [hearing.process.office.reply_to]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Høring over udkast til sundhedsaftale", "sender hermed udkast til sundhedsaftale i høring og beder om"),
        ("Offentlig høring: Vejledning", "beder om jeres bemærkninger til Offentlig høring: Vejledning senest"),
        ("Udkast til vejledning", "sender hermed Udkast til vejledning i høring og beder om"),
    ],
)
def test_invitation_to_a_hearing_says_once_that_it_is_one(title: str, said: str) -> None:
    hearing = a_round_in_draft(parties=1)
    prepare_round(hearing.round, title=title, actor=OFFICER, now=LAUNCHED)
    launch_round(hearing.round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=LAUNCHED)

    found = sent("hearing_invitation")

    html = str(found.alternatives[0][0])
    assert title in html
    assert f"Høring: {title}" not in html or "høring" not in title.casefold()
    assert said in found.body
    assert found.body.casefold().count("høring") == 1


def test_code_page_named_in_the_mails_is_the_one_that_takes_codes(settings: Any) -> None:
    assert code_page() == settings.BASE_URL + reverse("link_code")


def test_forwarded_mail_quotes_the_note_as_its_writers_words_and_not_the_offices() -> None:
    hearing = a_hearing(parties=1)
    note = "Tager du den?\nSvar inden <fredag>"
    who = {"to_email": "a@example.dk", "to_name": "Karin Holm"}
    forward(hearing.party(), **who, note=note, actor=hearing.by_link(), now=LAUNCHED)

    found = sent("hearing_forwarded")

    assert "Til Karin Holm" in found.body, "who reads it, by name"
    assert "Til Part 01" not in found.body
    office = hearing.process.office.name
    said = f"Ordene er skrevet af den, der sendte opgaven videre, ikke af {office}:"
    assert said in found.body
    assert found.body.split(said)[1].split("\n\n")[1] == "> Tager du den?\n> Svar inden <fredag>"
    html = str(found.alternatives[0][0])
    quoted = html.split("<blockquote")[1].split("</blockquote>")[0]
    assert "Tager du den?<br>" in quoted
    assert "&lt;fredag&gt;" in quoted


PROVISIONAL = AnswerContent(text="Med forbehold.", provisional_on=date(2019, 3, 29))


def every_mail(language: str) -> dict[str, Hearing]:
    """A hearing per kind in which a mail of that kind waits."""
    made = {}

    def hearing() -> Hearing:
        found = a_round_in_draft(parties=1)
        found.round.invitations.update(language=language)
        launch_round(found.round, closes_on=date(2019, 3, 29), actor=OFFICER, now=LAUNCHED)
        found.reread()
        return found

    # First: the rounds of the others are to be open still.
    made["hearing_information"] = found = a_heard_text(parties=2)
    found.round.invitations.update(language=language)
    Contact.objects.filter(office=found.process.office).update(language=language)
    heard_again(found, [1], now=LAUNCHED)
    made["hearing_invitation"] = hearing()
    made["hearing_reminder"] = hearing()
    send_reminders(CLOSES_AT - timedelta(days=7))
    made["hearing_receipt"] = found = hearing()
    found.answers()
    made["hearing_extended"] = found = hearing()
    extend_for_one(found.party(), new_on=date(2019, 4, 5), reason="x", actor=OFFICER, now=LAUNCHED)
    made["hearing_extension_refused"] = found = hearing()
    promise_answer(found.party(), promised_on=date(2019, 4, 20), actor=found.by_link(), now=LAUNCHED)
    refuse_extension(found.party(), reason="Udvalget mødes", actor=OFFICER, now=LAUNCHED)
    made["hearing_forwarded"] = found = hearing()
    forward(found.party(), to_email="a@example.dk", note="Til dig", actor=found.by_link(), now=LAUNCHED)
    claim(found.party(), email="b@example.dk", actor=found.by_link(), now=LAUNCHED)
    made["hearing_passed_on"] = found
    made["hearing_taken_back"] = found = hearing()
    passed_on = forward(found.party(), to_email="a@example.dk", actor=found.by_link(), now=LAUNCHED)
    take_back(passed_on, actor=found.by_link(), now=LAUNCHED)
    made["hearing_answer_is_here"] = found = hearing()
    found.answers()
    correct_address(found.party(), email="ny@example.dk", actor=OFFICER, now=LAUNCHED)
    made["hearing_confirmed"] = found = hearing()
    found.answers(content=PROVISIONAL)
    confirm_answer(found.party(), received_at=LAUNCHED, actor=found.by_link(), now=LAUNCHED)
    made["hearing_confirm"] = found = hearing()
    found.answers(content=PROVISIONAL)
    ask_to_confirm(CLOSES_AT - timedelta(hours=2))
    made["hearing_late_decided"] = found = hearing()
    decide_late(found.answers(1, CLOSES_AT), accept=False, reason="For sent", actor=OFFICER, now=CLOSES_AT)
    made["hearing_withdrawn"] = found = hearing()
    return_stage(stage_of(found.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    made["hearing_message"] = found = hearing()
    write_to_parties(found.round, subject="Bilag", text="2 bilag.", actor=OFFICER, now=LAUNCHED)
    made["hearing_released"] = found = hearing()
    release_party(found.party(), reason="Fejl", actor=OFFICER, now=LAUNCHED)
    made["input_invitation"] = found = an_input_round()
    remove_party(found.party(), actor=OFFICER, now=LAUNCHED)
    add_party(found.round, name="Råd", email="raad@example.dk", language=language, actor=OFFICER, now=LAUNCHED)
    launch_round(found.round, actor=OFFICER, now=LAUNCHED)
    return made


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_kind_of_mail_is_written_in_each_language(language: str) -> None:
    made = every_mail(language)
    registered = {kind.key for kind in mail_kinds(lambda mail, event, now: None)}
    assert set(made) == registered

    at = CLOSES_AT - timedelta(days=7)
    delivery.deliver(at, lambda: at)
    at = CLOSES_AT

    for kind in registered:
        found = sent(kind, at)
        text = found.body
        html = str(found.alternatives[0][0])
        assert found.subject.startswith("[KONT-2019-"), kind
        assert "{{" not in text + html, kind
        assert "None" not in text + html, kind
        words = {"da": "Sagsnummer: ", "en": "Case number: "}
        assert words[language] in text, kind
        assert words[{"da": "en", "en": "da"}[language]] not in text, kind
        if kind not in ("hearing_withdrawn", "hearing_released"):
            row = OutgoingMail.objects.get(message_id=found.extra_headers["Message-ID"])
            party = Invitation.objects.select_related("link").get(public_id=row.subject_id)
            assert link_url(party.link) in text.splitlines(), kind
            assert link_url(party.link) in html, kind
            assert typed_code(party.link) in text, kind
    english = ("The ", "You ", "answer", "Reply", "deadline")
    if language == "da":
        for message in outbox_of_tests.outbox:
            assert not [word for word in english if word in message.body], message.body


@pytest.mark.parametrize("language", ["da", "en"])
def test_withdrawn_mail_of_a_matter_given_up_promises_no_revised_text(language: str) -> None:
    again = {"da": "hører I fra os igen", "en": "you will hear from us again"}[language]
    no_more = {"da": "Sagen er opgivet", "en": "The matter has been given up"}[language]
    sent_back, given_up = (a_hearing(parties=1) for _number in range(2))
    for found in (sent_back, given_up):
        found.round.invitations.update(language=language)
    return_stage(stage_of(sent_back.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    returned = sent("hearing_withdrawn")

    abandon_process(given_up.process, reason="Aftalen falder bort", actor=OFFICER, now=LAUNCHED)
    abandoned = sent("hearing_withdrawn")

    assert {"da": "Aflyst: ", "en": "Cancelled: "}[language] in returned.subject
    for mail, said, not_said in ((returned, again, no_more), (abandoned, no_more, again)):
        for text in (mail.body, str(mail.alternatives[0][0])):
            assert (said in text, not_said in text) == (True, False)
