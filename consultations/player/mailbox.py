"""What a party finds in its mail: the personal link and the typed code, as they stood in the mail that was sent.

The record keeps neither, so they are derived again as they were when the mail was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import UUIDField

from consultations.player.cast import Play
from notifications import kinds
from notifications.models import OutgoingMail
from notifications.statements import Given, Read
from notifications.states import MailState
from workflow.actions.links import check_code, open_link
from workflow.actors import Actor
from workflow.links import read_link
from workflow.models import ApprovalRequest, ExternalRequest, PersonalLink

Question = TypeVar("Question", ApprovalRequest, ExternalRequest)


class NoMail(Exception):
    """A party is to act by its link and has not been sent any."""


def latest_mail(play: Play, subject_id: UUID) -> OutgoingMail | None:
    """The last mail about an invitation or a request that has been sent and has not come back."""
    mails = OutgoingMail.objects.filter(process_id=play.process.public_id, subject_id=subject_id)
    return mails.filter(state=MailState.SENT).order_by("-id").first()


_ARRIVED: Final = Read(
    lambda: OutgoingMail.objects.filter(
        subject_id=Given("subject_id", UUIDField()), state=MailState.SENT, bounced_at=None
    ).order_by("-id")
)


def link_in_mail(play: Play, via: str | None, subject_id: UUID) -> PersonalLink:
    """The link a party holds: read from its mails, by the link itself or, via "code", by the code typed."""
    for mail in _ARRIVED(subject_id=subject_id):
        secrets = kinds.secrets(mail)
        if "link" not in secrets:
            continue
        if via == "code":
            return check_code(secrets["code"], origin=f"player {play.party}", now=play.now)
        public_id, token = secrets["link"].rstrip("/").rsplit("/", 2)[-2:]
        link = read_link(UUID(public_id), token).link
        if link is not None:
            return link
    raise NoMail


def acting_on(
    play: Play, via: str | None, asked: Question, of_link: Callable[[PersonalLink], Question]
) -> tuple[Question, Actor]:
    """The question with whoever acts on it: an officer for its body, or the body, which follows the link in its mail
    and presses start."""
    if play.is_officers:
        return asked, play.officer(asked.body.name)
    link = link_in_mail(play, via, asked.public_id)
    actor = actor_by_link(play, link)
    open_link(link, actor=actor, now=play.now)
    return of_link(link), actor


def actor_by_link(play: Play, link: PersonalLink) -> Actor:
    """Whoever acts by the link: the named person with their body, or the body itself."""
    person = play.scenario.file.actors.people.get(play.turn.by)
    return Actor.of_link(link, f"{person.name}, {play.body.name}" if person else play.body.name)
