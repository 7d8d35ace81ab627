"""Starting in mid-course by the page, and where what was told stands afterwards: stage, path, public page, package."""

from __future__ import annotations

import json
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.workflow.factories import (
    a_shipped_definition,
    an_office,
    an_officer,
    an_unnamed_officer,
    make_public,
    stage_of,
    the_bodies,
)
from tests.workflow.mid_course_factories import WHY, started_at
from tests.workflow.submission_factories import the_zip
from tests.workflow.views.visitors import an_auditor, signed_in
from workflow.actions.submissions import make_package
from workflow.definitions import shipped, shipped_paths
from workflow.models import Contact, DoneElsewhereFile, Office, Process
from workflow.queries.documents import current_bundle
from workflow.states import StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


@pytest.fixture
def office(now: datetime) -> Office:
    """An office with one body of each kind."""
    office = an_office()
    for number, body in enumerate(the_bodies().values()):
        Contact.objects.create(office=office, body=body, email=f"post@organ-{number}.example")
    return office


def url_of(office: Office, key: str, begins: str, now: datetime) -> str:
    definition = a_shipped_definition(office, key, now)
    return f"{reverse('process_new')}?definition={definition.pk}&begins={begins}"


def told_of(key: str, **changes: str) -> dict[str, Any]:
    """What is written of a stage in the form."""
    return {f"stage_{key}__{part}": words for part, words in {"on": "01/02/2019", "reason": WHY, **changes}.items()}


def a_paper(name: str = "protokol.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Punkt 4. Godkendt.\n")


def test_choose_where_a_process_begins_is_offered_with_every_stage_but_the_first(office: Office, now: datetime) -> None:
    page = signed_in(an_officer(office)).get(url_of(office, "hoering", "", now))

    said = unescape(page.content.decode())
    assert "Er sagen allerede i gang uden for systemet?" in said
    assert [key for key, _title in page.context["beginnings"]] == ["hearing", "report", "published"]
    assert "stage_drafting__on" not in page.context["form"].fields


def test_look_at_a_start_in_mid_course_says_who_is_asked_before_anything_is_written_and_keeps_nothing(
    office: Office, now: datetime
) -> None:
    page = signed_in(an_officer(office)).get(url_of(office, "samarbejdsaftale", "accession", now))

    said = unescape(page.content.decode())
    assert (
        "Angives som gennemført uden for systemet: Udkast, Behandling i styregruppen, Godkendelse i udvalget." in said
    )
    assert "Teksten låses og fremlægges som version 1." in said
    assert "Trinnet begynder med det samme: Tiltrædelse." in said
    assert "Der forberedes en udsendelse til 4 organer" in said
    assert not Process.objects.exists()
    assert not DoneElsewhereFile.objects.exists()


def test_start_process_behind_its_draft_and_committees_keeps_days_papers_and_text(
    office: Office, now: datetime
) -> None:
    client = signed_in(an_officer(office))
    url = url_of(office, "samarbejdsaftale", "accession", now)
    form = {
        "title": "Aftale om hjælpemidler",
        "is_public": "on",
        "begins": "accession",
        "key": "press",
        "parameter_effective_on": "01/07/2029",
        **told_of("drafting", title="Aftalen", words="# 1 Mål\n\nVi samarbejder."),
        **told_of("steering_group"),
        **told_of("committee_approval", on="12/02/2019"),
    }

    def with_files() -> dict[str, Any]:
        papers = {f"stage_{key}__files": a_paper(f"{key}.txt") for key in ("steering_group", "committee_approval")}
        return {**form, **papers, "stage_drafting__annexes": a_paper("Tjekliste.txt")}

    looked = client.post(url, {**with_files(), "do": "look"})
    answer = client.post(url, {**with_files(), "shown": looked.context["look"].shown})

    process = Process.objects.get()
    assert answer["Location"] == reverse("process", args=[process.public_id])
    committee = stage_of(process, "committee_approval")
    assert (committee.state, committee.done_on) == (StageState.COMPLETED, date(2019, 2, 12))
    assert stage_of(process, "accession").state == StageState.OPEN
    bundle = current_bundle(committee.line_id)
    assert bundle is not None
    items = bundle.items.order_by("position").values_list("version__title", "needs_approval")
    assert list(items) == [("Aftalen", True), ("Tjekliste", False)]
    names = DoneElsewhereFile.objects.order_by("id").values_list("file__name", flat=True)
    assert list(names) == ["steering_group.txt", "committee_approval.txt"]


def test_start_process_in_mid_course_without_a_paper_is_refused_and_keeps_every_word_and_file(
    office: Office, now: datetime
) -> None:
    url = url_of(office, "hoering", "report", now)
    form = {"title": "Plan", "begins": "report", "key": "press", **told_of("drafting"), **told_of("hearing")}

    answer = signed_in(an_officer(office)).post(url, {**form, "stage_drafting__files": a_paper("udkast.txt")})

    said = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "»Høring«: Feltet skal udfyldes." in said
    assert said.count(WHY) >= 2
    assert "udkast.txt" in said
    assert not Process.objects.exists()


def test_start_process_in_mid_course_with_a_day_ahead_is_refused_with_the_reason(office: Office, now: datetime) -> None:
    url = url_of(office, "hoering", "hearing", now)
    told = told_of("drafting", on="01/02/2099", words="Teksten")

    answer = signed_in(an_officer(office)).post(url, {"title": "Plan", "begins": "hearing", "key": "press", **told})

    assert answer.status_code == 422
    assert "ligger i fremtiden" in unescape(answer.content.decode())
    assert not Process.objects.exists()


@pytest.mark.parametrize("key", [path.stem for path in shipped_paths()])
def test_read_pages_of_a_process_begun_at_its_last_stage_each_stage_says_its_day_reason_and_papers(
    office: Office, now: datetime, key: str
) -> None:
    process = make_public(started_at(office, key, shipped(key).stages[-1].key, now), now)
    client = signed_in(an_officer(office))

    for stage in process.stages.exclude(done_on=None):
        said = unescape(client.get(reverse("stage", args=[process.public_id, stage.public_id])).content.decode())
        assert "gennemført uden for systemet" in said
        assert WHY in said
        assert "Angivet af Somebody den 1. marts 2019" in said
    path = unescape(client.get(reverse("process", args=[process.public_id])).content.decode())
    public = unescape(client.get(reverse("process_public", args=[process.public_id])).content.decode())
    record = unescape(client.get(reverse("record", args=[process.public_id])).content.decode())
    told = process.stages.exclude(done_on=None).count()
    assert path.count("Gennemført uden for systemet</span>") == told
    assert public.count("Gennemført uden for systemet</span>") == told
    assert WHY not in public
    assert "Gennemført uden for systemet den " in record
    assert WHY in record


def test_fetch_paper_of_a_stage_done_elsewhere_its_readers_get_it_and_another_office_does_not(
    office: Office, now: datetime
) -> None:
    process = started_at(office, "hoering", "report", now)
    paper = DoneElsewhereFile.objects.get().file
    url = reverse("file", args=[process.public_id, paper.public_id])

    read = signed_in(an_auditor(office)).get(url)
    elsewhere = signed_in(an_officer(an_office("midtjylland"), "elsewhere@example.dk")).get(url)

    assert b"".join(read) == b"Godkendt.\n"  # type: ignore[arg-type]
    assert elsewhere.status_code == 404


def test_make_package_of_a_process_begun_in_mid_course_holds_what_was_done_elsewhere(
    office: Office, now: datetime
) -> None:
    process = started_at(office, "sundhedsaftale", "submission", now)

    package = make_package(stage_of(process, "submission"), actor=an_unnamed_officer(), now=now)

    archive = the_zip(package)
    told = json.loads(archive.read("manifest.json"))["done_elsewhere"]
    assert [row["stage"] for row in told][:3] == ["mandate", "drafting", "input"]
    held = {member["sha256"] for member in package.manifest["members"]}
    assert held >= {sha256 for row in told for sha256 in row["files"]}
    [approval] = [row for row in told if row["stage"] == "party_approval"]
    [place] = [name for name in archive.namelist() if name.endswith("/politisk-godkendelse.txt")]
    words = archive.read(place).decode()
    day = date.fromisoformat(approval["done_on"])
    assert f"Gennemført uden for systemet den {day.day}. februar 2019." in words
    assert WHY in words
