"""A list of contacts taken in: what each line does, the right lines written at once, the wrong ones left alone."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

import pytest
from django.utils.translation import override

from tests.racing import at_once
from tests.refusals import code_of
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body, an_actor, an_office
from tests.workflow.test_accounts import an_administrator
from workflow.actions.contacts import set_contact
from workflow.actions.importing import Imported, contacts_plan, import_contacts
from workflow.actors import SYSTEM, Actor
from workflow.imports.parties import lines_left, read_parties
from workflow.models import AuditDetail, AuditEntry, Body, Contact, Membership, Office, User
from workflow.rules.importing import ImportPlan
from workflow.states import BodyKind, Channel, ContactFate, Role

pytestmark = pytest.mark.django_db

ORGANISATION = BodyKind.ORGANISATION


@pytest.fixture
def office() -> Office:
    return an_office()


def who_does_both(office: Office, now: datetime) -> Actor:
    """An administrator of the office who is an officer too."""
    actor = an_administrator(office, now)
    user = User.objects.get(public_id=actor.public_id)
    Membership.objects.create(user=user, office=office, role=Role.SECRETARIAT)
    return actor


def planned(office: Office, text: str, now: datetime, kind: str = "") -> ImportPlan:
    """What a list would do, said in English."""
    with override("en"):
        read = read_parties(text)
        return contacts_plan(office, read.parties, read.problems, now, kind=kind)


def taken_in(office: Office, text: str, now: datetime, actor: Actor, *, kind: str = "", key: str = "") -> Imported:
    """Take a list in as it was shown just now."""
    read = read_parties(text)
    plan = contacts_plan(office, read.parties, read.problems, now, kind=kind)
    return import_contacts(
        office, read.parties, read.problems, shown_digest=plan.digest, kind=kind, actor=actor, now=now, key=key
    )


def test_plan_list_says_of_each_line_what_it_does(office: Office, now: datetime) -> None:
    for name, email in (("Køge Byråd", "gammel@koege.example"), ("FOA", "post@foa.example"), ("KL", "kl@kl.example")):
        a_contact(office, a_body(ORGANISATION, name), email=email)
    a_body(ORGANISATION, "Danske Patienter")
    text = (
        "Navn;E-mail;Att.\nKØGE  byråd;ny@koege.example;\nFOA;POST@foa.example;Bo Bak\nKL;kl@kl.example;\n"
        "Danske Patienter;dp@dp.example;Anna Due\nNy Forening;ny@forening.example;"
    )

    plan = planned(office, text, now, kind=ORGANISATION)

    assert [(line.line, line.fate, line.name, line.email, line.person) for line in plan.lines] == [
        (2, ContactFate.CHANGED, "Køge Byråd", "ny@koege.example", ""),
        (3, ContactFate.CHANGED, "FOA", "POST@foa.example", "Bo Bak"),
        (4, ContactFate.SAME, "KL", "kl@kl.example", ""),
        (5, ContactFate.NEW, "Danske Patienter", "dp@dp.example", "Anna Due"),
        (6, ContactFate.NEW_BODY, "Ny Forening", "ny@forening.example", ""),
    ]
    assert plan.problems == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ukendt Forening;post@uf.example", "No body is called “Ukendt Forening”."),
        ("FOA", "The e-mail address of FOA is missing."),
        ("FOA;post@foa", "post@foa"),
        ("Region Sjælland;post@rs.example", "Region Sjælland has ended; Region Østdanmark takes its place."),
        ("Region Østdanmark;post@roe.example", "Region Østdanmark does not exist until"),
        ("Gruppen;post@gruppen.example", "Several bodies are called Gruppen."),
        ("KL;kopi@kl.example", "kopi@kl.example gets copies of the mails to KL."),
    ],
)
def test_plan_line_that_cannot_be_taken_says_why(office: Office, now: datetime, text: str, words: str) -> None:
    a_body(ORGANISATION, "FOA")
    later = a_body(BodyKind.REGIONAL_COUNCIL, "Region Østdanmark", key="ny", valid_from=date(2027, 1, 1))
    a_body(BodyKind.REGIONAL_COUNCIL, "Region Sjælland", key="rs", valid_to=date(2018, 12, 31), successor=later)
    for key in ("gruppen-1", "gruppen-2"):
        a_body(BodyKind.ANCHORING_GROUP, "Gruppen", key=key)
    kl = a_body(ORGANISATION, "KL")
    set_contact(office, kl, email="kl@kl.example", copies="kopi@kl.example", actor=SYSTEM, now=now)

    plan = planned(office, text, now)

    assert plan.lines == []
    [problem] = plan.problems
    assert words in problem.text
    assert problem.line == 1


def test_plan_list_with_a_name_in_two_lines_takes_neither(office: Office, now: datetime) -> None:
    a_body(ORGANISATION, "FOA")

    plan = planned(office, "FOA;a@foa.example\nFoa;b@foa.example\nFOA;c@foa.example", now)

    assert plan.lines == []
    assert [(problem.line, problem.text) for problem in plan.problems] == [
        (1, "FOA stands in line 2 as well."),
        (2, "Foa stands in line 1 already."),
        (3, "FOA stands in line 1 already."),
    ]


def test_take_list_in_writes_the_right_lines_once_and_leaves_the_wrong_ones(office: Office, now: datetime) -> None:
    koege = a_body(BodyKind.MUNICIPAL_COUNCIL, "Køge Byråd")
    paper = a_contact(office, koege, email="gammel@koege.example")
    Contact.objects.filter(pk=paper.pk).update(
        channel=Channel.PAPER, bounced_at=now, erase_on=date(2030, 1, 1), postal_address="Torvet 1", language="en"
    )
    actor = who_does_both(office, now)
    text = "Køge Byråd;ny@koege.example;Anna Due\nNy Forening;ny@forening.example\nUden Adresse\nForkert;slet@ingen"

    imported = taken_in(office, text, now, actor, kind=ORGANISATION)

    assert imported == Imported(bodies=2, made=1, changed=1)
    changed = Contact.objects.get(pk=paper.pk)
    assert (changed.email, changed.name, changed.channel, changed.bounced_at) == (
        "ny@koege.example",
        "Anna Due",
        Channel.EMAIL,
        None,
    )
    assert (changed.erase_on, changed.postal_address, changed.language) == (date(2030, 1, 1), "Torvet 1", "en")
    assert set(Body.objects.values_list("key", "name", "kind")) == {
        (koege.key, "Køge Byråd", BodyKind.MUNICIPAL_COUNCIL),
        ("ny-forening", "Ny Forening", ORGANISATION),
        ("uden-adresse", "Uden Adresse", ORGANISATION),
    }
    assert Contact.objects.count() == 2
    assert lines_left(text, read_parties(text), {4}) == "Forkert;slet@ingen"


def test_take_list_in_records_each_contact_by_itself_so_that_it_can_be_erased(office: Office, now: datetime) -> None:
    a_contact(office, a_body(ORGANISATION, "FOA"), email="gammel@foa.example")
    a_body(ORGANISATION, "KL")

    taken_in(office, "FOA;ny@foa.example\nKL;kl@kl.example", now, an_actor(office))

    entries = AuditEntry.objects.filter(verb="set_contact", codes__by_list=True)
    details = {detail.entry.subject_id: detail.body for detail in AuditDetail.objects.filter(entry__in=entries)}
    assert {contact.public_id: contact.email for contact in Contact.objects.all()} == {
        subject: body["email"] for subject, body in details.items()
    }
    assert {body.get("email_before") for body in details.values()} == {"gammel@foa.example", None}


def test_take_list_in_twice_under_one_key_writes_once(office: Office, now: datetime) -> None:
    a_body(ORGANISATION, "FOA")
    read, actor = read_parties("FOA;post@foa.example"), an_actor(office)
    digest = contacts_plan(office, read.parties, read.problems, now).digest

    answers = [
        import_contacts(office, read.parties, [], shown_digest=digest, actor=actor, now=now, key="k1")
        for _press in range(2)
    ]

    assert answers == [Imported(0, 1, 0), Imported(0, 0, 0)]
    assert AuditEntry.objects.filter(verb="set_contact").count() == 1


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("a colleague was first", "another_than_shown"),
        ("an officer adds bodies", "not_an_administrator"),
        ("of another office", "not_an_officer"),
    ],
)
def test_take_list_in_in_vain_writes_nothing(office: Office, now: datetime, case: str, code: str) -> None:
    foa = a_body(ORGANISATION, "FOA")
    read = read_parties("FOA;ny@foa.example\nNy Forening;ny@forening.example")
    kind = ORGANISATION if case == "an officer adds bodies" else ""
    plan = contacts_plan(office, read.parties, read.problems, now, kind=kind)
    actor = an_actor(an_office("andet")) if case == "of another office" else an_actor(office)
    if case == "a colleague was first":
        set_contact(office, foa, email="kollegas@foa.example", actor=SYSTEM, now=now)
    before = (set(Contact.objects.values_list("email")), Body.objects.count())

    refused = code_of(
        lambda: import_contacts(
            office, read.parties, read.problems, shown_digest=plan.digest, kind=kind, actor=actor, now=now
        )
    )

    assert refused == code
    assert (set(Contact.objects.values_list("email")), Body.objects.count()) == before


def test_leave_wrong_lines_keeps_headings_and_rows_of_several_lines() -> None:
    text = 'Kontakter 2027\nNavn;E-mail\n\nFOA;post@foa.example\n"Danske\nPatienter";forkert\nKL;kl@kl.example'
    read = read_parties(text)

    assert lines_left(text, read, {problem.line for problem in read.problems}) == (
        'Navn;E-mail\n"Danske\nPatienter";forkert'
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_take_the_same_list_in_from_two_browsers_writes_it_once(office: Office, now: datetime) -> None:
    actor = who_does_both(office, now)
    read = read_parties("Ny Forening;ny@forening.example\nEn Anden;post@anden.example")
    digest = contacts_plan(office, read.parties, read.problems, now, kind=ORGANISATION).digest

    def take_in(key: str) -> Imported:
        return import_contacts(
            office,
            read.parties,
            [],
            shown_digest=digest,
            kind=ORGANISATION,
            actor=actor,
            now=now,
            key=key,
        )

    found = at_once(*(partial(take_in, key) for key in ("k1", "k2")))

    assert sorted(map(str, found)) == sorted(["another_than_shown", str(Imported(2, 2, 0))])
    assert Body.objects.count() == Contact.objects.count() == 2
