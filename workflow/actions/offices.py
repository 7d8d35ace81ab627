"""Offices, the accounts of their people and what those may do."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.rules import may_mail
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Body, Membership, Office, User
from workflow.rules import Refusal, Refused
from workflow.states import Role


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
) -> Office:
    """Found a secretariat. `reply_to` is a staffed mailbox, `case_prefix` stands first in every case number; all
    days and clock times of its processes are local in `time_zone`.

    Refuses a key that is taken and a mailbox no mail can reach.
    """
    _insist_on_address(reply_to)
    if Office.objects.filter(key=key).exists():
        raise Refused(Refusal("office_exists", _("There is an office with this key already. Choose another key.")))
    office = Office.objects.create(
        key=key,
        name=name,
        case_prefix=case_prefix,
        reply_to=reply_to,
        region_code=region_code,
        language=language,
        time_zone=time_zone,
        postal_address=postal_address,
    )
    record("create_office", office, actor=actor, now=now, office=office, codes={"key": key})
    return office


@transaction.atomic
def add_user(
    *, email: str, name: str, actor: Actor, now: datetime, password: str | None = None, language: str = "da"
) -> User:
    """Give a person an account; the e-mail address is the login. Without a password the person sets one by mail.

    Refuses an address no mail can reach and one that has an account already.
    """
    _insist_on_address(email)
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(Refusal("user_exists", _("This e-mail address has an account already. Grant it a role instead.")))
    user = User.objects.create_user(email, password, name=name, language=language, date_joined=now)
    record("add_user", user, actor=actor, now=now, detail={"name": name, "email": user.email})
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
    """Let an account act for an office in a role, between two local days or for good. Again changes the days."""
    _insist_on_active(user)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, role=role, defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "role": role, "from": valid_from, "to": valid_to}
    record("grant_role", membership, actor=actor, now=now, office=office, codes=codes)
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
    """Let an account act for a body as this office knows it, between two local days or for good."""
    _insist_on_active(user)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, body=body, role="", defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "body": body.public_id, "from": valid_from, "to": valid_to}
    record("grant_seat", membership, actor=actor, now=now, office=office, codes=codes)
    return membership


@transaction.atomic
def revoke_membership(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take a role or seat away. Refuses to leave an office without any administrator who can give one again."""
    office = Office.objects.select_for_update().get(pk=membership.office_id)
    others = Membership.objects.filter(office=office, role=Role.ADMIN, user__is_active=True).exclude(pk=membership.pk)
    if membership.role == Role.ADMIN and not others.exists():
        raise Refused(
            Refusal("last_administrator", _("This is the office's last administrator. Make another one first."))
        )
    codes = {"user": membership.user.public_id, "role": membership.role}
    record("revoke_membership", membership, actor=actor, now=now, office=office, codes=codes)
    membership.delete()


@transaction.atomic
def close_account(user: User, *, actor: Actor, now: datetime) -> None:
    """A person has left: no sign-in any more. Name and deeds stay until the person is erased."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    record("close_account", user, actor=actor, now=now)


def _insist_on_address(address: str) -> None:
    refusal = may_mail(address)
    if refusal is not None:
        raise Refused(Refusal(refusal.code, refusal.text))


def _insist_on_active(user: User) -> None:
    if not user.is_active or user.erased_at is not None:
        raise Refused(Refusal("account_closed", _("This account is closed. Give the person a new one.")))
