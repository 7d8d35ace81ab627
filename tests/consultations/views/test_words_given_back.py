"""Whatever refuses a form, every field that was sent stands on the page, with a way on."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from consultations.forms.answers import AnswerForm
from consultations.models import Answer
from tests.consultations.factories import CLOSES_AT, MICROSECOND, Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.workflow.factories import an_office
from workflow.links import typed_code

pytestmark = pytest.mark.django_db

OURS = {"origin": "http://testserver"}
REMARK, NOTE, SIGNED = "Vi savner <et> afsnit om ældre.\r\n\r\nOg et om unge.", "Side 2 er fortrolig", "Åse Ørsted"


def write_url(hearing: Hearing) -> str:
    return reverse("reply_write", args=[hearing.party(1).link.public_id])


def comment(hearing: Hearing) -> str:
    return f"comment_{hearing.sections[0].lineage_id.hex}"


def an_answer(hearing: Hearing, **more: Any) -> dict[str, Any]:
    """Every field of an answer, filled in."""
    return {
        "key": "k" * 32,
        "version": "0",
        "do": "send",
        "text": REMARK,
        **{f"comment_{section.lineage_id.hex}": "" for section in hearing.sections},
        comment(hearing): "Afsnittet er uklart",
        "confidential_note": NOTE,
        "signed_by": SIGNED,
        "provisional_on": "",
        **more,
    }


def gives_back(page: str, sent: dict[str, Any]) -> list[str]:
    """The names of the fields whose value does not stand on the page."""
    text = unescape(page.replace("<br>", "\n"))
    return [name for name, value in sent.items() if in_lines(value) not in in_lines(text)]


def in_lines(text: str) -> str:
    """The text with line ends of one kind, also those of HTML."""
    return re.sub(r"\r\n|<br>", "\n", text)


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the form that sends again leads, and its fields as a browser would send them."""
    section = page[page.index('class="panel panel-quiet echo"') :]
    action = re.search(r'action="([^"]+)"', section)
    assert action
    inputs = re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', section)
    inputs += [(name, value) for value, name in re.findall(r'<input[^>]*?value="([^"]*)"[^>]*?name="([^"]+)"', section)]
    areas = re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>\n?(.*?)</textarea>', section, re.DOTALL)
    return unescape(action[1]), {name: unescape(value) for name, value in [*inputs, *areas]}


def test_send_answer_with_all_cookies_gone_gives_every_field_back_and_takes_it_with_the_code(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    sent = an_answer(hearing)
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "da"})

    refused = client.post(write_url(hearing), {**sent, "csrfmiddlewaretoken": "x" * 64}, headers=OURS)

    page = refused.content.decode()
    assert refused.status_code == 403
    assert "Det, der blev skrevet" in page
    with override("da"):
        for name in ("text", "confidential_note", "signed_by"):
            assert str(AnswerForm.base_fields[name].label) in page
    assert "Bemærkninger til et afsnit" in page
    assert gives_back(page, sent) == []
    action, fields = form_of(page)
    fields["code_beside"] = typed_code(hearing.party(1).link)
    done = client.post(action, fields, headers=OURS)
    assert done.status_code == 302, done.content.decode()
    answer = Answer.objects.get()
    assert answer.receipt_number
    assert answer.text == REMARK.replace("\r\n", "\n")
    assert (answer.confidential_note, answer.signed_by) == (NOTE, SIGNED)
    assert answer.comments.get().text == "Afsnittet er uklart"


def test_send_answer_with_all_cookies_gone_and_a_wrong_code_says_so_and_keeps_the_words(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    sent = an_answer(hearing)

    for code, words in (
        ("AAAA-BBBB-CCCC", "belongs to this code"),
        (typed_code(hearing.party(2).link), "another matter"),
    ):
        refused = Client().post(write_url(hearing), {**sent, "code_beside": code})
        page = refused.content.decode()
        assert refused.status_code == 403
        assert words in unescape(page)
        assert gives_back(page, sent) == []
    assert not Answer.objects.exists()


def test_send_answer_from_another_site_shows_the_words_to_copy_and_no_button(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.handler.enforce_csrf_checks = True
    sent = an_answer(hearing)

    refused = client.post(write_url(hearing), sent, headers={"origin": "https://andre.example"})

    page = refused.content.decode()
    assert refused.status_code == 403
    assert "readonly" in page
    assert f'action="{write_url(hearing)}"' not in page
    assert gives_back(page, {name: sent[name] for name in ("text", "confidential_note", "signed_by")}) == []


def test_send_form_with_an_old_token_is_taken_when_it_is_sent_again(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.handler.enforce_csrf_checks = True
    sent = an_answer(hearing)

    refused = client.post(write_url(hearing), sent, headers=OURS)

    assert refused.status_code == 403
    assert gives_back(refused.content.decode(), sent) == []
    action, fields = form_of(refused.content.decode())
    assert client.post(action, fields, headers=OURS).status_code == 302
    assert Answer.objects.get().text == REMARK.replace("\r\n", "\n")


def test_send_form_of_an_officer_whose_cookies_are_gone_is_taken_after_signing_in_elsewhere(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.round.stage.process.office)
    client = Client(enforce_csrf_checks=True)
    at = reverse("round_extend", args=[hearing.round.stage.process.public_id, hearing.round.stage.public_id])
    sent = {"new_on": "12/04/2019", "new_clock": "kl. 12", "reason": "Påsken ligger\nsent i år", "key": "k" * 32}
    shown = re.search(r'name="shown" value="(\w+)"', officer.post(at, sent).content.decode())
    assert shown
    sent |= {"do": "send", "shown": shown[1]}

    refused = client.post(at, sent, headers=OURS)

    page = refused.content.decode()
    assert refused.status_code == 403
    assert "Your login has run out" in page
    assert gives_back(page, sent) == []
    action, fields = form_of(page)
    client.cookies["sessionid"] = officer.cookies["sessionid"].value
    assert client.post(action, fields, headers=OURS).status_code == 302
    hearing.round.refresh_from_db()
    assert hearing.round.closes_at is not None
    assert hearing.round.closes_at.isoformat() == "2019-04-12T10:00:00+00:00"


def test_send_password_with_an_old_token_never_shows_it() -> None:
    client = Client(enforce_csrf_checks=True)

    refused = client.post(
        reverse("account_login"), {"login": "anna@example.dk", "password": "meget-hemmelig"}, headers=OURS
    )

    assert refused.status_code == 403
    assert "meget-hemmelig" not in refused.content.decode()


def test_replace_answer_while_the_deadline_passes_gives_all_fields_back(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT - MICROSECOND)
    client = holder_of(hearing)
    assert client.post(write_url(hearing), an_answer(hearing, text="Første svar")).status_code == 302
    clock.move_to(CLOSES_AT)
    sent = an_answer(hearing, key="n" * 32)

    refused = client.post(write_url(hearing), sent)

    page = refused.content.decode()
    words = {name: value for name, value in sent.items() if name not in ("key", "version", "do")}
    assert gives_back(page, words) == []
    with override("en"):
        for name in ("text", "confidential_note", "signed_by"):
            assert str(AnswerForm.base_fields[name].label) in page
    assert "Remarks to section" in page
    assert Answer.objects.get(receipt_number__gt="").text == "Første svar"


def test_send_more_fields_than_a_form_may_have_is_refused_with_words_and_what_was_read(
    clock: time_machine.Traveller, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
    hearing = a_hearing()
    client = holder_of(hearing)
    many = an_answer(hearing) | {f"odd_{n}": "x" for n in range(40)}

    for as_text in (False, True):
        kind: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"} if as_text else {}
        refused = client.post(write_url(hearing), urlencode(many) if as_text else many, **kind)
        assert refused.status_code == 413
        assert "At most 20 fields" in refused.content.decode()
        assert gives_back(refused.content.decode(), {"text": REMARK, "signed_by": SIGNED}) == []


def test_send_more_files_than_a_form_may_have_is_refused_with_words(
    clock: time_machine.Traveller, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    hearing = a_hearing()
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(4)]

    refused = holder_of(hearing).post(write_url(hearing), an_answer(hearing, attachments=files))

    assert refused.status_code == 413
    assert "At most 3 files" in refused.content.decode()
    assert gives_back(refused.content.decode(), {"text": REMARK, "signed_by": SIGNED}) == []


def test_send_more_text_than_a_form_may_have_is_refused_with_words(
    clock: time_machine.Traveller, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    hearing = a_hearing()
    sent = {"text": REMARK, "signed_by": "x" * 3_000}

    refused = holder_of(hearing).post(write_url(hearing), sent)

    assert refused.status_code == 413
    assert gives_back(refused.content.decode(), {"text": REMARK}) == []


def test_send_an_answer_to_eleven_hundred_sections_with_a_hundred_and_one_files_reaches_the_form(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    files = [SimpleUploadedFile(f"{n}.txt", b"Bilag\n") for n in range(101)]
    many = {f"comment_{n:032x}": "Godt" for n in range(1_100)}

    answered = holder_of(hearing).post(
        write_url(hearing), {**many, **an_answer(hearing, do="save"), "attachments": files}
    )

    assert answered.status_code in (302, 422)


@pytest.fixture
def lost_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the database answers nothing."""

    def gone(self: BaseDatabaseWrapper, *given: Any, **more: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    for name in ("cursor", "ensure_connection"):
        monkeypatch.setattr(BaseDatabaseWrapper, name, gone)


def test_send_answer_with_the_database_gone_gives_every_field_back(
    clock: time_machine.Traveller, request: pytest.FixtureRequest
) -> None:
    hearing = a_hearing()
    client, sent, at = holder_of(hearing), an_answer(hearing), write_url(hearing)
    client.raise_request_exception = False
    request.getfixturevalue("lost_database")

    broken = client.post(at, sent, headers={"accept-language": "da", **OURS})

    page = broken.content.decode()
    assert broken.status_code == 503
    assert "Vores database svarer ikke lige nu" in page
    assert "Det, der blev skrevet" in page
    assert gives_back(page, sent) == []
    action, fields = form_of(page)
    assert action == at
    assert fields["csrfmiddlewaretoken"]


def test_send_answer_while_the_disk_is_full_gives_the_words_back(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    hearing = a_hearing()
    client = holder_of(hearing)
    client.raise_request_exception = False

    def full(*given: Any, **more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", full)
    sent = {"text": REMARK, "signed_by": SIGNED}

    broken = client.post(write_url(hearing), {**sent, "attachments": SimpleUploadedFile("brev.txt", b"Brev\n")})

    assert broken.status_code == 507
    assert "There is no room left on our disk" in broken.content.decode()
    assert gives_back(broken.content.decode(), sent) == []


@pytest.mark.parametrize(
    ("who", "key", "status"),
    [
        ("officer", "k\x00", 400),
        ("auditor", "k", 403),
        ("stranger", "k", 404),
        ("officer", "k", 409),
    ],
)
def test_send_form_that_is_refused_for_any_reason_gives_every_word_back(
    clock: time_machine.Traveller, who: str, key: str, status: int
) -> None:
    hearing = a_hearing()
    office = hearing.round.stage.process.office
    client = auditor_of(office) if who == "auditor" else officer_of(an_office("vest") if who == "stranger" else office)
    at = reverse(
        "party_remove", args=[hearing.process.public_id, hearing.round.stage.public_id, hearing.party().public_id]
    )

    refused = client.post(at, {"reason": "Kan <ikke>\r\nnås", "held_on": "1. marts 2019", "key": key})

    page = refused.content.decode()
    assert refused.status_code == status
    assert gives_back(page, {"reason": "Kan <ikke>\r\nnås", "held_on": "1. marts 2019"}) == []
    assert "readonly" in page, "sending the same again would be refused again"


@pytest.mark.parametrize("version", ["²", "9" * 5_000, "x", "-1"])
def test_send_answer_with_a_version_that_is_no_number_keeps_the_words(
    clock: time_machine.Traveller, version: str
) -> None:
    hearing = a_hearing()
    sent = an_answer(hearing, version=version)

    refused = holder_of(hearing).post(write_url(hearing), sent)

    assert refused.status_code == 400
    assert "cannot be read" in refused.content.decode()
    assert gives_back(refused.content.decode(), {name: sent[name] for name in ("text", "signed_by")}) == []
    assert not Answer.objects.exists()


def test_ask_for_a_name_with_nul_in_it_is_refused_with_words() -> None:
    refused = officer_of(an_office("vest")).get(reverse("bodies") + "?name=%00")

    assert refused.status_code == 400
    assert "We could not read that" in refused.content.decode()
