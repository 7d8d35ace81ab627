"""What cannot be, as people meet it on a page: the Danish words they read, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from celery import Celery, current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.beat import sweeps
from config.celery import HintTask
from consultations.actions.rounds import close_due_rounds
from consultations.models import Answer
from consultations.states import AnswerState, RoundState
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    MICROSECOND,
    Hearing,
    a_hearing,
    a_round_in_draft,
)
from tests.consultations.views.conftest import holder_of, officer_of
from tests.notifications.factories import possible_doubles
from tests.racing import Beside, held, wait_until_somebody_waits
from tests.servers import MailSink, free_port
from tests.workflow.factories import an_officer, out_of_use
from workflow.links import link_path, typed_code

WORDS = "Vi savner et afsnit om ældre."


@pytest.fixture(autouse=True)
def in_danish(demo: None, settings: Any) -> None:
    """People read Danish."""
    settings.LANGUAGE_CODE = "da"


def of_round(name: str, hearing: Hearing, *more: object) -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])


def of_party(name: str, hearing: Hearing, number: int = 1, *more: object) -> str:
    return reverse(name, args=[hearing.party(number).link.public_id, *more])


def words(response: Any) -> str:
    return str(response.content.decode())


def mail_log(hearing: Hearing) -> str:
    """What an officer reads of the process's mails."""
    page = officer_of(hearing.process.office).get(reverse("process_mails", args=[hearing.process.public_id]))
    return words(page)


def sweep_mail(now: datetime) -> int:
    return sweeps()["deliver_mail"].run(now)


# ── What stands around is down ────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def redis_down(settings: Any) -> Iterator[str]:
    """Queue and cache of the product, at a port where nobody listens."""
    url = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {**settings.REDIS_CACHE, "LOCATION": url}}
    before = current_app._get_current_object()
    queue = Celery("samraad", task_cls=HintTask, broker=url)
    queue.conf.update(
        task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY, broker_transport_options=settings.REDIS_QUEUE
    )
    queue.set_current()
    yield url
    before.set_current()


@pytest.mark.django_db(transaction=True)
def test_launch_round_with_redis_down_answers_as_ever_and_the_sweep_sends_each_mail_once(
    clock: time_machine.Traveller, redis_down: str, smtp: MailSink, caplog: pytest.LogCaptureFixture
) -> None:
    hearing = a_round_in_draft(parties=5)
    email = an_officer(hearing.process.office, "sekretaer@example.dk").email
    officer = Client()

    signed_in = officer.post(reverse("account_login"), {"login": email, "password": "secret-password"})
    launched = officer.post(
        of_round("round_launch", hearing),
        {"closes_on": CLOSES_ON.isoformat(), "clock": "12:00", "shown": f"{CLOSES_ON.isoformat()} 12:00"},
        follow=True,
    )

    assert signed_in.status_code == 302
    assert launched.status_code == 200
    assert "Høringen er sendt. Mailene er på vej." in words(launched)
    assert "the queue is away" in caplog.text
    assert hearing.reread().state == RoundState.OPEN
    assert [mail.state for mail in hearing.mails("hearing_invitation")] == [MailState.QUEUED] * 5
    assert mail_log(hearing).count("I kø") == 5

    for seconds in range(0, 60, 10):
        sweep_mail(LAUNCHED + timedelta(seconds=seconds))

    assert sorted(to for [to] in smtp.recipients) == [f"part{number}@example.dk" for number in range(1, 6)]
    assert possible_doubles() == 0


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("refused", "Mailserveren afviste forbindelsen."),
        ("451", "Mailserveren tager ikke imod mailen lige nu. Serveren svarede: »451 "),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_send_answer_while_smtp_is_down_for_an_hour_keeps_it_and_the_receipt_arrives_once(
    clock: time_machine.Traveller, smtp: MailSink, settings: Any, how: str, why: str
) -> None:
    hearing = a_hearing(parties=1)
    sweep_mail(LAUNCHED)
    assert len(smtp.messages) == 1  # the invitation
    port = settings.EMAIL_PORT
    if how == "refused":
        settings.EMAIL_PORT = free_port()
    smtp.down = True
    party = holder_of(hearing)

    sent = party.post(of_party("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS}, follow=True)

    assert sent.status_code == 200
    for shown in (
        "Vi har modtaget jeres svar",
        "Svaret er modtaget inden fristen.",
        WORDS,
        Answer.objects.get().receipt_number,
    ):
        assert shown in words(sent)
    for minute in range(60):
        sweep_mail(LAUNCHED + timedelta(minutes=minute))
    assert len(smtp.messages) == 1
    log = mail_log(hearing)
    assert "I kø" in log
    assert f"Ikke sendt endnu; der prøves igen. {why}" in log
    assert "Error" not in log
    assert Answer.objects.get().state == AnswerState.SUBMITTED

    settings.EMAIL_PORT, smtp.down = port, False
    for minute in range(60, 130):
        sweep_mail(LAUNCHED + timedelta(minutes=minute))

    assert [to for [to] in smtp.recipients] == ["part1@example.dk"] * 2
    receipt = smtp.messages[1].get_body(("plain",))
    assert receipt is not None
    assert Answer.objects.get().receipt_number in receipt.get_content()
    assert "Ikke sendt endnu" not in mail_log(hearing)
    assert possible_doubles() == 0


@pytest.mark.django_db(transaction=True)
def test_open_database_copied_to_another_installation_mails_nobody_and_the_mail_log_says_what_to_do(
    clock: time_machine.Traveller, smtp: MailSink, settings: Any
) -> None:
    hearing = a_hearing(parties=3)
    settings.INSTALLATION_ID = str(uuid4())

    assert sweep_mail(LAUNCHED) == 0

    assert smtp.messages == []
    every_mail = officer_of(hearing.process.office).get(reverse("mail_log"))
    for page in (mail_log(hearing), words(every_mail)):
        assert "Mails holdes tilbage" in page
        assert "Databasen kommer fra en anden installation" in page
        assert "3 mails venter." in page
        assert "release_hold" in page
    settings.INSTALLATION_ID = ""
    assert "Installationen har ingen identitet (INSTALLATION_ID)" in mail_log(hearing)


def test_read_mail_log_while_mail_may_leave_says_nothing_of_holding(clock: time_machine.Traveller, db: None) -> None:
    assert "Mails holdes tilbage" not in mail_log(a_hearing())


# ── The deadline ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_send_answer_that_waits_for_a_lock_across_noon_is_in_time_and_gets_its_receipt(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=1)
    just_before, just_after = CLOSES_AT - MICROSECOND, CLOSES_AT + timedelta(seconds=30)
    clock.move_to(just_before)
    party = holder_of(hearing)

    with held(hearing.party()):
        sending = Beside(
            lambda: party.post(of_party("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})
        )
        wait_until_somebody_waits()
        clock.move_to(just_after)
        assert Beside(lambda: close_due_rounds(just_after)).done() == 1
        assert not Answer.objects.exists()
    sent = sending.done()
    receipt = party.get(sent["Location"])

    answer = Answer.objects.get()
    assert (answer.state, answer.received_at) == (AnswerState.SUBMITTED, just_before)
    assert hearing.reread().state == RoundState.CLOSED
    assert "Vi har modtaget jeres svar" in words(receipt)
    assert "Svaret er modtaget inden fristen." in words(receipt)
    assert len(hearing.mails("hearing_receipt")) == 1


SUMMER_BEGINS = (date(2019, 3, 31), datetime(2019, 3, 31, 10, 0, tzinfo=UTC))  # that night
WINTER_BEGINS = (date(2019, 10, 27), datetime(2019, 10, 27, 11, 0, tzinfo=UTC))  # that night
IN_TIME = "Svaret er modtaget inden fristen."
LATE = "Det kom efter fristen. Sekretariatet afgør, om det tæller"


@pytest.mark.parametrize(("closes_on", "closes_at"), [SUMMER_BEGINS, WINTER_BEGINS])
@pytest.mark.parametrize(("before", "said"), [(MICROSECOND, IN_TIME), (timedelta(0), LATE)])
@pytest.mark.django_db
def test_send_answer_at_noon_of_the_day_the_clock_changed_says_whether_it_came_in_time(
    clock: time_machine.Traveller, closes_on: date, closes_at: datetime, before: timedelta, said: str
) -> None:
    hearing = a_hearing(closes_on=closes_on, clock=time(12))
    clock.move_to(closes_at - before)

    sent = holder_of(hearing).post(
        of_party("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS}, follow=True
    )

    assert said in words(sent)
    assert Answer.objects.get().received_at == closes_at - before


@pytest.mark.django_db
def test_send_answer_twice_shows_one_receipt(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=1)
    party = holder_of(hearing)
    form = {"do": "send", "version": "0", "text": WORDS, "key": "et-tryk"}

    pages = [words(party.post(of_party("reply_write", hearing), form, follow=True)) for _press in range(2)]

    answer = Answer.objects.get()
    for page in pages:
        assert "Vi har modtaget jeres svar" in page
        assert answer.receipt_number in page
    assert len(hearing.mails("hearing_receipt")) == 1


# ── Links and codes ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("cut", [1, 5, 20])
@pytest.mark.django_db
def test_follow_truncated_link_says_it_cannot_be_opened_and_asks_for_the_code(
    clock: time_machine.Traveller, cut: int
) -> None:
    response = Client().get(link_path(a_hearing().party().link).rstrip("/")[:-cut] + "/")

    assert response.status_code == 404
    assert "Linket kan ikke åbnes" in words(response)
    assert reverse("link_code") in words(response)


@pytest.mark.django_db
def test_follow_link_out_of_use_says_it_is_no_longer_in_use_and_whom_to_write_to(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    link = hearing.party().link
    out_of_use(link, LAUNCHED)

    response = Client().get(link_path(link))

    assert response.status_code == 410
    assert "Linket er ikke længere i brug" in words(response)
    assert hearing.process.office.reply_to in words(response)


@pytest.mark.django_db
def test_send_answer_to_another_partys_page_says_to_open_it_from_the_own_mail(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    response = holder_of(hearing, 1).post(of_party("reply_write", hearing, 2), {"do": "send", "text": WORDS})

    assert response.status_code == 403
    assert "Siden åbnes fra jeres mail" in words(response)
    assert WORDS in words(response)  # to be copied
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_follow_link_with_the_token_of_another_offices_link_says_it_cannot_be_opened(
    clock: time_machine.Traveller,
) -> None:
    own, foreign = a_hearing().party().link, a_hearing().party().link

    response = Client().get(f"/l/{own.public_id}/{link_path(foreign).split('/')[3]}/")

    assert response.status_code == 404
    assert "Linket kan ikke åbnes" in words(response)


@pytest.mark.django_db
def test_type_wrong_code_ten_times_says_to_wait_an_hour(clock: time_machine.Traveller) -> None:
    code = typed_code(a_hearing().party().link)
    client = Client()

    wrong = [client.post(reverse("link_code"), {"code": "7KQ4-M2XD-9RTB"}) for _attempt in range(10)]
    right = client.post(reverse("link_code"), {"code": code})

    assert {response.status_code for response in wrong} == {422}
    assert right.status_code == 429
    assert "Der er kommet for mange forkerte koder herfra. Vent en time" in words(right)


# ── What is filled in ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_attach_file_that_is_not_what_its_name_says_names_it_and_keeps_the_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    upload = SimpleUploadedFile("svar.pdf", b"MZ this is a program")

    refused = holder_of(hearing).post(
        of_party("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS, "attachments": upload}
    )

    assert refused.status_code == 422
    assert "»svar.pdf« er ikke en fil af den type, navnet siger" in words(refused)
    assert WORDS in words(refused)
    assert Answer.objects.get().state == AnswerState.DRAFT


@pytest.mark.django_db
def test_add_party_with_impossible_address_says_how_one_looks_and_keeps_what_was_typed(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft()
    given = {"name": "Danske Patienter", "email": "hoering.patienter.dk", "channel": "email", "language": "da"}

    refused = officer_of(hearing.process.office).post(of_round("round_parties", hearing), given)

    assert refused.status_code == 422
    assert "Mailadressen skal se ud som navn@example.dk." in words(refused)
    assert "hoering.patienter.dk" in words(refused)
    assert hearing.round.invitations.count() == 3


@pytest.mark.parametrize(
    ("parties", "closes_on", "said"),
    [
        (0, CLOSES_ON, "Høringslisten er tom. Tilføj mindst én høringspart før udsendelsen."),
        (3, date(2019, 2, 28), "Fristen er allerede udløbet. Vælg en senere dag."),
    ],
)
@pytest.mark.django_db
def test_launch_round_to_nobody_or_with_a_deadline_in_the_past_says_so_and_sends_nothing(
    clock: time_machine.Traveller, parties: int, closes_on: date, said: str
) -> None:
    hearing = a_round_in_draft(parties=parties)
    day = closes_on.isoformat()
    given = {"closes_on": day, "clock": "12:00", "shown": f"{day} 12:00", "reason": "Aftalt med parterne"}

    refused = officer_of(hearing.process.office).post(of_round("round_launch", hearing), given)

    assert refused.status_code == 422
    assert said in words(refused)
    assert hearing.reread().state == RoundState.DRAFT
    assert hearing.mails("hearing_invitation") == []
