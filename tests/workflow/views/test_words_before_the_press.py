"""What pages say of a hearing held elsewhere, of what is provisional and of days: true, and before the press."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from consultations.actions.rounds import advice_before_launch
from tests.consultations.factories import LAUNCHED, a_round_in_draft
from tests.consultations.test_provisional import PROVISIONAL, answered_provisionally
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.factories import a_shipped_definition, an_office, an_officer, stage_of, the_bodies
from tests.workflow.mid_course_factories import started_at
from tests.workflow.views.consequences import words_of
from tests.workflow.views.visitors import signed_in
from workflow.actions.rehearsal import Rehearsal
from workflow.models import Contact, Office, Process
from workflow.states import BodyKind
from workflow.views.consequences import told_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

APPS = ("consultations", "workflow", "notifications")
EXAMPLE = "28/12/2026"


@pytest.fixture
def office() -> Office:
    """An office with one body of each kind, each with an address."""
    office = an_office()
    for number, body in enumerate(the_bodies().values()):
        Contact.objects.create(office=office, body=body, email=f"post@organ-{number}.example")
    return office


def test_read_stage_behind_a_hearing_held_elsewhere_claims_nothing_of_its_answers(
    office: Office, now: datetime
) -> None:
    process = started_at(office, "hoering", "report", now)
    stage = stage_of(process, "report")

    page = signed_in(an_officer(office)).get(reverse("stage", args=[process.public_id, stage.public_id]))

    said = words_of(page.content)
    assert "Høringen blev holdt uden for systemet, så høringsparterne kan ikke spørges igen herfra." in said
    assert "Alle bemærkninger er behandlet" not in said
    assert "så svar og bemærkninger fra den kendes ikke her" in said


def test_look_at_a_start_in_mid_course_says_the_deadline_and_that_nobody_is_asked_before_it_is_sent(
    office: Office, now: datetime
) -> None:
    definition = a_shipped_definition(office, "samarbejdsaftale", now)
    url = f"{reverse('process_new')}?definition={definition.pk}&begins=accession"

    said = words_of(signed_in(an_officer(office)).get(url).content)

    assert "Ingen af dem spørges eller får mail, før du har set den igennem og sendt den." in said
    assert "Mailene sendes med det samme" not in said
    assert "Tiltrædelse: Fristen følger af de datoer, der angives i formularen." in said
    assert "Lad feltet stå tomt, hvis teksten skal hedde som forløbet." in said


@time_machine.travel(LAUNCHED, tick=False)
def test_read_receipt_of_a_provisional_answer_names_its_day_and_not_the_deadline() -> None:
    hearing = answered_provisionally(LAUNCHED)
    party = hearing.party(1)
    assert PROVISIONAL.provisional_on == date(2019, 4, 9)

    page = holder_of(hearing, 1).get(reverse("reply_receipt", args=[party.link.public_id, 1]))

    said = words_of(page.content)
    assert "Senest tirsdag den 9. april 2019 angiver I, at det er endeligt" in said
    assert "erstatte svaret indtil fristen" not in said


@time_machine.travel(LAUNCHED, tick=False)
def test_advise_before_launch_of_councils_only_where_one_is_asked() -> None:
    hearing = a_round_in_draft()
    soon = date(2019, 3, 29)
    bodies = the_bodies()
    council = next(body for body in bodies.values() if body.kind == BodyKind.MUNICIPAL_COUNCIL)
    hearing.round.invitations.update(body=None)
    first = hearing.round.invitations.first()
    assert first is not None
    first.body, first.for_information = council, True
    first.save()
    informed = advice_before_launch(hearing.round, soon, None, LAUNCHED)
    first.for_information = False
    first.save()

    asked = advice_before_launch(hearing.round, soon, None, LAUNCHED)

    assert len(asked) == len(informed) + 1
    page = officer_of(hearing.process.office).get(
        reverse("round_status", args=[hearing.process.public_id, hearing.round.address])
    )
    assert page.status_code == 200


def test_read_every_form_and_message_one_example_shows_how_a_day_is_written() -> None:
    root = Path(settings.BASE_DIR)
    sources = [path for app in APPS for path in (root / app).rglob("*.py") if "migrations" not in path.parts]
    catalogues = [path for path in root.rglob("locale/da/LC_MESSAGES/django.po") if ".venv" not in path.parts]
    shown = {
        example
        for path in [*sources, *catalogues]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r'_\("|^ *"|msg', line)
        for example in re.findall(r"\b\d{2}[./]\d{2}[./]\d{4}\b", line)
    }

    assert shown == {EXAMPLE}


@time_machine.travel(LAUNCHED, tick=False)
def test_correct_a_listed_party_to_be_informed_only_is_done_on_its_page_and_back_again() -> None:
    hearing = a_round_in_draft()
    client, party = officer_of(hearing.process.office), hearing.party(1)
    url = reverse("party_correct", args=[hearing.process.public_id, hearing.round.address, party.public_id])
    fields = {"name": party.name, "contact_name": party.contact_name, "email": party.email, "channel": party.channel}

    told = []
    for tick in ({"for_information": "on"}, {}):
        page = client.get(url)
        version = page.content.decode().split('name="version" value="')[1].split('"')[0]
        answer = client.post(url, {**fields, "language": party.language, "version": version, **tick})
        assert answer.status_code == 302, words_of(answer.content)
        party.refresh_from_db()
        told.append(party.for_information)

    assert told == [True, False]
    assert 'name="for_information"' in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("on", "is_said"), [(datetime(2019, 6, 30, 10, tzinfo=UTC), True), (datetime(2019, 6, 28, 10, tzinfo=UTC), False)]
)
def test_told_of_a_deadline_on_a_sunday_says_that_it_is_no_working_day(on: datetime, is_said: bool) -> None:
    rehearsal = Rehearsal(due=(("Fremsendelse", on, "Europe/Copenhagen"),))

    with translation.override("da"):
        happens = told_of(rehearsal, Process(is_public=False)).happens

    assert ("Fremsendelse: den frist falder på en dag, der ikke er en arbejdsdag." in happens) is is_said
