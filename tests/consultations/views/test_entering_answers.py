"""The page on which an officer enters an answer: its files, from a form that is refused to the answer recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.models import Answer
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.consultations.views.conftest import officer_of
from workflow.actions.erasure import purge_due
from workflow.models import StoredFile

pytestmark = pytest.mark.django_db

GIVEN = {"road": "paper", "received_on": "01/03/2019", "received_clock": "10.00", "kind": "remarks", "key": "k"}


def address_of(hearing: Hearing) -> str:
    stage, party = hearing.round.stage, hearing.party()
    return reverse("party_answer", args=[hearing.process.public_id, stage.public_id, party.public_id])


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Bilag\n")


def held_in(page: Any) -> str:
    """What the form that came back tells its files by."""
    return str(page.context["form"]["held"].value())


def test_record_answer_on_behalf_with_a_file_chosen_anew_keeps_the_others_but_those_left_out(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    first = {"source": upload("brev.txt"), "attachments": [upload("a.txt"), upload("b.txt"), upload("c.exe")]}
    refused = officer.post(address, {**GIVEN, **first})
    again = {"source": upload("mail.txt"), "attachments": [upload("b.txt"), upload("c.pdf"), upload("d.txt")]}
    unfit = officer.post(address, {**GIVEN, **again, "held": held_in(refused)})
    offered = dict(unfit.context["form"].fields["leave_out"].choices)
    left_out = [held for held, name in offered.items() if name.startswith("a.txt")]
    last = {"attachments": upload("c.txt"), "leave_out": left_out}
    recorded = officer.post(address, {**GIVEN, **last, "held": held_in(unfit)})

    assert "Received already: a.txt, b.txt. What you choose here is added." in refused.content.decode()
    assert "Received already: brev.txt. Choose here only to replace it." in refused.content.decode()
    assert "Received already: a.txt, b.txt, d.txt. What you choose here is added." in unfit.content.decode()
    assert 'name="leave_out"' in unfit.content.decode()
    assert (unfit.status_code, recorded.status_code) == (422, 302)
    answer = Answer.objects.get()
    assert answer.source is not None
    assert answer.source.name == "mail.txt"
    assert [row.file.name for row in answer.files.order_by("position")] == ["b.txt", "d.txt", "c.txt"]
    kept = StoredFile.objects.filter(erase_on=None).values_list("name", flat=True)
    assert sorted(kept) == ["b.txt", "c.txt", "d.txt", "mail.txt"], "the others are erased on their day"


def test_record_answer_on_behalf_with_files_erased_since_they_came_names_them_and_records_nothing(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    first = {"source": upload("brev.txt"), "attachments": [upload("a.txt"), upload("b.txt"), upload("c.txt")]}
    lacking = officer.post(address, {**GIVEN, **first, "received_on": ""})
    ids = {name.split(" ")[0]: held for held, name in lacking.context["form"].fields["leave_out"].choices}
    clock.move_to(LAUNCHED + timedelta(days=8))
    purge_due(LAUNCHED + timedelta(days=8))

    again = {"attachments": upload("c.txt"), "leave_out": ids["b.txt"], "held": held_in(lacking)}
    refused = officer.post(address, {**GIVEN, **again})
    nothing = Answer.objects.exists()
    last = {"source": upload("brev.txt"), "attachments": upload("a.txt"), "held": held_in(refused)}
    recorded = officer.post(address, {**GIVEN, **last})

    assert refused.status_code == 422
    errors = refused.context["form"].errors
    assert errors["source"] == ["No longer kept: brev.txt. Choose again what is missing."]
    assert errors["attachments"] == ["No longer kept: a.txt. Choose again what is missing."]
    assert (nothing, recorded.status_code) == (False, 302)
    answer = Answer.objects.get()
    assert answer.source is not None
    assert [row.file.name for row in answer.files.order_by("position")] == ["c.txt", "a.txt"]


def test_record_answer_on_behalf_with_another_mail_needs_no_more_the_one_that_was_erased(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    lacking = officer.post(address, {**GIVEN, "source": upload("brev.txt"), "received_on": ""})
    purge_due(LAUNCHED + timedelta(days=8))

    recorded = officer.post(address, {**GIVEN, "source": upload("mail.txt"), "held": held_in(lacking)})

    assert recorded.status_code == 302
    assert Answer.objects.get().source == StoredFile.objects.get(name="mail.txt")


def test_record_answer_on_behalf_with_files_told_by_a_broken_signature_says_so_and_records_nothing(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), address_of(hearing)
    words = {**GIVEN, "text": "Vi er enige."}
    lacking = officer.post(address, {**words, "attachments": upload("a.txt"), "received_on": ""})

    refused = officer.post(address, {**words, "held": held_in(lacking) + "x"})
    nothing = Answer.objects.exists()
    recorded = officer.post(address, {**words, "held": held_in(refused)})

    said = "Which files came with the form before can no longer be read. Choose them again."
    assert refused.status_code == 422
    assert [refused.context["form"].errors[name] for name in ("source", "attachments")] == [[said], [said]]
    assert (nothing, recorded.status_code) == (False, 302)
