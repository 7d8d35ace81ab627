"""Pasting a list of parties: seen before it is written, written as it was seen, nothing lost when it is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.actions.invitation_list import add_party
from consultations.models import Invitation
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from tests.consultations.views.round_addresses import url
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body
from workflow.models import AuditEntry
from workflow.states import BodyKind

pytestmark = pytest.mark.django_db


def look(officer: Client, hearing: Hearing, text: str) -> Any:
    return officer.post(url("round_parties_many", hearing), {"text": text, "do": "look", "key": "k1"})


def write(officer: Client, hearing: Hearing, text: str, shown: str, key: str = "k1") -> Any:
    given = {"text": text, "do": "write", "shown": shown, "key": key}
    return officer.post(url("round_parties_many", hearing), given)


def listed(hearing: Hearing) -> set[tuple[str, str, str]]:
    return set(hearing.round.invitations.values_list("name", "email", "contact_name"))


def test_look_at_pasted_list_shows_each_line_and_writes_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)
    officer = officer_of(hearing.process.office)
    text = (
        "Høringsliste 2027\nNavn\tTelefon\tE-mail\tAtt.\n"
        "Ældre Sagen\t1\tpost@aeldre.example\tBo Bak\npart 01\t\tny@part.example\t\nKL"
    )

    page = look(officer, hearing, text)
    words = page.content.decode()

    assert page.status_code == 200
    assert [(row["name"], row["email"], row["fate"], row["was"]) for row in page.context["preview"]] == [
        ("Ældre Sagen", "post@aeldre.example", "New on the list", ""),
        ("Part 01", "ny@part.example", "Is corrected", f"instead of {hearing.party(1).email}"),
        ("KL", "", "New on the list", ""),
    ]
    assert "Line 1: Høringsliste 2027" in words
    assert "Columns nothing is taken from: Telefon." in words
    assert "Nothing has been written yet." in words
    assert "Address missing" in words
    assert text.replace("\n", "\r\n") in words or text in words
    assert hearing.round.invitations.count() == 1


def test_look_at_list_with_a_greeting_marks_what_stands_below_it_as_doubtful(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)
    text = "Ældre Sagen;post@aeldre.example\nMed venlig hilsen\nAnna Due"

    page = look(officer_of(hearing.process.office), hearing, text)

    assert [bool(row["doubt"]) for row in page.context["preview"]] == [False, True]
    assert "1 line may be no party." in page.content.decode()
    assert "Line 2: Med venlig hilsen" in page.content.decode()
    assert hearing.round.invitations.count() == 1
    assert not AuditEntry.objects.filter(verb="paste_parties").exists()


def test_paste_list_writes_once_what_was_shown_with_the_contacts_the_office_knows(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft(parties=1)
    council = a_body(BodyKind.MUNICIPAL_COUNCIL, "Solrød Byråd", key="solrod")
    a_contact(hearing.process.office, council, email="raad@solrod.example")
    a_body(BodyKind.ORGANISATION, "Danske Patienter", key="former", valid_to=date(2018, 12, 31))
    officer = officer_of(hearing.process.office)
    text = "Navn\tE-mail\tAtt.\nÆldre Sagen\tpost@aeldre.example\tBo Bak\nSOLRØD byråd\nDanske Patienter"
    shown = look(officer, hearing, text).context["plan"].digest

    answers = [write(officer, hearing, text, shown) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert set(hearing.round.invitations.values_list("name", "email", "contact_name", "body")) == {
        ("Part 01", hearing.party(1).email, "", hearing.party(1).body_id),
        ("Ældre Sagen", "post@aeldre.example", "Bo Bak", None),
        ("Solrød Byråd", "raad@solrod.example", "", council.pk),
        ("Danske Patienter", "", "", None),
    }
    assert AuditEntry.objects.filter(verb="paste_parties").count() == 1


def test_paste_list_naming_listed_parties_without_address_fills_all_of_them_in(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=0)
    for name in ("Danske Patienter", "FOA"):
        add_party(hearing.round, name=name, actor=OFFICER, now=LAUNCHED)
    officer = officer_of(hearing.process.office)
    text = "Danske Patienter;hoering@patienter.example\nFOA;post@foa.example"
    page = look(officer, hearing, text)

    write(officer, hearing, text, page.context["plan"].digest)

    assert {row["fate"] for row in page.context["preview"]} == {"Is corrected"}
    assert listed(hearing) == {
        ("Danske Patienter", "hoering@patienter.example", ""),
        ("FOA", "post@foa.example", ""),
    }
    entry = AuditEntry.objects.get(verb="paste_parties")
    assert len(entry.codes["corrected"]) == 2
    assert [row["fate"] for row in look(officer, hearing, text).context["preview"]] == ["Stands there already"] * 2


def test_paste_list_with_another_address_than_the_one_mail_came_back_from_forgets_the_bounce(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft(parties=2)
    hearing.round.invitations.update(bounced_at=LAUNCHED, bounce_reason="No such user")
    officer = officer_of(hearing.process.office)
    text = f"Part 01;ny@part.example\nPart 02;{hearing.party(2).email};Anna Due"
    page = look(officer, hearing, text)

    write(officer, hearing, text, page.context["plan"].digest)

    assert [row["unreached"] for row in page.context["preview"]] == ["", "Mail came back"]
    assert [(hearing.party(number).bounced_at, hearing.party(number).bounce_reason) for number in (1, 2)] == [
        (None, ""),
        (LAUNCHED, "No such user"),
    ]


def test_paste_list_that_changed_since_it_was_shown_is_shown_anew(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)
    officer = officer_of(hearing.process.office)
    shown = look(officer, hearing, "Ældre Sagen;post@aeldre.example").context["plan"].digest

    edited = write(officer, hearing, "Ældre Sagen;post@aeldre.example\nKL", shown)
    add_party(hearing.round, name="Ældre Sagen", actor=OFFICER, now=LAUNCHED)
    overtaken = write(officer, hearing, "Ældre Sagen;post@aeldre.example", shown)
    unseen = write(officer, hearing, "KL;kl@kl.example", "")

    assert [page.status_code for page in (edited, overtaken, unseen)] == [422, 422, 422]
    for page in (edited, overtaken, unseen):
        assert "has changed since it was shown" in page.content.decode()
    assert [row["fate"] for row in overtaken.context["preview"]] == ["Is corrected"]
    assert listed(hearing) == {("Part 01", hearing.party(1).email, ""), ("Ældre Sagen", "", "")}


def test_paste_list_with_mistakes_names_every_line_keeps_the_text_and_adds_nobody(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft(parties=1)
    officer = officer_of(hearing.process.office)
    pasted = "\n".join(f"Forening {number};post@@{number}.example" for number in range(1, 41))

    refused = write(officer, hearing, pasted, "")

    page = refused.content.decode()
    assert refused.status_code == 422
    assert all(f"Line {number}: " in page for number in range(1, 41))
    assert pasted in page
    assert hearing.round.invitations.count() == 1


def test_paste_list_with_two_lines_about_one_party_or_a_name_two_parties_bear_says_which(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft(parties=1)
    add_party(hearing.round, body=None, name="Ældrerådet", actor=OFFICER, now=LAUNCHED)
    add_party(hearing.round, body=None, name="Ældrerådet", email="a@b.example", actor=OFFICER, now=LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(1).pk).update(name="Part Et")
    officer = officer_of(hearing.process.office)

    page = look(officer, hearing, "Ældrerådet;x@y.example\nPart 01;p@q.example\nPart Et;r@s.example").content.decode()

    assert "Line 1: Several parties on the list are called Ældrerådet. Correct them one by one." in page
    assert "Line 3: Part Et is the party of line 2." in page


def test_paste_list_into_a_round_that_was_sent_is_refused_and_keeps_the_text(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    refused = look(officer_of(hearing.process.office), hearing, "KL;kl@kl.example")

    assert refused.status_code == 422
    assert "The round has been sent out" in refused.content.decode()
    assert "KL;kl@kl.example" in refused.content.decode()


def test_paste_list_in_utf_16_is_read_like_any_other(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)
    text = "Navn;E-mail\nÆldre Sagen;post@aeldre.example".encode("utf-16").decode("latin-1")

    page = look(officer_of(hearing.process.office), hearing, text)

    assert [row["name"] for row in page.context["preview"]] == ["Ældre Sagen"]


def test_paste_list_too_long_says_how_long_it_is_and_keeps_it(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)

    page = look(officer_of(hearing.process.office), hearing, "Forening\n" * 111_113).content.decode()

    assert "1,000,016 characters; at most 1,000,000" in page
    assert page.count("Forening\n") == 111_113


def test_look_at_pasted_list_makes_the_same_queries_for_more_lines(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=3)
    officer = officer_of(hearing.process.office)
    counts = []
    for number in (2, 2, 300):
        text = "\n".join(f"Forening {one};post{one}@fc.example" for one in range(number))
        clock.move_to(LAUNCHED + timedelta(minutes=number))
        with CaptureQueriesContext(connection) as queries:
            look(officer, hearing, text)
        counts.append(len(queries))

    assert counts[1] == counts[2]
