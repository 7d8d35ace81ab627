"""The page on which an officer enters an answer: its files, from a form that is refused to the answer recorded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.models import Answer
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing, make_hearing_public
from tests.consultations.views.conftest import officer_of
from tests.uploads import names_received_in, received_in, token_of
from workflow.models import StoredFile
from workflow.states import Channel

pytestmark = pytest.mark.django_db

GIVEN = {"road": "paper", "received_on": "01/03/2019", "received_clock": "10.00", "kind": "remarks", "key": "k"}


def address_of(hearing: Hearing) -> str:
    stage, party = hearing.round.stage, hearing.party()
    return reverse("party_answer", args=[hearing.process.public_id, stage.public_id, party.public_id])


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Bilag\n")


def test_record_answer_on_behalf_with_a_file_chosen_anew_keeps_the_others_but_those_left_out(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    first = {"source": upload("brev.txt"), "attachments": [upload("a.txt"), upload("b.txt"), upload("c.exe")]}
    refused = officer.post(address, {**GIVEN, **first})
    again = {"source": upload("mail.txt"), "attachments": [upload("b.txt"), upload("c.pdf"), upload("d.txt")]}
    unfit = officer.post(address, {**GIVEN, **again, **received_in(refused)})
    last = {"attachments": upload("c.txt"), "attachments-leave-out": token_of(unfit, "a.txt")}
    recorded = officer.post(address, {**GIVEN, **received_in(unfit), **last})

    assert names_received_in(refused) == ["brev.txt", "a.txt", "b.txt"]
    assert names_received_in(unfit) == ["mail.txt", "a.txt", "b.txt", "d.txt"]
    assert "c.pdf” is not a file of the kind its name says" in str(unfit.context["form"].errors["attachments"])
    assert (unfit.status_code, recorded.status_code) == (422, 302)
    answer = Answer.objects.get()
    assert answer.source is not None
    assert answer.source.name == "mail.txt"
    assert [row.file.name for row in answer.files.order_by("position")] == ["b.txt", "d.txt", "c.txt"]
    kept = StoredFile.objects.values_list("name", flat=True)
    assert sorted(kept) == ["b.txt", "c.txt", "d.txt", "mail.txt"], "the others were never kept"


def test_record_answer_on_behalf_with_files_no_longer_here_names_them_and_records_nothing(
    clock: time_machine.Traveller, media: Path
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    first = {"source": upload("brev.txt"), "attachments": [upload("a.txt"), upload("b.txt"), upload("c.txt")]}
    lacking = officer.post(address, {**GIVEN, **first, "received_on": ""})
    shutil.rmtree(media / "incoming")

    again = {"attachments": upload("c.txt"), "attachments-leave-out": token_of(lacking, "b.txt")}
    refused = officer.post(address, {**GIVEN, **received_in(lacking), **again})
    nothing = Answer.objects.exists()
    last = {"source": upload("brev.txt"), "attachments": upload("a.txt"), **received_in(refused)}
    recorded = officer.post(address, {**GIVEN, **last})

    assert refused.status_code == 422
    errors = refused.context["form"].errors
    assert errors["source"] == ["“brev.txt” is no longer here. Choose it again."]
    assert errors["attachments"] == ["“a.txt” is no longer here. Choose it again."]
    assert (nothing, recorded.status_code) == (False, 302)
    answer = Answer.objects.get()
    assert answer.source is not None
    assert [row.file.name for row in answer.files.order_by("position")] == ["c.txt", "a.txt"]


def test_record_answer_on_behalf_with_another_mail_needs_no_more_the_one_that_is_no_longer_here(
    clock: time_machine.Traveller, media: Path
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    lacking = officer.post(address, {**GIVEN, "source": upload("brev.txt"), "received_on": ""})
    shutil.rmtree(media / "incoming")

    recorded = officer.post(address, {**GIVEN, "source": upload("mail.txt"), **received_in(lacking)})

    assert recorded.status_code == 302
    assert Answer.objects.get().source == StoredFile.objects.get(name="mail.txt")


def test_record_answer_on_behalf_with_files_told_by_a_broken_signature_says_so_and_records_nothing(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    words = {**GIVEN, "text": "Vi er enige."}
    lacking = officer.post(address, {**words, "attachments": upload("a.txt"), "received_on": ""})
    [token] = received_in(lacking)["attachments-received"]

    refused = officer.post(address, {**words, "attachments-received": token + "x"})
    nothing = Answer.objects.exists()
    recorded = officer.post(address, {**words, **received_in(refused)})

    said = "A file that came with the form before is no longer here. Choose it again."
    assert refused.status_code == 422
    assert refused.context["form"].errors["attachments"] == [said]
    assert (nothing, recorded.status_code) == (False, 302)


def words_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_read_page_that_records_an_answer_says_who_gets_the_receipt_and_that_nothing_is_deleted(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=2)
    make_hearing_public(hearing)
    officer, address = officer_of(hearing.process.office), address_of(hearing)

    by_mail = words_of(officer.get(address))
    hearing.round.invitations.update(channel=Channel.PAPER)
    on_paper = words_of(officer.get(address))
    hearing.round.invitations.update(channel=Channel.EMAIL, reply_by_at=LAUNCHED)
    too_late = words_of(officer.get(address))

    assert (
        "A receipt goes to part1@example.dk at once. By the link in it the answer can be read and replaced." in by_mail
    )
    assert "A replacement is in time until" in by_mail
    assert "After the deadline everyone can see that the party has answered. Words and files are not shown." in by_mail
    assert "The party is reminded no more." in by_mail
    assert "The answer cannot be deleted." in by_mail
    assert "Nobody gets a mail: the party is not reached by mail." in on_paper
    assert "A receipt goes to" not in on_paper
    assert "The deadline has passed: a replacement is late" in too_late
