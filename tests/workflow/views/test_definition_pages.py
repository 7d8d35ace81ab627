"""The kinds of process of an office: loaded, looked at and changed in the administrator's browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.refusals import code_of
from tests.workflow.factories import SMALL, a_definition, a_process, an_actor, an_office
from tests.workflow.views.consequences import NOW, words_of
from tests.workflow.views.test_office_pages import administrator_of
from workflow.actions.definitions import load_definition
from workflow.definitions import parse, shipped_paths
from workflow.models import AuditEntry, Office, ProcessDefinition
from workflow.queries.definitions import newest_definitions
from workflow.reports.definition_changes import changes_between

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

LATER = NOW + timedelta(hours=1)


def looked(client: Client, office: Office, text: str) -> Any:
    return client.post(reverse("definition_load", args=[office.public_id]), {"text": text, "do": "look"})


def pressed(client: Client, office: Office, text: str) -> Any:
    seen = looked(client, office, text).context["look"].shown
    return client.post(reverse("definition_load", args=[office.public_id]), {"text": text, "shown": seen})


@time_machine.travel(NOW, tick=False)
def test_load_definition_after_looking_says_what_is_other_and_new_processes_follow_it() -> None:
    office = an_office()
    first = a_definition(office, NOW - timedelta(days=1))
    process = a_process(office, NOW - timedelta(days=1), SMALL)
    client = administrator_of(office)
    changed = first.source.replace(str(parse(first.source, "").stages[0].title), "Et nyt navn", 1)
    seen = words_of(looked(client, office, changed).content)
    assert ProcessDefinition.objects.count() == 1, "looking keeps nothing"

    done = pressed(client, office, changed)

    newest = newest_definitions([office]).get()
    assert "→ Et nyt navn" in seen
    assert done["Location"] == reverse("definition", args=[office.public_id, newest.public_id])
    assert newest != first
    process.refresh_from_db()
    assert process.definition == first
    assert "→ Et nyt navn" in words_of(client.get(done["Location"]).content)
    board = words_of(client.get(reverse("definitions", args=[office.public_id])).content)
    assert board.count("Nye processer følger den") == 1


@time_machine.travel(NOW, tick=False)
def test_load_definition_with_faults_says_each_by_its_line_and_keeps_the_text() -> None:
    office = an_office()
    wrong = SMALL.replace("stages:", "staves:", 1)

    answer = looked(administrator_of(office), office, wrong)

    words = words_of(answer.content)
    assert "Linje " in words
    assert "staves" in words
    assert "staves:" in answer.content.decode()
    assert not ProcessDefinition.objects.exists()


@time_machine.travel(LATER, tick=False)
def test_load_the_version_before_once_more_makes_it_the_newest() -> None:
    office = an_office()
    first = a_definition(office, NOW - timedelta(days=2))
    second = a_definition(office, NOW - timedelta(days=1), SMALL.replace("da: ", "da: Ny ", 1))
    client = administrator_of(office)

    pressed(client, office, first.source)
    pressed(client, office, first.source)

    assert newest_definitions([office]).get() == first
    assert ProcessDefinition.objects.count() == 2
    page = client.get(reverse("definition", args=[office.public_id, second.public_id]))
    assert page.context["before"] == first, "what came between keeps what it is compared with"
    begun = client.get(reverse("definition_load", args=[office.public_id]), {"from": str(second.public_id)})
    assert begun.context["form"].initial["text"] == second.source
    assert second.public_id != first.public_id
    assert AuditEntry.objects.filter(verb="load_definition", subject_id=first.public_id).count() == 2


def test_load_definition_by_an_officer_or_another_offices_administrator_is_refused() -> None:
    office = an_office()

    refused = code_of(lambda: load_definition(office, SMALL, "a.yaml", actor=an_actor(office), now=NOW))

    assert refused == "not_an_administrator"
    other = administrator_of(an_office(key="anden"))
    assert other.get(reverse("definition_load", args=[office.public_id])).status_code == 404


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("path", shipped_paths(), ids=lambda path: path.stem)
def test_read_each_shipped_definition_shows_its_stages_and_begins_a_change_with_its_text(path: Any) -> None:
    office = an_office()
    row = a_definition(office, NOW, path.read_text(encoding="utf-8"), path.name)
    client = administrator_of(office)

    page = words_of(client.get(reverse("definition", args=[office.public_id, row.public_id])).content)
    begun = client.get(reverse("definition_load", args=[office.public_id]), {"from": str(row.public_id)})

    assert all(str(stage.title) in page for stage in parse(row.source, "").stages)
    assert begun.context["form"].initial["text"] == row.source


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("manual", "automatic"),
        ("14", "21"),
    ],
)
def test_compare_a_definition_with_itself_says_nothing_and_with_another_something(old: str, new: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in shipped_paths()]
    [text, *_others] = [text for text in texts if old in text]
    content = parse(text, "")

    assert changes_between(content, parse(text + "\n# en bemærkning\n", "")) == []
    [first, *_rest] = changes_between(content, parse(text.replace(old, new), ""))
    assert first


@time_machine.travel(NOW, tick=False)
def test_load_the_text_of_a_definition_unchanged_keeps_every_blank_and_changes_nothing() -> None:
    office = an_office()
    text = "\n\n" + SMALL + "# en   bemærkning\n"
    row = a_definition(office, NOW - timedelta(days=1), text)
    client = administrator_of(office)

    done = pressed(client, office, row.source.replace("\n", "\r\n"))

    assert done["Location"] == reverse("definition", args=[office.public_id, row.public_id])
    faulty = looked(client, office, "\n\n\n\n" + SMALL.replace("stages:", "staves:", 1))
    line = SMALL[: SMALL.index("stages:")].count("\n") + 5
    assert f"Linje {line}:" in words_of(faulty.content)
