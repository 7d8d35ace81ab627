"""Starting a process: first its kind, then what that kind asks for; whoever may only read is turned away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.workflow.agreements import AGREEMENT
from tests.workflow.factories import an_office, an_officer
from tests.workflow.views.visitors import an_auditor, signed_in
from workflow.actions.bodies import load_bodies
from workflow.actions.definitions import load_definition
from workflow.actors import SYSTEM
from workflow.definitions import shipped_paths
from workflow.models import ApprovalRequest, Body, Contact, Office, Process, ProcessDefinition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


@pytest.fixture
def office(now: datetime) -> Office:
    """An office of a region with every shipped definition, and the bodies of the country."""
    office = an_office()
    load_bodies(actor=SYSTEM, now=now)
    for path in shipped_paths():
        load_definition(office, path.read_text(encoding="utf-8"), path.name, actor=SYSTEM, now=now)
    return office


def url_of(key: str) -> str:
    return f"{reverse('process_new')}?definition={ProcessDefinition.objects.get(key=key).pk}"


def test_choose_kind_shows_every_definition_in_words_and_asks_only_for_its_own_facts(office: Office) -> None:
    client = signed_in(an_officer(office))

    choice = client.get(reverse("process_new")).content.decode()
    agreement = client.get(url_of("samarbejdsaftale")).content.decode()
    hearing = client.get(url_of("national-hearing")).content.decode()

    assert all(f'href="{url_of(path.stem)}"' in choice for path in shipped_paths())
    assert "Sundhedsaftale" in choice
    assert not any(row.sha256[:8] in choice for row in ProcessDefinition.objects.all())
    assert "Ikrafttræden" in agreement
    assert "Ikrafttræden" not in hearing
    assert "Forventet udstedelse" in hearing
    assert "Udstedelse" in hearing  # a stage of the path ahead


def test_choose_kind_shows_the_simplest_first(office: Office) -> None:
    page = signed_in(an_officer(office)).get(reverse("process_new"))

    titles = [choice["title"] for choice in page.context["choices"]]
    assert (titles[0], titles[-1]) == ("Høring", "Sundhedsaftale")


def test_look_at_starting_names_on_the_path_the_very_body_that_gets_the_mail(office: Office) -> None:
    page = signed_in(an_officer(office)).get(url_of("sundhedsaftale"))

    who = {step["who"] for row in page.context["steps"] for step in row}
    committees = {name for name in who if name.startswith("Sundheds")}
    assert committees == set(Body.objects.filter(name__in=committees).values_list("name", flat=True))
    assert any(name in words for name in committees for words in page.context["consequences"][0].happens)


def test_start_process_of_each_kind_leads_to_its_page_once(office: Office) -> None:
    client = signed_in(an_officer(office))
    days = {"parameter_effective_on": "01/07/2029", "parameter_concluded_by": "01/04/2029"}
    given = {"title": "Prøve", **days, "is_public": "on"}

    for path in shipped_paths():
        shown = client.get(url_of(path.stem)).context["look"].shown
        seen = {**given, "key": path.stem, "shown": shown}
        answers = [client.post(url_of(path.stem), seen) for _press in range(2)]
        started = Process.objects.latest("pk")
        assert {answer["Location"] for answer in answers} == {reverse("process", args=[started.public_id])}

    assert Process.objects.count() == len(list(shipped_paths()))
    effective = Process.objects.get(definition__key="samarbejdsaftale").parameters["effective_on"]
    assert effective == date(2029, 7, 1).isoformat()


def test_start_process_whose_first_stage_asks_a_body_names_it_before_the_press_and_keeps_nothing(
    office: Office, now: datetime
) -> None:
    begin = "  - key: drafting\n    kind: drafting"
    reviewed = (
        AGREEMENT.replace("key: agreement", "key: reviewed", 1)
        .replace(
            begin,
            "  - key: plan\n    kind: review\n    title: {da: Plan, en: Plan}\n    after: []\n    actor: committee\n"
            "    bundle: none\n    review:\n      recommendation:\n        key: plan\n"
            "        text: {da: at planen følges, en: that the plan be followed}\n"
            "    gates:\n      - gate: body_decision\n        body: committee\n" + begin,
        )
        .replace(
            "    title: {da: Udkast, en: Drafting}\n    after: []",
            "    title: {da: Udkast, en: Drafting}\n    after: [plan]",
        )
    )
    load_definition(office, reviewed, "reviewed.yaml", actor=SYSTEM, now=now)
    committee = Body.objects.get(name="Sundhedssamarbejdsudvalget i Region Sjælland")
    Contact.objects.create(office=office, body=committee, email="ssu@example.dk", is_primary=True)
    client = signed_in(an_officer(office))

    page = client.get(url_of("reviewed"))
    said = unescape(page.content.decode())
    blind = client.post(url_of("reviewed"), {"title": "Prøve", "key": "k"})

    assert f"Der forberedes en udsendelse til 1 organ ({committee.name})" in said
    assert "Trinnet begynder med det samme: Plan." in said
    assert "Alle kan straks læse titlen og trinnene på den offentlige side." in said
    assert blind.status_code == 422
    assert "Intet bliver offentligt" in blind.content.decode()
    assert not Process.objects.exists()
    assert not ApprovalRequest.objects.exists()


def test_start_process_without_what_it_must_have_says_so_and_keeps_what_was_typed(office: Office) -> None:
    answer = signed_in(an_officer(office)).post(url_of("samarbejdsaftale"), {"title": "Aftale om hjælpemidler"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Aftale om hjælpemidler" in page
    assert "Dette felt er påkrævet." in page
    assert not Process.objects.exists()


def test_start_process_as_auditor_or_of_another_offices_definition_is_refused(office: Office) -> None:
    elsewhere = an_officer(an_office("midtjylland"), email="stranger@example.dk")

    assert signed_in(an_auditor(office)).get(reverse("process_new")).status_code == 403
    page = signed_in(elsewhere).post(url_of("sundhedsaftale"), {"title": "Fremmed"})
    assert "form" not in page.context
    assert not Process.objects.exists()


def test_start_process_whose_approval_is_out_of_reach_says_why_and_keeps_what_was_typed(
    office: Office, now: datetime
) -> None:
    # 103 councils in the country, but 18 in the region: only where the process starts is it known that 40 are too many.
    text = AGREEMENT.replace("key: agreement", "key: many", 1).replace("rule: all", "rule: k_of_n\n      k: 40")
    load_definition(office, text, "many.yaml", actor=SYSTEM, now=now)
    client = signed_in(an_officer(office))
    shown = client.get(url_of("many")).context["look"].shown

    answer = client.post(url_of("many"), {"title": "Prøve på 40", "key": "many", "shown": shown})

    page = unescape(answer.content.decode())
    assert "»Politisk godkendelse« ville aldrig kunne afsluttes." in page
    assert "Der kræves 40 godkendelser, og der kan højst nås 18." in page
    assert 'value="Prøve på 40"' in page
    assert not Process.objects.exists()


def test_start_process_from_a_page_that_was_open_when_a_newer_version_came_goes_on_with_that_one(
    office: Office, now: datetime
) -> None:
    first = load_definition(office, AGREEMENT, "a.yaml", actor=SYSTEM, now=now)
    client = signed_in(an_officer(office))
    newer = load_definition(
        office,
        AGREEMENT.replace("da: Udkast", "da: Første udkast"),
        "a.yaml",
        actor=SYSTEM,
        now=now + timedelta(hours=1),
    )

    held = client.post(f"{reverse('process_new')}?definition={first.pk}", {"title": "Skrevet titel", "key": "k"})

    assert held.status_code == 422
    assert held.context["definition"] == newer
    assert "Skrevet titel" in held.content.decode()
