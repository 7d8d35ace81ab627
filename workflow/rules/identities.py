"""Whom the word of a sign-in provider signs in. The action comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import User


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of whoever has signed in there (OpenID Connect Core 1.0, 2 and 5.1). is_verified: that the
    address is the person's, as far as the provider knows."""

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False


def may_come_in(user: User) -> Refusal | None:
    """Closed here is shut here, whatever the provider says."""
    if user.is_active and user.erased_at is None:
        return None
    return Refusal("account_closed", _("Your account here is closed. Ask an administrator of your office."))


def may_link(identity: Identity, user: User | None, *, is_linked: bool) -> Refusal | None:
    """An identity is linked for good by a verified address that is the account's. user: whose account has the address,
    None where nobody's does. is_linked: whether that account is another identity's already."""
    if not identity.email or not identity.is_verified:
        text = _(
            "The provider does not say which address is yours for certain, so that your account here cannot be found. "
            "Ask whoever runs it to verify your e-mail address."
        )
        return Refusal("address_unverified", text)
    if user is None:
        text = _("No account here has the address {email}. Ask an administrator of your office for one.")
        return Refusal("no_account", format_lazy(text, email=identity.email))
    if is_linked:
        text = _(
            "The account of {email} is linked to another identity at the provider. Ask an administrator of your office "
            "to reset the sign-in."
        )
        return Refusal("identity_of_another", format_lazy(text, email=identity.email))
    return may_come_in(user)
