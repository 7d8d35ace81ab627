"""The case presentation: written once by the secretariat, read by everybody who decides in the stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import in_approval, officer_of, request_to
from tests.workflow.views.consequences import reader_of, words_of
from tests.workflow.views.councils import NOW, decision_url
from tests.workflow.views.visitors import holder_of
from workflow.actions.presentations import write_presentation
from workflow.models import AuditEntry, CasePresentation
from workflow.queries.presentations import words_of_presentation
from workflow.queries.processes import live_stage
from workflow.reports.papers.letters import PRESENTATION
from workflow.reports.papers.registry import DOCX, make_paper
from workflow.rules.overwriting import digest_of_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

WORDS = {
    "abstract": "Rådet skal tage stilling.",
    "presentation": "## Baggrund\n\n- tre mål\n- fire spor",
    "law": "",
    "economy": "| År | Mio. kr. |\n|---|---|\n| 2027 | 12 |",
    "recommendation": "Det indstilles, at aftalen godkendes.",
}


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_write_presentation_stands_in_the_kit_of_a_body_that_has_been_asked_already_and_mails_nobody() -> None:
    process = in_approval(NOW)
    stage = live_stage(process, "approval")
    request = request_to(process, "council-1")
    mails = OutgoingMail.objects.count()
    client = reader_of(process)
    url = reverse("presentation_write", args=[process.public_id, stage.public_id])
    page = client.get(url)

    done = client.post(url, {**WORDS, "seen": page.context["hidden"], "key": "a"})

    assert "Ingen får mail" in words_of(page.content)
    assert done.status_code == 302
    kit = holder_of(request.link).get(decision_url(request, "decision_kit")).content.decode()
    assert "<li><p>tre mål</p></li>" in kit
    assert "<td>2027</td>" in kit
    assert "Det indstilles, at aftalen godkendes." in kit
    assert "[Økonomi" not in kit
    assert "[Lovgrundlag" in kit
    assert url in client.get(reverse("approvals", args=[process.public_id, stage.public_id])).content.decode()
    assert OutgoingMail.objects.count() == mails
    assert AuditEntry.objects.filter(verb="write_presentation").count() == 1
    assert make_paper(PRESENTATION, stage, DOCX).content.startswith(b"PK")


def test_write_presentation_over_a_colleagues_words_is_refused_and_shows_them() -> None:
    process = in_approval(NOW)
    stage = live_stage(process, "approval")
    url = reverse("presentation_write", args=[process.public_id, stage.public_id])
    client = reader_of(process)
    seen = client.get(url).context["hidden"]
    write_presentation(stage, economy="Kollegaens ord", actor=officer_of(process), now=NOW)

    refused = client.post(url, {"economy": "Mine ord", "seen": seen, "key": "a"})

    assert refused.status_code == 409
    assert "Kollegaens ord" in refused.content.decode()
    assert "Mine ord" in refused.content.decode()
    assert CasePresentation.objects.get().economy == "Kollegaens ord"
    again = client.post(url, {"economy": "Mine ord", "seen": refused.context["hidden"], "key": "b"})
    assert again.status_code == 302
    assert CasePresentation.objects.get().economy == "Mine ord"


def test_write_presentation_twice_with_one_key_or_for_a_stage_without_deciders() -> None:
    process = in_approval(NOW)
    stage, actor = live_stage(process, "approval"), officer_of(process)

    for _press in range(2):
        write_presentation(stage, law="Sundhedsloven § 205", actor=actor, now=NOW, key="k")

    assert AuditEntry.objects.filter(verb="write_presentation").count() == 1
    drafting = live_stage(process, "drafting")
    assert code_of(lambda: write_presentation(drafting, law="§", actor=actor, now=NOW)) == "nothing_to_present"
    seen = digest_of_fields(words_of_presentation(stage))
    later = NOW + timedelta(hours=1)
    write_presentation(stage, law="Sundhedsloven § 206", shown_digest=seen, actor=actor, now=later)
    assert CasePresentation.objects.get().changed_at == later
