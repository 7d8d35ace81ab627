"""Offices, the accounts of their people and what those may do."""

from __future__ import annotations

from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.rules import may_mail, one_line
from workflow.actions.rights import insist_administrator
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Body, Membership, Office, User
from workflow.rules import Refusal, Refused, insist
from workflow.rules.offices import may_found, must_have_name
from workflow.states import Role, Verb


@transaction.atomic
def create_office(
    *,
    key: str,
    name: str,
    case_prefix: str,
    reply_to: str,
    actor: Actor,
    now: datetime,
    region_code: str = "",
    language: str = "da",
    time_zone: str = "Europe/Copenhagen",
    postal_address: str = "",
    telephone: str = "",
    contact_person: str = "",
) -> Office:
    """Found a secretariat. `reply_to` is a staffed mailbox, `telephone` a number that is answered, as people write
    it, `contact_person` whom to ask for; `case_prefix` stands first in every case number; all days and clock times of
    its processes are local in `time_zone`.

    Refuses an account that administers no office, a key that is taken or cannot be a key, a mailbox no mail can reach,
    an empty name or prefix, and a zone that is not known.
    """
    insist_administrator(actor, None, now)
    insist(may_found(key=key, name=name, case_prefix=case_prefix, time_zone=time_zone))
    _insist_on_address(reply_to)
    if Office.objects.filter(key=key).exists():
        office_keys = ", ".join(Office.objects.order_by("key").values_list("key", flat=True))
        raise Refused(
            Refusal(
                "office_exists",
                _("There is an office with this key already. Choose another key than %(taken)s.")
                % {"taken": office_keys},
            )
        )
    office = Office.objects.create(
        key=key,
        name=name,
        case_prefix=case_prefix,
        reply_to=reply_to,
        region_code=region_code,
        language=language,
        time_zone=time_zone,
        postal_address=postal_address,
        telephone=one_line(telephone)[:40],
        contact_person=one_line(contact_person)[:200],
    )
    record(Verb.CREATE_OFFICE, office, actor=actor, now=now, office=office, codes={"key": key})
    return office


@transaction.atomic
def add_user(
    *, email: str, name: str, actor: Actor, now: datetime, password: str | None = None, language: str = "da"
) -> User:
    """Give a person an account; the e-mail address is the login. Without a password nobody can sign in with it.

    Refuses an account that administers no office, an address no mail can reach and one that has an account already.
    """
    insist_administrator(actor, None, now)
    _insist_on_address(email)
    holder = User.objects.filter(email__iexact=email).first()
    if holder is not None:
        _insist_on_active(holder)
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
def grant_role(
    user: User,
    office: Office,
    role: Role,
    *,
    actor: Actor,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Let an account act for an office in a role, between two local days or for good. Again changes the days.

    Refuses an account that does not administer the office, days in the wrong order, and a closed account.
    """
    _insist_may_grant(user, office, valid_from, valid_to, actor, now)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, role=role, defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "role": role, "from": valid_from, "to": valid_to}
    record(Verb.GRANT_ROLE, membership, actor=actor, now=now, office=office, codes=codes)
    return membership


@transaction.atomic
def grant_seat(
    user: User,
    office: Office,
    body: Body,
    *,
    actor: Actor,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Let an account act for a body as this office knows it, between two local days or for good. Refuses as
    `grant_role` does."""
    _insist_may_grant(user, office, valid_from, valid_to, actor, now)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, body=body, role="", defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "body": body.public_id, "from": valid_from, "to": valid_to}
    record(Verb.GRANT_SEAT, membership, actor=actor, now=now, office=office, codes=codes)
    return membership


@transaction.atomic
def revoke_membership(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take a role or seat away. Refuses an account that does not administer the office, and to leave an office without
    any administrator who can give one again.
    """
    insist_administrator(actor, membership.office, now)
    # Or the last two administrators could take each other's role away at the same moment.
    office = Office.objects.select_for_update().get(pk=membership.office_id)
    other_administrators = Membership.objects.filter(office=office, role=Role.ADMIN, user__is_active=True).exclude(
        pk=membership.pk
    )
    if membership.role == Role.ADMIN and not other_administrators.exists():
        raise Refused(
            Refusal("last_administrator", _("This is the office's last administrator. Make another one first."))
        )
    codes = {"user": membership.user.public_id, "role": membership.role}
    if membership.body is not None:
        codes["body"] = membership.body.public_id
    record(Verb.REVOKE_MEMBERSHIP, membership, actor=actor, now=now, office=office, codes=codes)
    membership.delete()


@transaction.atomic
def revoke_places(
    user: User, office: Office, *, place: Role | Body | None = None, actor: Actor, now: datetime
) -> list[Membership]:
    """Take one role or seat of an account in the office away, or all of them when none is named; all or nothing.

    Refuses as `revoke_membership` does, and when there is nothing to take. Returns what was taken.
    """
    insist_administrator(actor, office, now)
    memberships = list(user.memberships.filter(office=office).select_related("user", "office", "body").order_by("id"))
    rows = [row for row in memberships if place is None or place in (row.body, row.role)]
    names = {
        "name": user,
        "office": office,
        "places": ", ".join(str(row.body or row.get_role_display()) for row in memberships),
    }
    if not memberships:
        raise Refused(Refusal("place_not_held", _("%(name)s has no place in %(office)s; nothing to take.") % names))
    if not rows:
        text = _("%(name)s has another place in %(office)s. Name one of these: %(places)s.") % names
        raise Refused(Refusal("place_not_held", text))
    for row in rows:
        revoke_membership(row, actor=actor, now=now)
    return rows


@transaction.atomic
def close_account(user: User, *, actor: Actor, now: datetime) -> None:
    """A person has left: no sign-in any more, and whoever is signed in is out. Name and deeds stay until the person is
    erased.

    Refuses an account that does not administer every office the person has a place in, and a closed account.
    """
    _insist_administers_all(user, actor, now)
    _insist_on_active(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    record(Verb.CLOSE_ACCOUNT, user, actor=actor, now=now)


@transaction.atomic
def reopen_account(user: User, *, actor: Actor, now: datetime) -> None:
    """A person has come back: sign-in with the password of before, in the places that are still theirs.

    Refuses as `close_account` does, an account that is open, and one whose person is erased.
    """
    _insist_administers_all(user, actor, now)
    if user.is_active:
        raise Refused(Refusal("account_open", _("The account is open already.")))
    if user.erased_at is not None:
        raise Refused(Refusal("account_erased", _("The person is erased. Make a new account.")))
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    record(Verb.REOPEN_ACCOUNT, user, actor=actor, now=now)


@transaction.atomic
def reset_sign_in(user: User, *, password: str, actor: Actor, now: datetime) -> None:
    """A person has lost the password or the phone: a new password, and the second factor is set up anew at the next
    sign-in. Whoever is signed in is out, and the old recovery codes are void.

    Refuses as `close_account` does, and a password the installation's rules do not allow.
    """
    _insist_administers_all(user, actor, now)
    _insist_on_active(user)
    _insist_on_strong(password, user)
    # Sessions hold a digest of the password, so this ends every one of them.
    user.set_password(password)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    record(Verb.RESET_SIGN_IN, user, actor=actor, now=now)


def _insist_administers_all(user: User, actor: Actor, now: datetime) -> None:
    for office in Office.objects.filter(memberships__user=user).distinct() or [None]:
        insist_administrator(actor, office, now)


def _insist_may_grant(
    user: User, office: Office, valid_from: date | None, valid_to: date | None, actor: Actor, now: datetime
) -> None:
    insist_administrator(actor, office, now)
    _insist_on_active(user)
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused(Refusal("days_reversed", _("The last day is before the first. Turn the days round.")))


def _insist_on_address(address: str) -> None:
    refusal = may_mail(address)
    if refusal is not None:
        raise Refused(refusal)


def _insist_on_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Refusal("password_weak", " ".join(error.messages))) from error


def _insist_on_active(user: User) -> None:
    if not user.is_active or user.erased_at is not None:
        raise Refused(Refusal("account_closed", _("This account is closed. Have it reopened first.")))
