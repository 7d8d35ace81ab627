"""A party's pages by its link: who is let in, what is told, that no word is lost, what is in time and what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.actions.parties import correct_address, forward, take_back
from consultations.models import Answer, Forward
from consultations.states import AnswerKind, AnswerState, InvitationState
from notifications import outbox
from notifications.models import OutgoingMail
from tests.consultations.factories import CLOSES_AT, LAUNCHED, MICROSECOND, OFFICER, Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.workflow.factories import out_of_use
from workflow.links import link_path, typed_code
from workflow.models import AuditEntry, Office

pytestmark = pytest.mark.django_db

PAGES = ("reply", "reply_write", "reply_none", "reply_promise", "reply_decline", "reply_forward", "reply_claim")
WORDS = "Vi savner et afsnit om ældre."


def url(name: str, hearing: Hearing, number: int = 1, *more: object) -> str:
    return reverse(name, args=[hearing.party(number).link.public_id, *more])


def comment(hearing: Hearing, section: int = 0) -> str:
    return f"comment_{hearing.sections[section].lineage_id.hex}"


# ── The link ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_follow_link_shows_the_matter_and_changes_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    entries = AuditEntry.objects.count()
    path = link_path(hearing.party().link)

    shown, head = Client().get(path), Client().head(path)

    assert (shown.status_code, head.status_code) == (200, 200)
    assert hearing.party().name in shown.content.decode()
    assert "Friday 29 March 2019 at 12:00" in shown.content.decode()
    assert hearing.party().link.opened_at is None
    assert AuditEntry.objects.count() == entries


def test_press_start_opens_the_answer_page_and_shows_on_the_board(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    response = Client().post(link_path(hearing.party().link))

    assert response.status_code == 302
    assert response["Location"] == url("reply", hearing)
    assert hearing.party().link.opened_at == LAUNCHED


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_follow_truncated_link_says_what_to_do(clock: time_machine.Traveller, cut: int) -> None:
    path = link_path(a_hearing().party().link).rstrip("/")[:-cut]

    response = Client().get(path + "/")

    assert response.status_code == 404
    assert reverse("link_code") in response.content.decode()


def test_follow_link_with_a_full_stop_glued_to_it_opens(clock: time_machine.Traveller) -> None:
    path = link_path(a_hearing().party().link).rstrip("/")

    assert Client().get(path + "./").status_code == 200


def test_follow_link_made_anew_and_out_of_use_says_so_to_its_holder_only(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    link = hearing.party().link
    old = link_path(link)
    correct_address(hearing.party(), email="ny@part.example", stop_old_link=True, actor=OFFICER, now=LAUNCHED)
    assert Client().get(old).status_code == 410
    link.refresh_from_db()
    out_of_use(link, LAUNCHED)
    assert Client().get(link_path(link)).status_code == 410
    assert Client().get(link_path(link)[:-10] + "AAAAAAAAA/").status_code == 404


def test_use_link_after_it_was_made_anew_is_refused_in_an_open_browser(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    correct_address(hearing.party(), email="ny@part.example", stop_old_link=True, actor=OFFICER, now=LAUNCHED)

    assert client.get(url("reply", hearing)).status_code == 403


def test_use_token_of_another_offices_link_is_unknown(clock: time_machine.Traveller) -> None:
    own, foreign = a_hearing().party().link, a_hearing().party().link
    token = link_path(foreign).split("/")[3]

    assert Client().get(f"/l/{own.public_id}/{token}/").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_open_page_of_another_party_with_own_link_is_refused(clock: time_machine.Traveller, name: str) -> None:
    hearing, elsewhere = a_hearing(), a_hearing()
    client = holder_of(hearing, 1)

    assert client.get(url(name, hearing, 1)).status_code == 200
    assert client.get(url(name, hearing, 2)).status_code == 403
    assert client.post(url(name, hearing, 2), {"text": WORDS}).status_code == 403
    assert client.get(url(name, elsewhere, 1)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_open_page_without_link_is_refused_for_officers_and_strangers(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()
    office = hearing.process.office

    for client in (Client(), officer_of(office), auditor_of(office)):
        assert client.get(url(name, hearing)).status_code == 403


def test_type_code_opens_the_same_page(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    response = Client().post(reverse("link_code"), {"code": typed_code(hearing.party().link).lower()})

    assert response.status_code == 302
    assert response["Location"] == url("reply", hearing)


def test_type_wrong_code_ten_times_shuts_the_door_for_the_right_one_too(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = Client()
    wrong = [client.post(reverse("link_code"), {"code": "7KQ4-M2XD-9RTB"}).status_code for _ in range(10)]
    right = {"code": typed_code(hearing.party().link)}

    assert wrong == [422] * 10
    assert client.post(reverse("link_code"), right).status_code == 429
    clock.move_to(LAUNCHED + timedelta(hours=1))
    assert client.post(reverse("link_code"), right).status_code == 302


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_overview_tells_deadline_who_reads_and_what_is_published(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    hearing.process.is_public = True
    hearing.process.save(update_fields=["is_public"])

    page = holder_of(hearing).get(url("reply", hearing)).content.decode()

    assert "Friday 29 March 2019 at 12:00" in page
    assert "reads your answer" in page
    assert "after the deadline" in page
    assert hearing.process.office.reply_to in page
    assert "No date of erasure has been set yet" in page


def test_read_pages_changes_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    entries = AuditEntry.objects.count()

    for name in PAGES:
        client.get(url(name, hearing))
        client.head(url(name, hearing))

    assert AuditEntry.objects.count() == entries
    assert not Answer.objects.exists()


def test_fetch_file_of_another_party_is_not_found(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    upload = SimpleUploadedFile("bilag.txt", b"Bilag\n")
    holder_of(hearing, 1).post(url("reply_write", hearing, 1), {"do": "send", "attachments": upload})
    file = Answer.objects.get().files.get().file

    own = holder_of(hearing, 1).get(url("reply_file", hearing, 1, file.public_id))
    other = holder_of(hearing, 2).get(url("reply_file", hearing, 2, file.public_id))

    assert b"".join(own.streaming_content) == b"Bilag\n"  # type: ignore[attr-defined]
    assert other.status_code == 404


@pytest.mark.parametrize("sections", [3, 30])
def test_read_write_page_costs_the_same_for_three_and_for_thirty_sections(
    clock: time_machine.Traveller, django_assert_num_queries: object, sections: int
) -> None:
    hearing = a_hearing(sections=sections)
    client = holder_of(hearing)
    client.get(url("reply_write", hearing))
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(url("reply_write", hearing))


# ── Writing ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_save_draft_keeps_text_comments_and_file_and_does_not_send(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {
        "do": "save",
        "version": "0",
        "text": WORDS,
        comment(hearing): "Afsnit 1 er for kort.",
        "signed_by": "Formanden",
        "attachments": [SimpleUploadedFile("a.txt", b"A\n"), SimpleUploadedFile("b.txt", b"B\n")],
    }

    saved = client.post(url("reply_write", hearing), given)
    page = client.get(saved["Location"]).content.decode()

    assert saved.status_code == 302
    assert "There is something to correct" not in page
    for words in (WORDS, "Afsnit 1 er for kort.", "Formanden", "a.txt", "b.txt", "The draft is saved"):
        assert words in page
    assert Answer.objects.get().state == AnswerState.DRAFT
    assert hearing.party().state == InvitationState.INVITED


def test_remove_file_keeps_the_words_typed_since(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.post(
        url("reply_write", hearing), {"do": "save", "attachments": SimpleUploadedFile("a.txt", b"A\n"), "text": ""}
    )
    draft = Answer.objects.get()
    removal = f"remove-{draft.files.get().file.public_id}"

    client.post(url("reply_write", hearing), {"do": removal, "version": draft.version, "text": WORDS})

    draft.refresh_from_db()
    assert draft.text == WORDS
    assert not draft.files.exists()


def test_save_draft_a_colleague_has_changed_shows_both_texts_and_loses_neither(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    one, other = holder_of(hearing), holder_of(hearing)
    one.post(url("reply_write", hearing), {"do": "save", "version": "0", "text": "Den enes tekst"})

    refused = other.post(url("reply_write", hearing), {"do": "save", "version": "0", "text": "Den andens tekst"})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Den enes tekst" in page
    assert "Den andens tekst" in page
    draft = Answer.objects.get()
    assert draft.text == "Den enes tekst"
    assert f'name="version" value="{draft.version}"' in page
    merged = {"do": "save", "version": draft.version, "text": "Begges tekst"}
    assert other.post(url("reply_write", hearing), merged).status_code == 302


def test_send_with_lost_session_gives_the_typed_words_back(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.session.flush()

    response = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    assert response.status_code == 403
    assert WORDS in response.content.decode()


@pytest.mark.parametrize("do", ["save", "send"])
def test_attach_file_that_is_something_else_is_named_and_the_words_are_kept(
    clock: time_machine.Traveller, do: str
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {
        "do": do,
        "version": "0",
        "text": WORDS,
        comment(hearing): "Til afsnit 1",
        "attachments": [
            SimpleUploadedFile("svar.pdf", b"MZ this is a program"),
            SimpleUploadedFile("bilag.txt", b"Bilag\n"),
        ],
    }

    refused = client.post(url("reply_write", hearing), given)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "svar.pdf" in page
    assert "not a file of the kind its name says" in page
    assert WORDS in page
    assert "Til afsnit 1" in page
    draft = Answer.objects.get()
    assert (draft.state, draft.text) == (AnswerState.DRAFT, WORDS)
    assert draft.files.get().file.name == "bilag.txt"


def test_send_answer_shows_receipt_with_number_and_the_text_sent(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {"do": "send", "version": "0", "text": WORDS, comment(hearing): "Til afsnit 1", "key": "k1"}

    sent = client.post(url("reply_write", hearing), given)
    receipt = client.get(sent["Location"]).content.decode()

    answer = Answer.objects.get()
    assert answer.receipt_number in receipt
    for words in (WORDS, "Til afsnit 1", "The answer was received before the deadline"):
        assert words in receipt
    assert len(hearing.mails("hearing_receipt")) == 1


def test_send_answer_twice_gives_the_same_receipt(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    def press() -> str:
        upload = SimpleUploadedFile("bilag.txt", b"Bilag\n")
        given = {"do": "send", "version": "0", "text": WORDS, "key": "k1", "attachments": upload}
        return client.post(url("reply_write", hearing), given)["Location"]

    assert press() == press()
    assert Answer.objects.count() == 1
    assert len(hearing.mails("hearing_receipt")) == 1


def test_send_empty_answer_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    refused = holder_of(hearing).post(url("reply_write", hearing), {"do": "send", "version": "0", "text": " "})

    assert refused.status_code == 422
    assert "The answer is empty" in refused.content.decode()


def test_say_no_remarks_takes_one_press_and_leaves_drafted_words_out(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {"do": "save", "version": "0", "text": WORDS, comment(hearing): "Til afsnit 1"}
    client.post(url("reply_write", hearing), given)
    assert "Its text is left out" in client.get(url("reply_none", hearing)).content.decode()
    sent = {"key": "k", "version": Answer.objects.get().version}

    first = client.post(url("reply_none", hearing), sent)
    second = client.post(url("reply_none", hearing), sent)

    assert first["Location"] == second["Location"]
    answer = Answer.objects.get()
    assert (answer.kind, answer.text, answer.comments.count()) == (AnswerKind.NO_REMARKS, "", 0)


def test_replace_answer_before_the_deadline_keeps_the_earlier_version_readable(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Første", "key": "k1"})

    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Andet", "key": "k2"})

    assert "Første" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()
    assert "replaced by a later one" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()
    second = client.get(url("reply_receipt", hearing, 1, 2)).content.decode()
    assert "Andet" in second
    earlier = Answer.objects.get(number=1)
    assert f"It replaces your answer {earlier.receipt_number}, received" in second
    assert "The secretariat deals with all remarks when the deadline has passed." in second


# ── The deadline ──────────────────────────────────────────────────────────────────────────────────────────────
SPRING = (date(2019, 3, 31), datetime(2019, 3, 31, 10, 0, tzinfo=UTC))  # summer time began that night
AUTUMN = (date(2019, 10, 27), datetime(2019, 10, 27, 11, 0, tzinfo=UTC))  # winter time began that night


@pytest.mark.parametrize(("closes_on", "closes_at"), [(date(2019, 3, 29), CLOSES_AT), SPRING, AUTUMN])
@pytest.mark.parametrize(
    ("before", "state", "words"),
    [
        (MICROSECOND, AnswerState.SUBMITTED, "The answer was received before the deadline"),
        (timedelta(0), AnswerState.LATE, "after the deadline"),
    ],
)
def test_send_answer_around_noon_is_judged_to_the_microsecond(
    clock: time_machine.Traveller,
    closes_on: date,
    closes_at: datetime,
    before: timedelta,
    state: str,
    words: str,
) -> None:
    hearing = a_hearing(closes_on=closes_on, clock=time(12))
    clock.move_to(closes_at - timedelta(hours=1))
    client = holder_of(hearing)
    client.get(url("reply_write", hearing))
    clock.move_to(closes_at - before)

    sent = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    answer = Answer.objects.get()
    assert (answer.state, answer.received_at) == (state, closes_at - before)
    assert words in client.get(sent["Location"]).content.decode()


def test_open_overview_after_the_deadline_offers_a_late_answer_in_clear_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT)
    client = holder_of(hearing)

    page = client.get(url("reply", hearing)).content.decode()

    assert "The deadline has passed" in page
    assert "You can still send an answer" in page
    assert "Send the late answer" in client.get(url("reply_write", hearing)).content.decode()


def test_replace_answer_after_the_deadline_is_refused_and_the_words_stand_on_the_page(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT - timedelta(hours=1))
    client = holder_of(hearing)
    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Første"})
    clock.move_to(CLOSES_AT)

    refused = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "For sent ændret"})

    assert refused.status_code == 422
    assert "For sent ændret" in refused.content.decode()
    assert Answer.objects.get().text == "Første"
    assert "Første" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()


# ── Besides answering ─────────────────────────────────────────────────────────────────────────────────────────
def test_forward_to_colleague_sends_the_link_there(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    given = {"email": "kollega@kommune.example", "name": "Karin", "note": "Tager du den?", "key": "k"}

    with outbox.without_hints():
        done = holder_of(hearing).post(url("reply_forward", hearing), given)

    assert done.status_code == 302
    assert Forward.objects.get().to_email == "kollega@kommune.example"
    assert hearing.mails("hearing_forwarded")[0].to_address == "kollega@kommune.example"


@pytest.mark.parametrize("email", ["", "kollega", "a@b", "to@a.dk, tre@b.dk", "navn med rum@a.dk", "æble@a.dk"])
def test_forward_to_impossible_address_is_refused(clock: time_machine.Traveller, email: str) -> None:
    hearing = a_hearing()

    refused = holder_of(hearing).post(url("reply_forward", hearing), {"email": email, "note": "Tager du den?"})

    assert refused.status_code == 422
    assert "Tager du den?" in refused.content.decode()
    assert not Forward.objects.exists()


def test_claim_from_a_shared_mailbox_has_a_page_and_moves_mail_there(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    assert url("reply_claim", hearing) in client.get(url("reply", hearing)).content.decode()
    done = client.post(url("reply_claim", hearing), {"email": "mads@kommune.example", "name": "Mads"})

    assert done.status_code == 302
    assert Forward.objects.get().is_claim
    page = client.get(url("reply", hearing)).content.decode()
    assert "Mads (mads@kommune.example) has had the task since" in page
    told = [(mail.kind, mail.to_address) for mail in OutgoingMail.objects.order_by("id")][-2:]
    assert told == [("hearing_forwarded", "mads@kommune.example"), ("hearing_passed_on", "part1@example.dk")]


def test_forward_to_the_address_it_already_has_is_refused_and_keeps_the_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    given = {"email": "PART1@example.dk", "note": "Tager du den?"}
    refused = holder_of(hearing).post(url("reply_forward", hearing), given)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "The task is with part1@example.dk already" in page
    assert "Tager du den?" in page
    assert not Forward.objects.exists()


def test_forward_a_sixth_time_in_a_day_names_the_offices_telephone(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    Office.objects.update(telephone="57 00 00 00")
    client = holder_of(hearing)
    answers = [
        client.post(url("reply_forward", hearing), {"email": f"nr{number}@example.dk", "note": "Tager du den?"})
        for number in range(1, 7)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    page = answers[-1].content.decode()
    assert "Call us if it has to go on today: 57 00 00 00." in page
    assert "Tager du den?" in page
    assert "nr6@example.dk" in page
    told = [mail.to_address for mail in hearing.mails("hearing_passed_on")]
    assert told.count("part1@example.dk") == 5, "the party's own mailbox hears of each"

    clock.shift(timedelta(days=1))
    assert client.post(url("reply_forward", hearing), {"email": "nr6@example.dk"}).status_code == 302


def test_take_back_while_its_new_holder_writes_keeps_draft_and_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    mailbox, holder = holder_of(hearing), holder_of(hearing)
    mailbox.post(url("reply_forward", hearing), {"email": "karin@kommune.example", "name": "Karin"})
    holder.post(url("reply_write", hearing), {"text": "Første afsnit", "do": "save"})
    take_back_url = url("reply_take_back", hearing, 1, Forward.objects.get().public_id)

    looked = mailbox.get(take_back_url).content.decode()
    assert Forward.objects.get().ended_at is None, "looking changes nothing"
    assert "a mail with a new link and a new code goes to part1@example.dk, and to nobody else" in looked
    done = mailbox.post(take_back_url, {"key": "k"})
    late = holder.post(url("reply_write", hearing), {"text": WORDS, "do": "send"})

    assert done.status_code == 200
    assert "A new link is on its way to part1@example.dk" in done.content.decode()
    page = late.content.decode()
    assert late.status_code == 403
    assert "The task was taken back by part1@example.dk on" in page
    assert WORDS in page
    party = hearing.party()
    assert (party.email, party.answers.get().text) == ("part1@example.dk", "Første afsnit")
    assert mailbox.get(url("reply", hearing)).status_code == 403
    assert AuditEntry.objects.filter(verb="take_back").count() == 1
    assert "Første afsnit" in holder_of(hearing).get(url("reply_write", hearing)).content.decode()


def test_take_back_twice_says_that_it_is_not_with_them_any_more(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    client = holder_of(hearing)
    take_back_url = url("reply_take_back", hearing, 1, Forward.objects.get().public_id)
    correct_address(hearing.party(), email="ny@example.dk", actor=OFFICER, now=LAUNCHED)

    refused = client.post(take_back_url)

    assert refused.status_code == 409
    assert "The task is not with them any more" in refused.content.decode()


def test_follow_old_link_after_the_task_was_taken_back_says_by_whom(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    old = link_path(hearing.party().link)
    made = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    take_back(made, actor=hearing.by_link(), now=LAUNCHED)

    page = Client().get(old)

    assert page.status_code == 410
    assert "The task was taken back by part1@example.dk on" in page.content.decode()


def test_take_back_of_the_second_hop_leaves_the_first_in_force(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    first = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    second = forward(hearing.party(), to_email="b@example.dk", actor=hearing.by_link(), now=LAUNCHED)

    take_back(second, actor=hearing.by_link(), now=LAUNCHED)

    assert hearing.party().email == "a@example.dk"
    told = sorted(mail.to_address for mail in hearing.mails("hearing_taken_back"))
    assert told == ["a@example.dk", "part1@example.dk"], "where it is now, and the party's own mailbox"
    take_back(first, actor=hearing.by_link(), now=LAUNCHED)
    assert hearing.party().email == "part1@example.dk"


def test_promise_a_day_shows_it_and_a_past_day_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    refused = client.post(url("reply_promise", hearing), {"promised_on": "28/02/2019"})
    done = client.post(url("reply_promise", hearing), {"promised_on": "20/03/2019"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Wednesday 20 March 2019" in client.get(url("reply", hearing)).content.decode()


def test_promise_a_day_after_the_deadline_is_told_to_be_a_wish_and_that_the_deadline_stands(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    told = client.post(url("reply_promise", hearing), {"promised_on": "05/04/2019"}, follow=True).content.decode()
    later = client.get(url("reply", hearing)).content.decode()

    still = "The present deadline, Friday 29 March 2019 at 12:00, holds until the secretariat has answered you."
    assert "Noted: you answer" not in told
    assert f"Noted as a wish: you would like to answer on Friday 5 April 2019. {still}" in told
    assert "You have asked to answer on Friday 5 April 2019" in later
    assert still in later


def test_decline_is_told_and_leaves_the_way_to_answer_open(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    done = client.post(url("reply_decline", hearing), {"reason": "Spørg handicaprådet"})
    page = client.get(url("reply", hearing)).content.decode()
    sent = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    assert (done.status_code, sent.status_code) == (302, 302)
    assert "You may still do so" in page
    assert hearing.party().state == InvitationState.ANSWERED


def test_read_forward_page_names_the_mailboxes_that_are_told_also_when_it_is_passed_on_again(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client, own = holder_of(hearing), hearing.party().email

    first = client.get(url("reply_forward", hearing)).content.decode()
    client.post(url("reply_forward", hearing), {"email": "karin@kommune.example", "name": "Karin"})
    again = client.get(url("reply_forward", hearing)).content.decode()
    told = {mail.to_address for mail in hearing.mails("hearing_passed_on")}

    assert f"goes to: {own}. Your link stays valid." in first
    assert told == {own}
    assert f"goes to: {', '.join(sorted([own, 'karin@kommune.example']))}. Your link stays valid." in again
