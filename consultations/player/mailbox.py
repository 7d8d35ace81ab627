"""What a party finds in its mail: the personal link and the typed code, as they stood in the mail that was sent.

The record keeps neither, so they are derived again as they were when the mail was written.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import UUIDField

from consultations.player.cast import Play
from consultations.player.scenario import Deed
from notifications import kinds
from notifications.models import OutgoingMail
from notifications.statements import Given, Read
from notifications.states import MailState
from workflow.actions.links import check_code
from workflow.actors import Actor
from workflow.links import read_link
from workflow.models import PersonalLink


class NoMail(Exception):
    """A party is to act by its link and has not been sent any."""


def latest_mail(stage: Play, subject_id: UUID) -> OutgoingMail | None:
    """The last mail about an invitation or a request that has been sent and has not come back."""
    mails = OutgoingMail.objects.filter(process_id=stage.process.public_id, subject_id=subject_id)
    return mails.filter(state=MailState.SENT).order_by("-id").first()


_ARRIVED: Final = Read(
    lambda: OutgoingMail.objects.filter(
        subject_id=Given("subject_id", UUIDField()), state=MailState.SENT, bounced_at=None
    ).order_by("-id")
)


def link_in_mail(stage: Play, deed: Deed, subject_id: UUID) -> PersonalLink:
    """The link a party holds: read from its mails, by the link itself or, `with: code`, by the code typed."""
    for mail in _ARRIVED(subject_id=subject_id):
        secrets = kinds.secrets(mail)
        if "link" not in secrets:
            continue
        if deed.values.get("with") == "code":
            return check_code(secrets["code"], origin=f"player {deed.party}", now=deed.at)
        public_id, token = secrets["link"].rstrip("/").rsplit("/", 2)[-2:]
        link = read_link(UUID(public_id), token).link
        if link is not None:
            return link
    raise NoMail


def actor_by_link(stage: Play, deed: Deed, link: PersonalLink) -> Actor:
    """Whoever acts by the link: the named person with their body, or the body itself."""
    person = stage.scenario.people.get(deed.by)
    name = stage.bodies[deed.party].name
    return Actor.of_link(link, f"{person.name}, {name}" if person else name)
