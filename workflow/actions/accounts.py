"""The accounts of people: made, invited, closed and reopened, and how their owners come to a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications import outbox
from notifications.queries import mail_log
from notifications.rules import folded_address, may_mail
from workflow.actions.offices import grant_role, grant_seat, insist_other_administrator, revoke_membership
from workflow.actions.once import Once
from workflow.actions.rights import insist_administrator
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.mails.accounts import PASSWORD_LINK, invitation_letter, password_letter
from workflow.models import Body, Membership, Office, User
from workflow.queries.people import is_administrator
from workflow.rules import Refusal, Refused, insist
from workflow.rules.offices import (
    may_send_password_link,
    must_be_open,
    must_have_name,
    must_have_no_other_place,
    must_hold_token,
    must_keep_a_place,
    must_not_be_held,
    must_not_be_used,
)
from workflow.rules.validity import is_valid_on
from workflow.states import Role, Verb


@transaction.atomic
def add_user(
    *, email: str, name: str, actor: Actor, now: datetime, password: str | None = None, language: str = "da"
) -> User:
    """Give a person an account; the e-mail address is the login. Without a password nobody can sign in with it.

    Refuses an account that administers no office, an address no mail can reach and one that has an account already.
    """
    insist_administrator(actor, None, now)
    insist(may_mail(email))
    holder = User.objects.filter(email__iexact=email).first()
    if holder is not None:
        insist(must_be_open(holder))
        raise Refused(Refusal("user_exists", _("This e-mail address has an account already. Grant it a role instead.")))
    user = User.objects.create_user(email, password, name=name, language=language, date_joined=now)
    record(Verb.ADD_USER, user, actor=actor, now=now, detail={"name": name, "email": user.email})
    return user


@transaction.atomic
def admit_user(
    office: Office,
    place: Role | Body,
    *,
    email: str,
    name: str,
    password: str,
    actor: Actor,
    now: datetime,
    language: str = "da",
) -> User:
    """Give a person an account and its first place in one: a role in the office, or a seat in a body as this office
    knows it.

    Refuses what `add_user` and the granting refuse, an empty name, and a password the installation's rules do not
    allow.
    """
    insist(must_have_name(name))
    _insist_on_strong(password, User(email=email, name=name))
    user = add_user(email=email, name=name.strip(), password=password, language=language, actor=actor, now=now)
    if isinstance(place, Body):
        grant_seat(user, office, place, actor=actor, now=now)
    else:
        grant_role(user, office, place, actor=actor, now=now)
    return user


@transaction.atomic
def close_account(user: User, *, actor: Actor, now: datetime, key: str = "") -> None:
    """A person has left: no sign-in any more, and whoever is signed in is out. Name and deeds stay until the person is
    erased.

    Refuses an account that does not administer every office the person has a place in, a closed account, and the last
    administrator of an office.
    """
    stored = _locked(user)
    _insist_administers_all(stored, None, actor, now)
    once = Once(f"close_account:{user.public_id}", key)
    if once.made is not None:
        insist(must_not_be_used(is_undone=stored.is_active))
        return
    insist(must_be_open(stored))
    for office in Office.objects.filter(memberships__user=stored, memberships__role=Role.ADMIN).order_by("pk"):
        insist_other_administrator(office, stored, now)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    record(Verb.CLOSE_ACCOUNT, user, actor=actor, now=now)
    once.keep(user.public_id, now)


@transaction.atomic
def reopen_account(user: User, *, actor: Actor, now: datetime, key: str = "") -> None:
    """A person has come back: sign-in with the password of before, in the places that are still theirs.

    Refuses as `close_account` does, an account that is open, and one whose person is erased.
    """
    stored = _locked(user)
    _insist_administers_all(stored, None, actor, now)
    once = Once(f"reopen_account:{user.public_id}", key)
    if once.made is not None:
        insist(must_not_be_used(is_undone=not stored.is_active))
        return
    if stored.is_active:
        raise Refused(Refusal("account_open", _("The account is open already.")))
    if user.erased_at is not None:
        raise Refused(Refusal("account_erased", _("The person is erased. Make a new account.")))
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    record(Verb.REOPEN_ACCOUNT, user, actor=actor, now=now)
    once.keep(user.public_id, now)


@transaction.atomic
def reset_sign_in(user: User, *, password: str, actor: Actor, now: datetime) -> None:
    """A person has lost the password or the phone: a new password, and the second factor is set up anew at the next
    sign-in. Whoever is signed in is out, the old recovery codes are void, and so is the link to the sign-in
    provider.

    Refuses as `close_account` does, and a password the installation's rules do not allow.
    """
    _insist_administers_all(user, None, actor, now)
    insist(must_be_open(user))
    _insist_on_strong(password, user)
    # Sessions hold a digest of the password, so this ends every one of them.
    user.set_password(password)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    user.identities.all().delete()
    record(Verb.RESET_SIGN_IN, user, actor=actor, now=now)


@transaction.atomic
def invite_person(
    office: Office,
    place: Role | Body,
    *,
    name: str,
    email: str,
    language: str = "da",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> User:
    """Give a person a place in the office, and tell them by mail. Who has no account gets one, and a link to choose a
    password; who has one, here or at another office, signs in with that.

    Refuses anyone but an administrator of the office, an empty name, an address no mail can reach, a closed account,
    and a place that the person has already.
    """
    # One row of the installation orders those who make an account for one address, at whichever office.
    Office.objects.select_for_update().earliest("pk")
    insist_administrator(actor, office, now)
    once = Once(f"invite_person:{office.public_id}", key, (name, email, str(place)))
    if once.made is not None:
        return User.objects.get(public_id=once.made)
    insist(must_have_name(name) or may_mail(email))
    user = User.objects.filter(email=folded_address(email)).first()
    if user is None:
        user = add_user(email=email, name=name.strip(), language=language, actor=actor, now=now)
    insist(must_be_open(user))
    held = {row.body or row.role for row in user.memberships.filter(office=office).select_related("body")}
    insist(must_not_be_held(user, str(place.label if isinstance(place, Role) else place), is_held=place in held))
    if isinstance(place, Body):
        membership = grant_seat(user, office, place, actor=actor, now=now)
    else:
        membership = grant_role(user, office, place, actor=actor, now=now)
    outbox.enqueue([invitation_letter(user, membership, actor.label if actor.kind == "user" else "")], now)
    record(Verb.INVITE_PERSON, user, actor=actor, now=now, office=office, codes={"place": membership.public_id})
    once.keep(user.public_id, now)
    return user


@transaction.atomic
def take_place_back(membership: Membership, *, actor: Actor, now: datetime, key: str = "") -> None:
    """Take a role or seat of a person away in the browser.

    Refuses as `revoke_membership` does, and the only place of an open account: nobody would find it any more to close
    it.
    """
    user = _locked(membership.user)
    once = Once(f"take_place_back:{membership.public_id}", key)
    if once.made is not None:
        return
    insist_administrator(actor, membership.office, now)
    if membership.role == Role.ADMIN:
        insist_other_administrator(membership.office, user, now)
    others = Membership.objects.filter(user=user).exclude(pk=membership.pk)
    insist(must_keep_a_place(user, has_another=others.exists()))
    place = membership.public_id
    revoke_membership(membership, actor=actor, now=now)
    once.keep(place, now)


@transaction.atomic
def send_password_link(user: User, office: Office, *, actor: Actor, now: datetime, key: str = "") -> User:
    """Mail the owner of an account a link to choose a new password; the one they have works until then.

    Refuses anyone who does not administer the office, a person without a place in it, and a closed account.
    """
    user = _locked(user)
    _insist_place_in(user, office, actor, now)
    once = Once(f"send_password_link:{user.public_id}", key)
    if once.made is not None:
        return user
    insist(must_be_open(user))
    outbox.enqueue([password_letter(user, office, now, is_asked_by_owner=False)], now)
    record(Verb.SEND_PASSWORD_LINK, user, actor=actor, now=now, office=office)
    once.keep(user.public_id, now)
    return user


@transaction.atomic
def renew_sign_in(user: User, office: Office, *, actor: Actor, now: datetime, key: str = "") -> User:
    """A person has lost the password and the phone, or somebody else may have them: neither works any more, whoever is
    signed in is out, and a link to a new password goes by mail. The second factor is set up anew at the next sign-in,
    and so is the link to the sign-in provider.

    Refuses as `close_account` does.
    """
    user = _locked(user)
    _insist_administers_all(user, office, actor, now)
    once = Once(f"renew_sign_in:{user.public_id}", key)
    if once.made is not None:
        return user
    insist(must_be_open(user))
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    user.identities.all().delete()
    outbox.enqueue([password_letter(user, office, now, is_asked_by_owner=False)], now)
    record(Verb.RESET_SIGN_IN, user, actor=actor, now=now, office=office)
    once.keep(user.public_id, now)
    return user


@transaction.atomic
def ask_for_password(email: str, *, now: datetime) -> None:
    """Somebody at the sign-in page has forgotten a password: if the address is that of an open account, a link to a new
    one goes there. Nothing tells whoever asks whether it is. At most one in ten minutes, and five in a day."""
    user = User.objects.select_for_update().filter(email=folded_address(email), is_active=True).first()
    if user is None or user.erased_at is not None or may_mail(user.email) is not None:
        return
    sent = mail_log(kind=PASSWORD_LINK).filter(subject_id=user.public_id, queued_at__gt=now - timedelta(days=1))
    if not may_send_password_link([mail.queued_at for mail in sent], now):
        return
    first = Membership.objects.filter(user=user).select_related("office").order_by("id").first()
    office = first.office if first else None
    outbox.enqueue([password_letter(user, office, now, is_asked_by_owner=True)], now)
    record(Verb.SEND_PASSWORD_LINK, user, actor=SYSTEM, now=now, office=office)


@transaction.atomic
def set_password(user: User, token: str, *, password: str, actor: Actor, now: datetime, key: str = "") -> User:
    """The owner of an account chooses a password by the link in a mail. Whoever is signed in is out.

    Refuses a link that has run out, or by which one has been chosen already; a closed account; and a password the
    installation's rules do not allow.
    """
    user = _locked(user)
    # Nothing of the password is kept with the key, not even a digest.
    once = Once(f"set_password:{user.public_id}", key)
    if once.made is not None and user.check_password(password):
        return user
    insist(must_be_open(user))
    insist(must_hold_token(default_token_generator.check_token(user, token)))
    _insist_on_strong(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(Verb.SET_PASSWORD, user, actor=actor, now=now)
    once.keep(user.public_id, now)
    return user


def _insist_administers_all(user: User, office: Office | None, actor: Actor, now: datetime) -> None:
    """What ends or changes an account is for whoever administers every office it has a place in today; the others are
    named. office: the one in whose name it is done, where there is one."""
    held = Membership.objects.filter(user=user).select_related("office").order_by("office_id", "id")
    offices = dict.fromkeys(row.office for row in held if is_valid_on(row, local_day(now, row.office.time_zone)))
    own = office if office is not None else next(iter(offices), None)
    insist_administrator(actor, own, now)
    if actor.kind == "user":
        others = [str(one) for one in offices if not is_administrator(actor, one, now)]
        insist(must_have_no_other_place(user, others))


def _insist_place_in(user: User, office: Office, actor: Actor, now: datetime) -> None:
    insist_administrator(actor, office, now)
    if not user.memberships.filter(office=office).exists():
        raise Refused(Refusal("place_not_held", _("%(name)s has no place here.") % {"name": user}))


def _locked(user: User) -> User:
    # Or one press that comes twice at the same moment would be two deeds.
    return User.objects.select_for_update().get(pk=user.pk)


def _insist_on_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Refusal("password_weak", " ".join(error.messages))) from error
