"""Offices, and what the accounts of their people may do in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.rules import may_mail, one_line
from workflow.actions.once import FORM_USED, Once
from workflow.actions.rights import insist_administrator
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import Body, Membership, Office, User
from workflow.rules import Refusal, Refused, insist
from workflow.rules.offices import may_found, may_take_back_within, must_be_open, must_have_name
from workflow.rules.overwriting import digest_of_fields, words_changed_since
from workflow.rules.validity import is_valid_on
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


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What an office is called, how it is reached and how it works; see `Office`. language: "da" or "en"."""

    name: str
    reply_to: str
    telephone: str
    contact_person: str
    postal_address: str
    journal_address: str
    language: str
    minutes_to_take_back: int


@transaction.atomic
def change_office(
    office: Office, facts: OfficeFacts, *, shown_digest: str | None = None, actor: Actor, now: datetime, key: str = ""
) -> Office:
    """Let an office be called, reached and run otherwise from now on; what has been sent or put forward stays as it is.

    shown_digest: of the details the person had before the eyes. Refuses anyone but an administrator of the office, an
    empty name, a mailbox no mail can reach, minutes beyond two hours, and details that a colleague has changed since.
    The record names which details were changed, and not what they were.
    """
    office = Office.objects.select_for_update().get(pk=office.pk)
    insist_administrator(actor, office, now)
    once = Once(f"change_office:{office.public_id}", key, facts)
    if once.made is not None:
        return office
    insist(must_have_name(facts.name) or may_take_back_within(facts.minutes_to_take_back))
    _insist_on_address(facts.reply_to)
    if facts.journal_address:
        _insist_on_address(facts.journal_address)
    new = asdict(facts)
    stored = {name: getattr(office, name) for name in new}
    insist(words_changed_since(shown_digest, digest_of_fields(stored), digest_of_fields(new)))
    changed = [name for name, value in new.items() if value != stored[name]]
    for name in changed:
        setattr(office, name, new[name])
    if changed:
        office.save(update_fields=changed)
        record(Verb.CHANGE_OFFICE, office, actor=actor, now=now, office=office, codes={"changed": changed})
    once.keep(office.public_id, now)
    return office


@transaction.atomic
def set_journal_address(office: Office, address: str, *, actor: Actor, now: datetime) -> Office:
    """Name the mailbox of the office's journal, which gets a copy of every mail from now on; "" for none any more.

    Refuses anyone but an administrator of the office, and a mailbox no mail can reach.
    """
    insist_administrator(actor, office, now)
    address = address.strip()
    if address:
        _insist_on_address(address)
    office.journal_address = address
    office.save(update_fields=["journal_address"])
    codes = {"is_set": bool(address)}
    record(Verb.SET_JOURNAL_ADDRESS, office, actor=actor, now=now, office=office, codes=codes)
    return office


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
    key: str = "",
) -> Membership:
    """Let an account act for an office in a role, between two local days or for good. Again changes the days.

    Refuses an account that does not administer the office, days in the wrong order, and a closed account.
    """
    once = _granted(user, office, key, (role, valid_from, valid_to))
    if once.made is not None:
        return _still_held(user, office, role=role)
    _insist_may_grant(user, office, valid_from, valid_to, actor, now)
    if role == Role.ADMIN and (valid_from or valid_to):
        # Days would end, or put off, the role of somebody who may be the only one to have it.
        _insist_others_or_newcomer(user, office, now)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, role=role, defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "role": role, "from": valid_from, "to": valid_to}
    record(Verb.GRANT_ROLE, membership, actor=actor, now=now, office=office, codes=codes)
    once.keep(membership.public_id, now)
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
    key: str = "",
) -> Membership:
    """Let an account act for a body as this office knows it, between two local days or for good. Refuses as
    `grant_role` does."""
    once = _granted(user, office, key, (body.public_id, valid_from, valid_to))
    if once.made is not None:
        return _still_held(user, office, body=body)
    _insist_may_grant(user, office, valid_from, valid_to, actor, now)
    membership, _made = Membership.objects.update_or_create(
        user=user, office=office, body=body, role="", defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    codes = {"user": user.public_id, "body": body.public_id, "from": valid_from, "to": valid_to}
    record(Verb.GRANT_SEAT, membership, actor=actor, now=now, office=office, codes=codes)
    once.keep(membership.public_id, now)
    return membership


@transaction.atomic
def revoke_membership(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take a role or seat away. Refuses an account that does not administer the office, and to leave an office without
    any administrator who can give one again.
    """
    insist_administrator(actor, membership.office, now)
    office = membership.office
    if membership.role == Role.ADMIN:
        insist_other_administrator(office, membership.user, now)
    codes = {"user": membership.user.public_id, "role": membership.role}
    if membership.body is not None:
        codes["body"] = membership.body.public_id
    record(Verb.REVOKE_MEMBERSHIP, membership, actor=actor, now=now, office=office, codes=codes)
    membership.delete()


def insist_other_administrator(office: Office, user: User, now: datetime) -> None:
    """Somebody else must administer the office who can give the role again: today, with no last day, and with a
    password or, while there is a sign-in provider, known to it. Locks the office until the deed ends."""
    # Or the last two administrators could take each other's role away at the same moment.
    Office.objects.select_for_update().get(pk=office.pk)
    lasting = Membership.objects.filter(office=office, role=Role.ADMIN, user__is_active=True, valid_to=None)
    today = local_day(now, office.time_zone)
    others = [row for row in lasting.exclude(user=user).select_related("user") if is_valid_on(row, today)]
    if not any(_can_sign_in(row.user) for row in others):
        text = _(
            "This is the office's last administrator who can sign in and whose role has no last day. Make another one "
            "first."
        )
        raise Refused(Refusal("last_administrator", text))


def _can_sign_in(user: User) -> bool:
    is_known = settings.OIDC_IS_ON and user.identities.filter(issuer=settings.OIDC_ISSUER).exists()
    return is_known or (settings.PASSWORD_SIGN_IN and user.has_usable_password())


def _insist_others_or_newcomer(user: User, office: Office, now: datetime) -> None:
    if Membership.objects.filter(office=office, role=Role.ADMIN, user=user).exists():
        insist_other_administrator(office, user, now)


def _still_held(user: User, office: Office, **place: object) -> Membership:
    """What a form that comes once more has given; refused where it has been taken back since."""
    membership = Membership.objects.filter(user=user, office=office, **place).first()
    if membership is None:
        raise Refused(FORM_USED)
    return membership


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
        "places": ", ".join(row.place for row in memberships),
    }
    if not memberships:
        raise Refused(Refusal("place_not_held", _("%(name)s has no place in %(office)s; nothing to take.") % names))
    if not rows:
        text = _("%(name)s has another place in %(office)s. Name one of these: %(places)s.") % names
        raise Refused(Refusal("place_not_held", text))
    for row in rows:
        revoke_membership(row, actor=actor, now=now)
    return rows


def _granted(user: User, office: Office, key: str, content: object) -> Once:
    return Once(f"grant:{office.public_id}:{user.public_id}", key, content)


def _insist_may_grant(
    user: User, office: Office, valid_from: date | None, valid_to: date | None, actor: Actor, now: datetime
) -> None:
    insist_administrator(actor, office, now)
    insist(must_be_open(user))
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused(Refusal("days_reversed", _("The last day is before the first. Turn the days round.")))


def _insist_on_address(address: str) -> None:
    refusal = may_mail(address)
    if refusal is not None:
        raise Refused(refusal)
