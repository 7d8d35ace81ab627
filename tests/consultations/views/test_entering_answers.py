"""The page on which an officer enters an answer: its files, from a form that is refused to the answer recorded."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.models import Answer
from tests.consultations.factories import Hearing, a_hearing
from tests.consultations.views.conftest import officer_of
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
