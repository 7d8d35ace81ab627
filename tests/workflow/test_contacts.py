"""Contacts, offices and accounts: what is refused, what stands in the record."""

from datetime import date, datetime

import pytest

from notifications.rules import may_mail
from tests.workflow.factories import a_body, an_actor, an_office
from workflow.actions.accounts import add_user, close_account
from workflow.actions.bodies import load_bodies
from workflow.actions.contacts import add_demo_contacts, demo_address, set_contact
from workflow.actions.offices import create_office, grant_role, grant_seat, revoke_membership
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Body, Contact, Office, User
from workflow.rules import Refused
from workflow.states import Channel, Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "address_missing"),
        ("solrød", "address_incomplete"),
        ("søren@solrod.dk", "address_letters"),
        ("a@b.dk, c@d.dk", "address_space"),
        ("a@b.dk\nBcc: c@d.dk", "address_space"),
        ("raad@solrod", "address_impossible"),
    ],
)
def test_set_contact_with_an_impossible_address_is_refused_and_nothing_kept(
    now: datetime, email: str, code: str
) -> None:
    office, body = an_office(), a_body()

    with pytest.raises(Refused) as refused:
        set_contact(office, body, email=email, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == code
    assert not Contact.objects.exists()
    assert not AuditEntry.objects.exists()


def test_set_contact_again_changes_the_address_and_records_both(now: datetime) -> None:
    office, body = an_office(), a_body()
    actor = an_actor(office)
    first = set_contact(office, body, email="gammel@solrod.dk", name="Anna", actor=actor, now=now)
    Contact.objects.update(bounced_at=now)

    second = set_contact(office, body, email="ny@solrod.dk", actor=actor, now=now)

    assert second.pk == first.pk
    assert Contact.objects.get().bounced_at is None
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.subject_id) == ("set_contact", first.public_id)
    assert entry.detail.body["email_before"] == "gammel@solrod.dk"
    assert "solrod" not in str(entry.codes)


def test_set_contact_of_two_offices_keeps_them_apart(now: datetime) -> None:
    body = a_body()
    for key in ("sjaelland", "hovedstaden"):
        set_contact(an_office(key), body, email=f"{key}@solrod.dk", actor=SYSTEM, now=now)

    assert Contact.objects.count() == 2


def test_set_contact_on_paper_needs_a_postal_address(now: datetime) -> None:
    office, body = an_office(), a_body()

    with pytest.raises(Refused) as refused:
        set_contact(office, body, channel=Channel.PAPER, actor=SYSTEM, now=now)
    assert refused.value.refusal.code == "postal_address_missing"

    contact = set_contact(office, body, channel=Channel.PAPER, postal_address="Rådhuset", actor=SYSTEM, now=now)
    assert contact.email == ""


def test_add_demo_contacts_gives_every_body_a_possible_address_of_its_own(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)
    office = an_office()

    made = add_demo_contacts(office, Body.objects.all(), actor=SYSTEM, now=now)

    addresses = list(Contact.objects.values_list("email", flat=True))
    assert made == len(set(addresses)) == 383
    assert all(address.endswith(".example") and may_mail(address) is None for address in addresses)
    assert demo_address(Body.objects.get(key="roskilde-aeldreraad")) == "aeldreraad@roskilde.example"
    assert add_demo_contacts(office, Body.objects.all(), actor=SYSTEM, now=now) == 0


def test_create_office_twice_is_refused(now: datetime) -> None:
    values = {"name": "Fællessekretariatet", "case_prefix": "SJ", "reply_to": "post@region.example"}
    office = create_office(key="sjaelland", **values, actor=SYSTEM, now=now)

    with pytest.raises(Refused) as refused:
        create_office(key="sjaelland", **values, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "office_exists"
    assert AuditEntry.objects.get().subject_id == office.public_id
    with pytest.raises(Refused):
        create_office(key="x", **{**values, "reply_to": "nobody"}, actor=SYSTEM, now=now)
    assert Office.objects.count() == 1


def test_add_user_with_an_address_in_other_letters_is_refused(now: datetime) -> None:
    add_user(email="Anna@region.example", name="Anna", actor=SYSTEM, now=now)

    with pytest.raises(Refused) as refused:
        add_user(email="ANNA@region.example", name="Anna", actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "user_exists"
    assert not User.objects.get().has_usable_password()


def test_grant_role_twice_changes_its_days(now: datetime) -> None:
    office = an_office()
    user = add_user(email="anna@region.example", name="Anna", actor=SYSTEM, now=now)
    grant_role(user, office, Role.AUDITOR, actor=SYSTEM, now=now)

    grant_role(user, office, Role.AUDITOR, valid_to=date(2019, 12, 31), actor=SYSTEM, now=now)

    assert user.memberships.get().valid_to == date(2019, 12, 31)
    seat = grant_seat(user, office, a_body(), actor=SYSTEM, now=now)
    assert (seat.role, user.memberships.count()) == ("", 2)


def test_revoke_membership_of_the_last_administrator_is_refused(now: datetime) -> None:
    office = an_office()
    password = "et-meget-langt-kodeord"
    users = [
        add_user(email=f"{n}@region.example", name=n, password=password, actor=SYSTEM, now=now)
        for n in ("anna", "bent")
    ]
    first, second = (grant_role(user, office, Role.ADMIN, actor=SYSTEM, now=now) for user in users)

    revoke_membership(first, actor=SYSTEM, now=now)
    with pytest.raises(Refused) as refused:
        revoke_membership(second, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "last_administrator"


def test_grant_role_to_a_closed_account_is_refused(now: datetime) -> None:
    user = add_user(email="anna@region.example", name="Anna", actor=SYSTEM, now=now)
    close_account(user, actor=SYSTEM, now=now)

    with pytest.raises(Refused) as refused:
        grant_role(user, an_office(), Role.SECRETARIAT, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "account_closed"
