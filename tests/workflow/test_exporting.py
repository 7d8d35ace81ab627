"""What is stored of a person is handed out whole: everything that erasing would take is in it, and no secret."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.workflow.agreements import a_file, decide, in_approval, request_to
from tests.workflow.erasure_factories import EMAIL, NAME, anna_everywhere
from tests.workflow.factories import a_body, an_office
from workflow.actions.erasure import erase_person
from workflow.actions.erasure.files import FilesDecided
from workflow.actions.exporting import export_person
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Contact, Decision, Office, Process, User
from workflow.rules import Refused
from workflow.states import Verb

pytestmark = pytest.mark.django_db
OF_SIGNING_IN = {"sessions.Session", "mfa.Authenticator"}


def exported(subject: User | Contact | str, now: datetime, **changes: Any) -> tuple[dict[str, Any], zipfile.ZipFile]:
    file = io.BytesIO()
    export_person(subject, to=file, actor=SYSTEM, now=now, **changes)
    archive = zipfile.ZipFile(file)
    return json.loads(archive.read("person.json")), archive


def everything() -> dict[tuple[str, str], str]:
    """Every row of every table, by table and key."""
    return {
        (model._meta.label, str(row["pk"])): str(row)
        for model in apps.get_models()
        if model._meta.managed
        for row in model._base_manager.annotate().values("pk", *[f.attname for f in model._meta.concrete_fields])
    }


@pytest.mark.parametrize("subject", ["account", "address"])
def test_walk_what_erasing_a_person_changes_all_of_it_had_been_handed_out(now: datetime, subject: str) -> None:
    _process, anna = anna_everywhere(an_office(), now)
    Office.objects.update(contact_person=NAME)
    Process.objects.update(title=f"Sag om {NAME}")
    who = anna if subject == "account" else EMAIL
    tables, _archive = exported(who, now)
    before = everything()

    erase_person(who, reason="Bedt om det", files=FilesDecided(erase_others=True), actor=SYSTEM, now=now)

    after = everything()
    touched = {key for key, row in before.items() if after.get(key) != row}
    keys = {label: model._meta.pk.attname for model in apps.get_models() if (label := model._meta.label)}
    given = {(label, str(row[keys[label]])) for label, rows in tables.items() for row in rows}
    assert {key for key in touched if key[0] not in OF_SIGNING_IN} <= given
    assert {"workflow.User", "workflow.Contact", "workflow.Decision", "workflow.AuditDetail"} <= set(tables)


def test_export_person_holds_words_and_files_and_no_secret_and_is_recorded(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, text="Godkendt efter aftale.", minutes=a_file(process.office, now, "referat.txt"))
    email = request_to(process, "council-1").email
    decision = Decision.objects.get(text="Godkendt efter aftale.")

    tables, archive = exported(email, now)

    [row] = tables["workflow.Decision"]
    assert row["text"] == "Godkendt efter aftale."
    assert row["found_by"] == ["deed"]
    assert not {"salts", "password", "salt"} & {name for rows in tables.values() for one in rows for name in one}
    assert all(salt not in str(tables) for salt in decision.salts.values())
    [name] = [name for name in archive.namelist() if name.startswith("files/")]
    assert name.endswith("-referat.txt")
    assert archive.read(name) == b"Godkendt.\n"
    assert "referat.txt" in archive.read("index.txt").decode()
    entry = AuditEntry.objects.get(verb=Verb.EXPORT_PERSON)
    assert (entry.codes["counts"]["workflow.Decision"], entry.codes["files"]) == (1, 1)
    assert email not in str(entry.codes)


def test_export_person_in_one_office_holds_nothing_of_another(now: datetime) -> None:
    ours, theirs, body = an_office("sjaelland"), an_office("hovedstaden"), a_body()
    for office in (ours, theirs):
        Contact.objects.create(office=office, body=body, email=EMAIL)

    tables, _archive = exported(EMAIL, now, office=ours)

    assert [row["office_id"] for row in tables["workflow.Contact"]] == [ours.pk]


@pytest.mark.parametrize("address", ["nobody@roskilde.example", "sekretariatet@sjaelland.example"])
def test_export_person_unknown_or_of_the_office_itself_is_refused(now: datetime, address: str) -> None:
    office = an_office("sjaelland")
    Contact.objects.create(office=office, body=a_body(), email=office.reply_to)

    with pytest.raises(Refused) as refused:
        export_person(address, to=io.BytesIO(), actor=SYSTEM, now=now)

    assert refused.value.refusal.code in ("person_unknown", "office_mailbox")
    assert not AuditEntry.objects.filter(verb=Verb.EXPORT_PERSON).exists()


def test_export_person_by_command_writes_the_file_once_and_none_when_refused(now: datetime, tmp_path: Path) -> None:
    anna_everywhere(an_office(), now)
    path, said = tmp_path / "anna.zip", StringIO()

    call_command("export_person", EMAIL, to=path, stdout=said)
    assert NAME in zipfile.ZipFile(path).read("person.json").decode()
    assert "anna.zip" in said.getvalue()
    with pytest.raises(CommandError, match="findes allerede"):
        call_command("export_person", EMAIL, to=path)
    with pytest.raises(CommandError):
        call_command("export_person", "nobody@roskilde.example", to=tmp_path / "nobody.zip")
    with pytest.raises(CommandError, match="kan ikke skrives"):
        call_command("export_person", EMAIL, to=tmp_path / "nowhere" / "a.zip")
    assert [one.name for one in tmp_path.iterdir()] == ["anna.zip"]
