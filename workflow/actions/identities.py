"""An officer whom a sign-in provider has signed in finds the account here; the provider makes none."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications.rules import folded_address
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import ProviderIdentity, User
from workflow.rules import insist
from workflow.rules.identities import Identity, may_come_in, may_link
from workflow.states import Verb


@transaction.atomic
def account_of_identity(identity: Identity, *, now: datetime) -> User:
    """The account that an identity at the provider signs in. Known by its subject once it is linked; linked by the
    first sign-in with a verified address that is the account's.

    Refuses a closed account, an address that is not verified or no account's, and an account that is linked to another
    identity of that provider.
    """
    known = ProviderIdentity.objects.filter(issuer=identity.issuer, subject=identity.subject)
    linked = known.select_related("user").first()
    if linked is not None:
        insist(may_come_in(linked.user))
        return linked.user
    # Locked, so that of two identities with one address that come at once one is linked.
    user = User.objects.select_for_update().filter(email=folded_address(identity.email)).first()
    is_linked = user is not None and user.identities.filter(issuer=identity.issuer).exists()
    insist(may_link(identity, user, is_linked=is_linked))
    assert user is not None  # the rule insists on it
    ProviderIdentity.objects.create(user=user, issuer=identity.issuer, subject=identity.subject, linked_at=now)
    record(
        Verb.LINK_IDENTITY,
        user,
        actor=Actor.of_user(user),
        now=now,
        codes={"issuer": identity.issuer},
        detail={"subject": identity.subject},
    )
    return user
