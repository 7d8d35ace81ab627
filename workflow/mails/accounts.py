"""Letters to people about their accounts: an invitation, one more place, a link to a new password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, no_facts
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.rules import folded_address, may_mail
from notifications.states import ERASED
from workflow.dates import in_language
from workflow.links import page_address
from workflow.models import Membership, Office, User
from workflow.queries.offices import sender_facts

# Stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
ACCOUNT_INVITATION: Final = "account_invitation"
ACCOUNT_PLACE: Final = "account_place"
PASSWORD_LINK: Final = "password_link"  # noqa: S105 (the name of a kind)

DAYS_TO_CHOOSE: Final = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)


def invitation_letter(user: User, membership: Membership, inviter: str) -> Letter:
    """To a person who has got a place in an office: to one who cannot sign in yet with a link to choose a password.
    inviter: who gave it, "" for none."""
    kind = ACCOUNT_PLACE if user.has_usable_password() else ACCOUNT_INVITATION
    with in_language(user.language):
        place = membership.place
    facts = {"place": place, "inviter": inviter, "sign_in_page": page_address("account_login")}
    return _letter(kind, f"{kind}:{membership.public_id}", user, membership.office, facts)


def password_letter(user: User, office: Office | None, now: datetime, *, is_asked_by_owner: bool) -> Letter:
    """To the owner of an account, with a link to choose a new password. office: whose name it bears."""
    facts = {"is_asked_by_owner": is_asked_by_owner}
    return _letter(PASSWORD_LINK, f"{PASSWORD_LINK}:{user.public_id}:{now:%Y%m%dT%H%M%S.%f}", user, office, facts)


def _letter(kind: str, key: str, user: User, office: Office | None, facts: Mapping[str, object]) -> Letter:
    return Letter(
        kind=kind,
        key=key,
        to=user.email,
        to_name=user.name,
        language=user.language,
        subject_id=UUID(str(user.public_id)),
        reply_to=office.reply_to if office is not None and may_mail(office.reply_to) is None else "",
        from_name=office.name if office is not None else "",
        facts={**(sender_facts(office) if office else {}), "days": DAYS_TO_CHOOSE, "person": user.name, **facts},
        office_id=office.public_id if office is not None else None,
    )


def _people(mails: Sequence[OutgoingMail]) -> dict[UUID, User]:
    users = User.objects.filter(public_id__in={mail.subject_id for mail in mails})
    return {user.public_id: user for user in users}


def _still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """Not by a closed account or at an address that is not the account's any more; an invitation neither by whoever
    has chosen a password meanwhile, or has no place any more. Two queries."""
    people = _people(mails)
    placed = set(Membership.objects.filter(user__in=people.values()).values_list("user_id", flat=True))
    reasons = {}
    for mail in mails:
        user = people.get(mail.subject_id)
        if user is None or user.erased_at is not None:
            reasons[mail.pk] = ERASED
        elif not user.is_active:
            reasons[mail.pk] = "account_closed"
        elif folded_address(mail.to_address) != folded_address(user.email):
            reasons[mail.pk] = "address_changed"
        elif mail.kind == ACCOUNT_INVITATION and user.has_usable_password():
            reasons[mail.pk] = "password_chosen"
        elif mail.kind != PASSWORD_LINK and user.pk not in placed:
            reasons[mail.pk] = "place_taken_back"
    return reasons


def _secrets(mails: Sequence[OutgoingMail]) -> Mapping[int, Mapping[str, str]]:
    """The link by which the owner chooses a password: made at the moment of sending, and void once one is chosen."""
    people = _people(mails)
    return {mail.pk: {"link": password_address(people[mail.subject_id])} for mail in mails if mail.subject_id in people}


def password_address(user: User) -> str:
    """The whole address at which the owner of an account chooses a password."""
    token = default_token_generator.make_token(user)
    return settings.BASE_URL + reverse("password_set", args=[user.public_id, token])


def register_kinds() -> None:
    """The kinds of this file."""
    titles = {
        ACCOUNT_INVITATION: _("Invitation to an account"),
        PASSWORD_LINK: _("Link to a new password"),
    }
    for kind, title in titles.items():
        kinds.register(MailKind(kind, f"mails/{kind}", no_facts, _still_wanted, _secrets, title=title))
    title = _("A place in an office")
    kinds.register(MailKind(ACCOUNT_PLACE, f"mails/{ACCOUNT_PLACE}", no_facts, _still_wanted, title=title))
