"""A revised agreement is a process of its own that names the one before it."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.refusals import code_of
from tests.workflow.agreements import officer_of
from tests.workflow.factories import a_shipped_definition, an_office, an_officer
from tests.workflow.sub_agreements import AFTER, a_sub_agreement, in_force, join, question_to, with_the_parties
from tests.workflow.views.councils import decision_url
from tests.workflow.views.visitors import holder_of, signed_in
from workflow.actions.milestones import record_milestone
from workflow.actions.processes import abandon_process
from workflow.models import Process, ProcessDefinition
from workflow.queries.joining import agreements_to_revise
from workflow.queries.processes import live_stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


def the_definition() -> ProcessDefinition:
    return ProcessDefinition.objects.get(key="samarbejdsaftale")


@time_machine.travel(AFTER, tick=False)
def test_start_process_as_the_revision_of_an_earlier_agreement_names_it_on_its_pages() -> None:
    earlier = in_force()
    client = signed_in(an_officer(earlier.office))
    url = f"{reverse('process_new')}?definition={the_definition().pk}"
    page = client.get(url)
    values = {
        "definition": the_definition().pk,
        "title": "Samarbejdsaftale om IV-behandling II",
        "linked_to": earlier.pk,
        "parameter_effective_on": "01/03/2021",
        "shown": page.context["look"].shown,
        "do": "send",
        "key": "k",
    }

    answer = client.post(reverse("process_new"), values, follow=True)

    assert "Revision af" in page.content.decode()
    assert "Når den nye aftale træder i kraft, kan ingen længere tiltræde den tidligere." in page.content.decode()
    assert Process.objects.latest("id").linked_to == earlier
    assert f"Revision af {earlier.case_number}" in answer.content.decode()


@time_machine.travel(AFTER, tick=False)
def test_start_process_of_a_kind_that_nobody_joins_or_the_first_of_its_kind_asks_for_no_earlier_one() -> None:
    earlier = in_force()
    hearing = a_shipped_definition(earlier.office, "hoering", AFTER)
    client = signed_in(an_officer(earlier.office))

    page = client.get(f"{reverse('process_new')}?definition={hearing.pk}").content.decode()
    abandon_process(earlier, reason="Aftalen er opsagt af parterne.", actor=officer_of(earlier), now=AFTER)

    assert "Revision af" not in page
    assert list(agreements_to_revise(the_definition())) == []


def test_start_process_as_the_revision_of_another_offices_agreement_is_refused() -> None:
    earlier = in_force()
    other = an_office("nordjylland")

    assert code_of(lambda: a_sub_agreement(other, AFTER, linked_to=earlier)) == "linked_elsewhere"


@time_machine.travel(AFTER, tick=False)
def test_read_page_of_whoever_declined_after_the_revision_is_in_force_names_it_and_shows_no_form() -> None:
    earlier = in_force()
    revised = with_the_parties(a_sub_agreement(earlier.office, AFTER, linked_to=earlier, title="Aftale II"), AFTER)
    for body in ("region", "council-1", "council-2"):
        join(revised, body, AFTER)
    record_milestone(live_stage(revised, "in_force"), happened_on=AFTER.date(), actor=officer_of(earlier), now=AFTER)
    request = question_to(earlier, "council-2")

    page = holder_of(request.link).get(decision_url(request)).content.decode()

    assert "Aftalen er afløst af" in page
    assert "»Aftale II«" in page
    assert 'name="outcome"' not in page
