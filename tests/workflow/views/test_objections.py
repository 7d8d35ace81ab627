"""The way of an objection: sent on the body's page, a task of the office, holding what it holds, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from tests.workflow.agreements import in_submission, officer_of, request_to
from tests.workflow.test_corrections import changed, corrected
from tests.workflow.test_objections import WORDS, answered, objected
from tests.workflow.views.consequences import reader_of, words_of
from tests.workflow.views.councils import NOW, decision_url
from tests.workflow.views.visitors import a_member, holder_of, signed_in
from workflow.models import ApprovalRequest, Objection, Process
from workflow.queries.processes import live_stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]

LATER = NOW + timedelta(days=1)


def an_objection(process: Process, **changes: Any) -> dict[str, Any]:
    """What a council secretary fills in to object."""
    newest = process.bundles.filter(put_forward_at__isnull=False).latest("number")
    values = {
        "bundle": newest.sha256,
        "text": WORDS,
        "signer_name": "Bodil Holm",
        "signer_position": "byrådssekretær",
        "key": "k1",
    }
    return {**values, **changes}


@time_machine.travel(LATER, tick=False)
def test_object_on_the_page_holds_the_submission_until_the_office_answers_it() -> None:
    process = in_submission(NOW)
    corrected(process, NOW + timedelta(hours=1))
    request = request_to(process, "council-1")
    body, officer = holder_of(request.link), reader_of(process)

    before = words_of(body.get(decision_url(request)).content)
    sent = body.post(decision_url(request, "decision_objection"), an_objection(process), follow=True)
    objection = Objection.objects.get()
    desk = words_of(officer.get(reverse("home")).content)
    url = reverse("objection", args=[process.public_id, objection.public_id])
    stage = live_stage(process, "submission")
    held = words_of(officer.get(reverse("stage", args=[process.public_id, stage.public_id])).content)
    package = officer.post(
        reverse("package_new", args=[process.public_id, stage.public_id]),
        {"is_provisional": "on", "reason": "Det haster meget", "key": "k3"},
    )
    board = words_of(officer.get(reverse("approvals", args=[process.public_id, request.stage.public_id])).content)
    front = words_of(officer.get(reverse("process", args=[process.public_id])).content)
    page = words_of(officer.get(url).content)
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        done = officer.post(url, {"answer": "Det er en slåfejl.", "key": "k2"}, follow=True)
    after = words_of(body.get(decision_url(request)).content)

    assert "Gør indsigelse mod rettelsen" in before
    assert "Indsigelsen er modtaget." in words_of(sent.content)
    assert "Gør indsigelse mod rettelsen" not in words_of(sent.content), "once"
    assert objection.by_label == "Bodil Holm, byrådssekretær (Byråd 1)"
    assert "Byråd 1 har gjort indsigelse mod rettelsen i version 2. Besvar den" in desk
    assert "Byråd 1 har gjort indsigelse mod rettelsen i version 2." in held
    for shown in (board, front):
        assert "Byråd 1 gør indsigelse mod rettelsen i version 2" in shown
    assert package.status_code == 409
    assert "Besvar den først" in words_of(package.content)
    assert WORDS in page
    assert "En indsigelse er afgjort: 1 modtager" in page
    assert "Får ikke besked om rettelsen" not in page
    assert "Indsigelsen er besvaret. 1 mail er på vej." in words_of(done.content)
    assert "Det er en slåfejl." in after
    assert "har gjort indsigelse" not in words_of(officer.get(reverse("home")).content)
    assert OutgoingMail.objects.filter(kind="objection_settled").count() == 1


@time_machine.travel(LATER, tick=False)
def test_object_on_the_page_without_words_or_name_gives_back_what_was_written() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")

    page = holder_of(request.link).post(
        decision_url(request, "decision_objection"), an_objection(process, signer_name="")
    )

    assert page.status_code == 422
    assert WORDS in words_of(page.content)
    assert not Objection.objects.exists()


@time_machine.travel(LATER, tick=False)
def test_object_on_the_page_after_the_text_was_changed_says_why_not_and_keeps_the_words() -> None:
    process = in_submission(NOW)
    corrected(process, NOW + timedelta(hours=1))
    request = request_to(process, "council-1")
    given = an_objection(process)
    changed(process, LATER)

    opened = holder_of(request.link).get(decision_url(request, "decision"))
    page = holder_of(request.link).post(decision_url(request, "decision_objection"), given)

    for shown in (opened, page):
        assert "I skal ikke foretage jer noget" not in words_of(shown.content), "the corrected text counts no more"
    assert page.status_code == 422
    assert "Der kan ikke længere gøres indsigelse mod en rettelse" in words_of(page.content)
    assert WORDS in words_of(page.content)


@time_machine.travel(LATER, tick=False)
def test_object_as_a_member_of_the_body_needs_no_name() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")
    client = signed_in(a_member(process.office, request.body))
    given = an_objection(process, signer_name="", signer_position="")

    client.post(reverse("decision_objection_member", args=[request.public_id]), given)

    assert Objection.objects.get().by_label == "Mette Medlem"


@time_machine.travel(LATER, tick=False)
def test_record_objection_on_behalf_keeps_the_mail_and_shows_it_to_whoever_answers() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")
    client = reader_of(process)
    at = [process.public_id, request.public_id]
    url = reverse("objection_on_behalf", args=at)

    offered = client.get(reverse("approval", args=at)).content.decode()
    page = words_of(client.get(url).content)
    mail = SimpleUploadedFile("mail.txt", b"Vi er uenige.\n", content_type="text/plain")
    given = an_objection(process, received_on="01/03/2019", received_clock="08.30", source=mail)
    done = client.post(url, given, follow=True)
    objection = Objection.objects.get()
    answering = client.get(reverse("objection", args=[process.public_id, objection.public_id])).content.decode()
    file = client.get(reverse("approval_file", args=[*at, objection.source.public_id]))

    assert url in offered
    assert "Indtil den er afgjort, træder intet i kraft" in page
    assert "Indsigelsen er registreret" in words_of(done.content)
    assert objection.by_on_behalf_of == "Byråd 1"
    assert "mail.txt" in answering
    assert file.status_code == 200


@time_machine.travel(LATER, tick=False)
def test_answer_objection_with_few_words_or_twice_is_refused_with_the_reason() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    objection = objected(process, LATER)
    client, url = reader_of(process), reverse("objection", args=[process.public_id, objection.public_id])

    short = client.post(url, {"answer": "Nej.", "key": "k1"})
    answered(objection, LATER)
    late = client.post(url, {"answer": "En længere begrundelse", "key": "k2"})

    assert short.status_code == late.status_code == 422
    assert "Indsigelsen er allerede afgjort." in words_of(late.content)


def test_read_page_of_a_body_that_has_no_address_says_that_no_mail_reaches_it() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    objection = objected(process, LATER)
    ApprovalRequest.objects.filter(pk=objection.request_id).update(email="")

    page = reader_of(process).get(reverse("objection", args=[process.public_id, objection.public_id]))

    assert "Organet kan ikke nås pr. mail. Giv selv besked." in words_of(page.content)


@pytest.mark.django_db(transaction=True)
def test_object_to_correction_by_link_or_on_behalf_the_body_gets_one_receipt() -> None:
    process = in_submission(NOW)
    corrected(process, LATER)
    officer = officer_of(process).acting_for("Byråd 2")

    for _press in range(2):
        objected(process, LATER, key="k")
    objected(process, LATER, "council-2", actor=officer)
    with delivery.recording():
        delivery.deliver(LATER, delivery.clock_from(LATER))

    receipts = OutgoingMail.objects.filter(kind="objection_receipt").order_by("id")
    own, on_behalf = (mail.text_sent for mail in receipts)
    assert "indsigelse mod rettelsen i version 2" in own
    assert "på jeres vegne" not in own
    assert "på jeres vegne" in on_behalf
