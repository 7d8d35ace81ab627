"""A body's page after its text was corrected: both versions, what differs, and which of them a decision names."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import a_locked_bundle, a_working_set, decide, in_approval, officer_of, request_to
from tests.workflow.factories import make_public
from tests.workflow.test_corrections import corrected
from tests.workflow.views.consequences import reader_of, words_of
from tests.workflow.views.councils import NOW, decision_url
from tests.workflow.views.visitors import a_decision, holder_of
from workflow.actions.processes import suspend_process
from workflow.actions.publication import publish
from workflow.models import ApprovalRequest, Decision
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, PublicThing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]

LATER = NOW + timedelta(days=1)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left


def test_read_page_of_a_body_that_is_asked_shows_both_versions_and_what_differs() -> None:
    process = in_approval(NOW)
    first = request_to(process, "council-1").bundle
    second = corrected(process, LATER)
    request = request_to(process, "council-1")

    page = holder_of(request.link).get(decision_url(request)).content.decode()

    said = words_of(page.encode())
    assert "Siden fredag den 1. marts 2019 er det version 2, der gælder." in said
    assert "Flertal." in said
    assert "hvad enten den er truffet om version 1 eller om version 2." in said
    assert "Forskellen mellem version 1 og version 2" in said
    assert "</del>" in page
    assert "udgået: borgeren" in said
    assert "tilføjet: borgerne" in said
    assert "Hver part sit." not in said.split("Papirerne")[0], "what is the same is not shown"
    for bundle in (first, second):
        version = bundle.items.get().version
        url = decision_url(request, "decision_document", version.public_id)
        assert url in page
        assert holder_of(request.link).get(url).status_code == 200


def test_read_page_of_a_body_that_has_decided_says_that_nothing_need_be_done() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")

    said = words_of(holder_of(request.link).get(decision_url(request)).content)

    assert "I skal ikke foretage jer noget. Jeres beslutning om version 1 står ved magt." in said
    assert "tilføjet: borgerne" in said


def test_read_page_after_a_material_change_or_none_shows_no_correction() -> None:
    process = in_approval(NOW)
    before = request_to(process, "council-1")
    pages = [holder_of(before.link).get(decision_url(before)).content.decode()]
    a_locked_bundle(process, LATER, text="# 1 Andet\n", change=ChangeKind.MATERIAL)
    after = request_to(process, "council-1")
    pages += [holder_of(each.link).get(decision_url(each)).content.decode() for each in (before, after)]

    assert not [page for page in pages if "Teksten er rettet" in page]
    assert "der er en nyere version" in words_of(pages[1].encode()).lower()


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("number", [1, 2])
def test_record_decision_on_the_page_names_the_version_it_was_made_on(number: int) -> None:
    process = in_approval(NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")
    named = process.bundles.get(number=number)
    client = holder_of(request.link)

    page = client.get(decision_url(request)).content
    asked_which = words_of(page)
    done = client.post(decision_url(request), a_decision(request.link, bundle=named.sha256))

    assert "Hvilken version har kommunalbestyrelsen truffet beslutning om?" in asked_which
    assert len(re.findall(r"<input(?=[^>]*type=.radio.)(?=[^>]*name=.bundle.)", page.decode())) == 2
    assert done.status_code == 302
    assert Decision.objects.get(body__key="council-1").bundle == named
    assert f"Version {number}" in words_of(client.get(decision_url(request)).content).split("Besluttet om")[1][:30]


@time_machine.travel(LATER, tick=False)
def test_record_decision_on_behalf_names_the_version_it_was_made_on() -> None:
    process = in_approval(NOW)
    corrected(process, LATER)
    request = request_to(process, "council-1")
    client = reader_of(process)
    url = reverse("decision_on_behalf", args=[process.public_id, request.public_id])
    first = process.bundles.get(number=1)
    given = a_decision(request.link, bundle=first.sha256, received_on="01.03.2019", received_clock="09.00")

    page = words_of(client.get(url).content)
    done = client.post(url, given)

    assert "Version 1, før rettelsen" in page
    assert done.status_code == 302
    assert Decision.objects.get(body__key="council-1").bundle == first


@time_machine.travel(LATER, tick=False)
def test_record_decision_in_a_form_opened_before_the_correction_counts_on_what_it_showed() -> None:
    process = in_approval(NOW)
    request = request_to(process, "council-1")
    given = a_decision(request.link)
    corrected(process, LATER)

    done = holder_of(request.link).post(decision_url(request), given)

    assert done.status_code == 302
    assert Decision.objects.get(body__key="council-1").bundle.number == 1


def test_read_page_of_a_corrected_text_in_a_suspended_process_shows_it_all_the_same() -> None:
    process = in_approval(NOW)
    corrected(process, LATER)
    suspend_process(process, reason="Vi holder pause", actor=officer_of(process), now=LATER + HOUR)
    request = request_to(process, "council-1")

    assert "Teksten er rettet" in words_of(holder_of(request.link).get(decision_url(request)).content)


@time_machine.travel(LATER, tick=False)
def test_put_forward_page_says_who_is_told_of_a_correction_and_who_gets_no_mail() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW)
    ApprovalRequest.objects.filter(body__key="council-1").update(email="")
    bundle = a_working_set(process, NOW, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)

    page = reader_of(process).get(reverse("bundle_put_forward", args=[process.public_id, bundle.public_id]))

    said = words_of(page.content).split("Hvis det er: Redaktionel")[1]
    assert "Besked om, at teksten er rettet, med begge versioner og ret til indsigelse: 3 modtagere" in said
    council = request_to(process, "council-1").body.name
    assert f"fordi der ikke er en adresse, som virker: 1 organ ({council})" in said


# ── Given to version N ────────────────────────────────────────────────────────────────────────────────────────
@time_machine.travel(LATER, tick=False)
def test_read_pages_after_a_material_change_say_to_which_version_a_completed_review_was_given() -> None:
    process = in_approval(NOW)
    make_public(process, NOW)
    review = live_stage(process, "review")
    publish(
        process,
        PublicThing.DECISION,
        [request_to(process, "committee", "review").decisions.get().public_id],
        actor=officer_of(process),
        now=NOW,
    )
    at, client = [process.public_id, review.public_id], reader_of(process)
    urls = {
        "board": reverse("approvals", args=at),
        "stage": reverse("stage", args=at),
        "process": reverse("process", args=at[:1]),
        "public": reverse("process_public", args=at[:1]),
    }
    before = {name for name, url in urls.items() if "Givet til version" in words_of(client.get(url).content)}

    a_locked_bundle(process, LATER, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    after = {name for name, url in urls.items() if "Givet til version 1" in words_of(client.get(url).content)}
    assert (before, after) == (set(), set(urls))


@time_machine.travel(LATER, tick=False)
def test_read_board_after_a_correction_says_which_approvals_were_given_to_the_version_before() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW)
    corrected(process, LATER)
    decide(process, "council-1", LATER)
    stage = live_stage(process, "approval")

    said = words_of(reader_of(process).get(reverse("approvals", args=[process.public_id, stage.public_id])).content)

    assert said.count("Gælder; givet til version 1, før den blev rettet") == 1
    assert re.search(r"Regionsrådet\b.{0,60}Godkendt\s+Gælder; givet til version 1, før den blev rettet", said)
