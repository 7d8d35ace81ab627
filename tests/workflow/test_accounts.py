"""Accounts: invited by mail, given back a password, closed; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator

from notifications import delivery, kinds
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.racing import at_once
from tests.refusals import code_of
from tests.workflow.factories import a_body, an_office, an_officer
from workflow.actions.accounts import (
    ask_for_password,
    close_account,
    invite_person,
    renew_sign_in,
    reopen_account,
    send_password_link,
    set_password,
    take_place_back,
)
from workflow.actions.offices import grant_role, revoke_membership
from workflow.actors import SYSTEM, Actor
from workflow.models import AuditEntry, Body, Membership, Office, User
from workflow.rules import Refused
from workflow.states import Role

pytestmark = pytest.mark.django_db

PASSWORD = "et-meget-langt-kodeord"
MINUTE = timedelta(minutes=1)
IDA = {"name": "Ida Berg", "email": "ida@region.example"}


def an_administrator(office: Office, now: datetime, email: str = "admin@region.example") -> Actor:
    user = User.objects.create_user(email, PASSWORD, name="Anders And")
    grant_role(user, office, Role.ADMIN, actor=SYSTEM, now=now)
    return Actor.of_user(user)


def invited(office: Office, now: datetime, place: Role | Body = Role.SECRETARIAT) -> User:
    return invite_person(office, place, **IDA, actor=an_administrator(office, now), now=now)


def delivered(now: datetime) -> list[OutgoingMail]:
    delivery.deliver(now, lambda: now)
    return list(OutgoingMail.objects.order_by("id"))


# ── Invitation ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("place", [Role.SECRETARIAT, "seat"])
def test_invite_person_makes_account_and_place_and_mails_a_link_that_nobody_keeps(now: datetime, place: str) -> None:
    office = an_office()
    chosen = a_body() if place == "seat" else Role(place)

    user = invited(office, now, chosen)

    assert (user.email, user.has_usable_password()) == ("ida@region.example", False)
    membership = user.memberships.get()
    assert chosen in (membership.body, membership.role)
    entry = AuditEntry.objects.get(verb="invite_person")
    assert (entry.codes["place"], entry.office_id) == (str(membership.public_id), office.pk)
    [mail] = delivered(now)
    assert (mail.kind, mail.to_address, mail.state) == ("account_invitation", "ida@region.example", MailState.SENT)
    assert "Anders And har givet dig en konto" in mail.text_sent
    assert "[personal link]" in mail.text_sent or "[personligt link]" in mail.text_sent
    assert "/adgangskode/" not in mail.text_sent


def test_invite_person_twice_under_one_key_mails_once(now: datetime) -> None:
    office = an_office()
    admin = an_administrator(office, now)

    for _press in range(2):
        invite_person(office, Role.SECRETARIAT, **IDA, actor=admin, now=now, key="k1")

    assert OutgoingMail.objects.count() == Membership.objects.filter(user__email=IDA["email"]).count() == 1


def test_invite_person_with_an_account_at_another_office_gives_the_place_and_no_new_password(now: datetime) -> None:
    office, other = an_office(), an_office(key="anden")
    user = an_officer(other, "ida@region.example", "Ida Berg")

    same = invite_person(
        office, Role.AUDITOR, name="Ida", email="IDA@region.example", actor=an_administrator(office, now), now=now
    )

    assert same == user
    assert {row.office for row in user.memberships.all()} == {office, other}
    [mail] = delivered(now)
    assert mail.kind == "account_place"
    assert "Log ind med den konto og adgangskode, du har" in mail.text_sent


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("no name", "name_wrong"),
        ("no address", "address_incomplete"),
        ("closed", "account_closed"),
        ("held", "place_held"),
        ("officer", "not_an_administrator"),
        ("of another office", "not_an_administrator"),
    ],
)
def test_invite_person_in_vain_says_why_and_makes_nothing(now: datetime, case: str, code: str) -> None:
    office, other = an_office(), an_office(key="anden")
    actor = an_administrator(other if case == "of another office" else office, now)
    given = dict(IDA)
    if case == "no name":
        given["name"] = " "
    if case == "no address":
        given["email"] = "ida"
    if case in ("closed", "held"):
        ida = an_officer(office, given["email"])
        User.objects.filter(pk=ida.pk).update(is_active=case == "held")
    if case == "officer":
        actor = Actor.of_user(an_officer(office))
    before = (User.objects.count(), Membership.objects.count())

    refused = code_of(lambda: invite_person(office, Role.SECRETARIAT, **given, actor=actor, now=now))

    assert refused == code
    assert (User.objects.count(), Membership.objects.count()) == before
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("meanwhile", ["place taken back", "account closed", "password chosen", "address changed"])
def test_deliver_invitation_that_is_no_longer_wanted_is_withdrawn(now: datetime, meanwhile: str) -> None:
    office = an_office()
    user = invited(office, now)
    if meanwhile == "place taken back":
        revoke_membership(user.memberships.get(), actor=SYSTEM, now=now)
    if meanwhile == "account closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if meanwhile == "password chosen":
        user.set_password(PASSWORD)
        user.save()
    if meanwhile == "address changed":
        User.objects.filter(pk=user.pk).update(email="anden@region.example")

    [mail] = delivered(now)

    assert mail.state == MailState.WITHDRAWN


# ── A new password ────────────────────────────────────────────────────────────────────────────────────────────
def test_set_password_by_the_mailed_link_works_once_and_ends_every_session(now: datetime) -> None:
    user = invited(an_office(), now)
    token = default_token_generator.make_token(user)
    owner = Actor.of_user(user)

    set_password(user, token, password=PASSWORD, actor=owner, now=now)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.get(verb="set_password").subject_id == user.public_id
    again = code_of(lambda: set_password(user, token, password=PASSWORD + "2", actor=owner, now=now))
    assert again == "link_used"


@pytest.mark.parametrize(("password", "code"), [("kort", "password_weak"), ("ida@region.example", "password_weak")])
def test_set_password_that_is_weak_is_refused_and_the_link_still_works(now: datetime, password: str, code: str) -> None:
    user = invited(an_office(), now)
    token = default_token_generator.make_token(user)

    refused = code_of(lambda: set_password(user, token, password=password, actor=Actor.of_user(user), now=now))

    assert refused == code
    assert default_token_generator.check_token(user, token)


def test_ask_for_password_mails_the_owner_at_most_once_in_ten_minutes_and_five_times_a_day(now: datetime) -> None:
    office = an_office()
    an_officer(office, "olga@region.example")

    for minute in (0, 1, 11, 22, 33, 44, 55, 66):
        ask_for_password("OLGA@region.example", now=now + minute * MINUTE)

    mails = OutgoingMail.objects.filter(kind="password_link")
    assert [(mail.queued_at - now) // MINUTE for mail in mails.order_by("id")] == [0, 11, 22, 33, 44]
    assert AuditEntry.objects.filter(verb="send_password_link", actor_kind="system").count() == 5


@pytest.mark.parametrize("who", ["nobody", "closed", "erased"])
def test_ask_for_password_of_no_open_account_mails_nobody(now: datetime, who: str) -> None:
    user = an_officer(an_office(), "olga@region.example")
    User.objects.filter(pk=user.pk).update(
        is_active=who == "nobody", erased_at=now if who == "erased" else None, email=user.email
    )

    ask_for_password("andre@region.example" if who == "nobody" else user.email, now=now)

    assert not OutgoingMail.objects.exists()


def test_renew_sign_in_stops_password_and_second_step_and_mails_a_link(now: datetime) -> None:
    office = an_office()
    user = an_officer(office, "olga@region.example")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    renew_sign_in(user, office, actor=an_administrator(office, now), now=now)

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert not Authenticator.objects.filter(user=user).exists()
    [mail] = delivered(now)
    assert (mail.kind, mail.to_address) == ("password_link", "olga@region.example")
    assert "Din administrator har bedt om" in mail.text_sent


def test_send_password_link_leaves_the_present_one_and_the_mail_bears_a_link_that_works(now: datetime) -> None:
    office = an_office()
    user = an_officer(office, "olga@region.example")

    send_password_link(user, office, actor=an_administrator(office, now), now=now)

    link = kinds.secrets(OutgoingMail.objects.get())["link"]
    assert default_token_generator.check_token(user, link.split("/")[-3])
    user.refresh_from_db()
    assert user.check_password("secret-password")


# ── Closing ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_close_account_of_the_last_administrator_is_refused_and_after_another_it_is_closed(now: datetime) -> None:
    office = an_office()
    first = an_administrator(office, now)
    user = User.objects.get(public_id=first.public_id)

    assert code_of(lambda: close_account(user, actor=first, now=now)) == "last_administrator"

    second = an_administrator(office, now, "anden@region.example")
    close_account(user, actor=second, now=now)
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize(
    "colleague", ["ended", "to come", "without password", "closed", "with a last day"], ids=lambda word: word
)
@pytest.mark.parametrize("deed", ["close", "take back", "a last day"])
def test_end_the_only_administrator_beside_one_who_cannot_act_is_refused(
    now: datetime, colleague: str, deed: str
) -> None:
    office = an_office()
    first = User.objects.get(public_id=an_administrator(office, now).public_id)
    days = {"ended": {"valid_to": date(2018, 12, 31)}, "to come": {"valid_from": date(2030, 1, 1)}}
    days["with a last day"] = {"valid_to": date(2019, 3, 31)}
    second = User.objects.create_user("anden@region.example", None if colleague == "without password" else PASSWORD)
    grant_role(second, office, Role.ADMIN, actor=SYSTEM, now=now, **days.get(colleague, {}))
    User.objects.filter(pk=second.pk).update(is_active=colleague != "closed")
    actor, place = Actor.of_user(first), first.memberships.get()

    def end() -> object:
        if deed == "close":
            return close_account(first, actor=actor, now=now)
        if deed == "take back":
            return take_place_back(place, actor=actor, now=now)
        return grant_role(first, office, Role.ADMIN, actor=actor, now=now, valid_to=date(2019, 3, 2))

    assert code_of(end) == "last_administrator"
    place.refresh_from_db()
    assert (User.objects.get(pk=first.pk).is_active, place.valid_to) == (True, None)


def test_take_the_only_place_back_is_refused_and_of_two_the_first_goes(now: datetime) -> None:
    office = an_office()
    admin = an_administrator(office, now)
    user = an_officer(office, "olga@region.example")
    grant_role(user, office, Role.AUDITOR, actor=admin, now=now)
    first, second = user.memberships.order_by("id")

    for _press in range(2):
        take_place_back(first, actor=admin, now=now, key="k1")

    assert code_of(lambda: take_place_back(second, actor=admin, now=now)) == "only_place"
    assert AuditEntry.objects.filter(verb="revoke_membership").count() == 1


# ── Who works in two offices ──────────────────────────────────────────────────────────────────────────────────
def test_close_or_renew_who_works_in_another_office_too_is_refused_by_name_and_a_link_can_be_sent(
    now: datetime,
) -> None:
    office, other = an_office(), an_office(key="anden")
    admin = an_administrator(office, now)
    user = an_officer(office, "olga@region.example")
    grant_role(user, other, Role.AUDITOR, actor=SYSTEM, now=now)

    for deed in (
        lambda: close_account(user, actor=admin, now=now),
        lambda: renew_sign_in(user, office, actor=admin, now=now),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.refusal.code == "place_elsewhere"
        assert other.name in str(refused.value.refusal)
    send_password_link(user, office, actor=admin, now=now)
    assert OutgoingMail.objects.get().to_address == user.email
    assert code_of(lambda: send_password_link(user, other, actor=admin, now=now)) == "not_an_administrator"


def test_close_who_worked_in_another_office_long_ago_is_done(now: datetime) -> None:
    office, other = an_office(), an_office(key="anden")
    user = an_officer(office, "olga@region.example")
    grant_role(user, other, Role.AUDITOR, actor=SYSTEM, now=now, valid_to=date(2010, 1, 1))

    close_account(user, actor=an_administrator(office, now), now=now)

    assert not User.objects.get(pk=user.pk).is_active


# ── A form that comes once more ───────────────────────────────────────────────────────────────────────────────
def test_press_an_old_form_after_its_deed_was_undone_says_so_and_does_nothing(now: datetime) -> None:
    office = an_office()
    admin = an_administrator(office, now)
    user = an_officer(office, "olga@region.example")
    close_account(user, actor=admin, now=now, key="k1")
    reopen_account(user, actor=admin, now=now, key="k2")
    grant_role(user, office, Role.AUDITOR, actor=admin, now=now, key="k3")
    revoke_membership(user.memberships.get(role=Role.AUDITOR), actor=admin, now=now)

    assert code_of(lambda: close_account(user, actor=admin, now=now, key="k1")) == "undone_since"
    again = code_of(lambda: grant_role(user, office, Role.AUDITOR, actor=admin, now=now, key="k3"))
    assert again == "form_used"
    assert User.objects.get(pk=user.pk).is_active


def test_set_another_password_under_the_same_key_is_refused_and_the_first_holds(now: datetime) -> None:
    user = invited(an_office(), now)
    token, owner = default_token_generator.make_token(user), Actor.of_user(user)
    for _press in range(2):
        set_password(user, token, password=PASSWORD, actor=owner, now=now, key="k1")

    other = code_of(lambda: set_password(user, token, password=PASSWORD + "2", actor=owner, now=now, key="k1"))

    assert other == "link_used"
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["invite", "link", "renew", "close", "take back"])
def test_press_once_at_the_same_moment_is_one_deed(now: datetime, deed: str) -> None:
    office = an_office()
    admin = an_administrator(office, now)
    an_administrator(office, now, "anden@region.example")
    user = an_officer(office, "olga@region.example")
    grant_role(user, office, Role.AUDITOR, actor=admin, now=now)
    place = user.memberships.get(role=Role.AUDITOR)
    same: dict[str, Any] = {"actor": admin, "now": now, "key": "k1"}
    deeds: dict[str, Callable[[], object]] = {
        "invite": lambda: invite_person(office, Role.SECRETARIAT, **IDA, **same),
        "link": lambda: send_password_link(user, office, **same),
        "renew": lambda: renew_sign_in(user, office, **same),
        "close": lambda: close_account(user, **same),
        "take back": lambda: take_place_back(place, **same),
    }
    before, mails = AuditEntry.objects.count(), OutgoingMail.objects.count()

    at_once(*[deeds[deed]] * 4)

    entries = {"invite": 3}.get(deed, 1)
    assert AuditEntry.objects.count() - before == entries
    assert OutgoingMail.objects.count() - mails == (1 if deed in ("invite", "link", "renew") else 0)
