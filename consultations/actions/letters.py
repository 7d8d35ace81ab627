"""A party's invitation on paper, for whoever is not reached by mail. Officers come in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from consultations.actions.locking import hold_invitation
from consultations.models import Invitation
from consultations.rules.parties import may_be_heard
from consultations.states import RoundVerb
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.links import mail_secrets
from workflow.models import PersonalLink
from workflow.rules import insist


@transaction.atomic
def write_letter(invitation: Invitation, *, actor: Actor, now: datetime) -> Mapping[str, str]:
    """The party's link and typed code, to be printed in its letter; that they were taken out stands in the record.

    Refuses everybody but an officer, and a party that is not being heard.
    """
    hold = hold_invitation(invitation, actor, now)
    insist_officer(actor, hold.process.office, now)
    insist(may_be_heard(hold.round, hold.invitation))
    link: PersonalLink = hold.invitation.link
    codes = {"invitation": hold.invitation.public_id, "version": link.version}
    record(RoundVerb.WRITE_LETTER, hold.invitation, actor=actor, now=now, process=hold.process, codes=codes)
    return mail_secrets(link)
