"""The page on which an officer takes a list of contacts in: seen first, written by a press, nothing typed lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.uploads import names_received_in, received_in
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body, an_office, an_officer
from tests.workflow.views.visitors import an_auditor, signed_in
from workflow.models import Body, Contact, Membership, Office, User
from workflow.states import BodyKind, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "english")]


@pytest.fixture
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def office() -> Office:
    office = an_office()
    for name in ("FOA", "KL", "Danske Patienter"):
        a_body(BodyKind.ORGANISATION, name)
    a_contact(office, Body.objects.get(name="FOA"), email="gammel@foa.example")
    return office


@pytest.fixture
def officer(office: Office) -> Client:
    return signed_in(an_officer(office))


def url(office: Office) -> str:
    return reverse("contacts_import", args=[office.public_id])


def look(officer: Client, office: Office, text: str = "", **more: Any) -> Any:
    return officer.post(url(office), {"text": text, "do": "look", "key": "k1"} | more)


def write(officer: Client, office: Office, shown: Any, **changes: Any) -> Any:
    """Press the button of a page that was shown, as it stands."""
    form = shown.context["form"]
    facts = {"text": form["text"].value(), "as_read": form["as_read"].value() or ""}
    given = {**facts, "do": "write", "shown": shown.context["plan"].digest, "key": shown.context["key"], **changes}
    return officer.post(url(office), given)


def addresses() -> set[tuple[str, str]]:
    return set(Contact.objects.values_list("body__name", "email"))


TEXT = "Navn;E-mail\nFOA;ny@foa.example\nKL;kl@kl.example\nUkendt;u@u.example\nDanske Patienter;ingen"


def test_take_list_in_shows_each_line_then_writes_the_right_ones_and_gives_the_wrong_ones_back(
    office: Office, officer: Client
) -> None:
    shown = look(officer, office, TEXT)
    words = shown.content.decode()
    before = addresses()

    done = write(officer, office, shown)
    left = done.context["form"]["text"].value()
    again = write(officer, office, shown)
    mended = look(officer, office, left.replace("Ukendt;u@u.example\n", "").replace("ingen", "dp@dp.example"), key="k2")
    last = write(officer, office, mended)

    assert before == {("FOA", "gammel@foa.example")}
    assert [(row["name"], row["fate"], row["was"]) for row in shown.context["rows"]] == [
        ("FOA", "Is changed", "instead of gammel@foa.example"),
        ("KL", "Contact is made", ""),
    ]
    assert "No body is called “Ukendt”." in words
    assert "Nothing is done with 2 lines." in words
    assert "Take in the 2 right lines" in words
    assert "Nobody gets a mail." in words
    assert left == "Navn;E-mail\nUkendt;u@u.example\nDanske Patienter;ingen"
    assert "1 contact is made. 1 contact has been changed." in done.content.decode()
    assert "No body is called “Ukendt”." in done.content.decode()
    assert again.context["form"]["text"].value() == left, "the second of two presses shows what the first one showed"
    assert (last.status_code, last["Location"]) == (302, reverse("bodies"))
    assert addresses() == {
        ("FOA", "ny@foa.example"),
        ("KL", "kl@kl.example"),
        ("Danske Patienter", "dp@dp.example"),
    }


def an_xlsx(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    book, written = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(written)
    return SimpleUploadedFile("kontakter.xlsx", written.getvalue())


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_choose_file_puts_its_rows_in_the_field_and_another_takes_their_place_while_they_stand_as_read(
    office: Office, officer: Client, media: None, kind: str
) -> None:
    content = "Navn;E-mail\r\nKL;kl@kl.example\r\nÆldre Sagen;post@ae.example\r\n".encode("cp1252")
    rows = (("Navn", "E-mail"), ("KL", "kl@kl.example"), ("Ældre Sagen", "post@ae.example"))
    file = an_xlsx(*rows) if kind == "xlsx" else SimpleUploadedFile("kontakter.csv", content)

    shown = look(officer, office, file=file)
    as_read = shown.context["form"]["as_read"].value()
    text = shown.context["form"]["text"].value()
    other = look(officer, office, text, as_read=as_read, file=an_xlsx(("FOA", "ny@foa.example")))
    mended = look(officer, office, text + "x", as_read=as_read, file=an_xlsx(("FOA", "ny@foa.example")))
    write(officer, office, shown)

    assert "kontakter." + kind in shown.content.decode()
    assert "Ældre Sagen" in text
    assert names_received_in(shown) == []
    assert [line.name for line in other.context["plan"].lines] == ["FOA"]
    assert mended.status_code == 422
    assert "There is a list in the field already." in mended.content.decode()
    assert mended.context["form"]["text"].value() == text + "x"
    assert names_received_in(mended) == ["kontakter.xlsx"]
    assert addresses() == {("FOA", "gammel@foa.example"), ("KL", "kl@kl.example")}


def test_choose_file_that_is_no_list_says_why_and_keeps_nothing(office: Office, officer: Client, media: None) -> None:
    pdf = SimpleUploadedFile("brev.txt", "Kære alle".encode())
    word = look(officer, office, file=SimpleUploadedFile("liste.xlsx", b"PK\x03\x04 torn"))
    empty = look(officer, office, file=an_xlsx())
    letter = look(officer, office, file=pdf)

    assert [page.status_code for page in (word, empty)] == [422, 422]
    assert "liste.xlsx" in word.content.decode()
    assert "No sheet of “kontakter.xlsx” that is shown holds anything" in empty.content.decode()
    assert [problem.line for problem in letter.context["plan"].problems] == [1]
    assert received_in(word) == {}


def test_take_list_in_after_a_colleague_has_changed_a_contact_shows_it_anew(office: Office, officer: Client) -> None:
    shown = look(officer, office, TEXT)
    Contact.objects.update(email="kollegas@foa.example")

    refused = write(officer, office, shown)

    assert refused.status_code == 422
    assert "changed since it was shown" in refused.content.decode()
    assert "instead of kollegas@foa.example" in refused.content.decode()
    assert addresses() == {("FOA", "kollegas@foa.example")}


def test_take_list_in_of_five_thousand_is_shown_in_pages_with_few_fields(office: Office, officer: Client) -> None:
    Membership.objects.create(user=User.objects.get(name="Olga Officer"), office=office, role=Role.ADMIN)
    text = "\n".join(["FOA;ny@foa.example", *(f"Forening {number};post{number}@f.example" for number in range(4_999))])
    over = look(officer, office, text + "\nEn til;post@til.example", kind="organisation")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = look(officer, office, text, kind="organisation")
    last = look(officer, office, text, kind="organisation", do="", show="50")

    assert [row["name"] for row in first.context["rows"]][:2] == ["FOA", "Forening 0"]
    assert (len(first.context["rows"]), last.context["rows"][-1]["name"]) == (100, "Forening 4998")
    assert "These are 5001 lines; a list may have 5000." in over.content.decode()
    fields = first.content.decode().count("<input") + first.content.decode().count("<textarea")
    assert fields < 20
    assert len(queries) < 25


def test_come_to_the_page_of_another_office_or_as_who_reads_only_is_refused(office: Office, officer: Client) -> None:
    other = an_office("andet")

    assert officer.get(url(office)).status_code == 200
    assert officer.get(url(other)).status_code == 404
    assert signed_in(an_auditor(office)).get(url(office)).status_code == 403
    assert "kind" not in officer.get(url(office)).context["form"].fields


def test_look_at_what_is_no_list_says_so_and_keeps_it(office: Office, officer: Client) -> None:
    for text in ("", "   ", "Navn;E-mail"):
        page = look(officer, office, text)
        assert page.status_code == 422
        assert "There is no contact in the list." in page.content.decode()
        assert page.context["plan"] is None
