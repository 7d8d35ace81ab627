"""What happens around the process: a link is opened, a mail comes back, the mail server is away, a person is erased."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.player.asked import asked_last
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.answers import by_link
from consultations.player.deeds.base import Deed, Doer, OfficersDeed, PacedDeed, PartysDeed
from consultations.player.deeds.decisions import by_link_or_officer
from consultations.player.expected import Expected
from consultations.player.known import Known
from consultations.player.mailbox import latest_mail
from consultations.player.written import Moment, Parties, Reason, Words
from notifications.states import EventKind
from notifications.tracking import record_event
from workflow.actions.erasure import erase_person
from workflow.definitions.reading import Path
from workflow.models import ApprovalRequest


class Open(PartysDeed):
    """Presses the start button behind the link in the latest mail; every other deed does so first."""

    do: Literal["open"]

    def play(self, play: Play) -> object:
        if isinstance(asked_last(play, self.stage), ApprovalRequest):
            return by_link_or_officer(play, self)
        return by_link(play, self)


class Bounce(PacedDeed):
    """Lets the latest mail to a party come back, as a mail service tells it."""

    do: Literal["bounce"]
    parties: Parties = Field(alias="for")
    text: Words = "550 5.1.1 User unknown"

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        return tuple(("", party) for party in known.parties(self.parties, (*path, "for")))

    def play(self, play: Play) -> object:
        mail = latest_mail(play, asked_last(play, None).public_id)
        if mail is None:
            raise Impossible(_("No mail has been sent to %(party)s.") % {"party": play.body.name})
        return record_event(
            mail,
            EventKind.BOUNCED,
            key=f"play:{play.key}:{mail.public_id}",
            occurred_at=play.now,
            now=play.now,
            detail=play.words(self.text),
        )


class MailDown(Deed):
    """Takes the mail server away from the deed's time on."""

    do: Literal["mail_down"]
    until: Moment

    def play(self, play: Play) -> object:
        play.mail_down_until = play.moment(self.until)
        return None


class Erase(OfficersDeed):
    """Erases all that is readable of the person behind an address."""

    do: Literal["erase"]
    email: Words
    reason: Reason

    def play(self, play: Play) -> object:
        reason = play.words(self.reason)
        return erase_person(self.email, reason=reason, office=play.office, actor=play.officer(), now=play.now)


class Verify(Deed):
    """Lets the record prove itself."""

    do: Literal["verify"]


class Expect(Deed, Expected):
    """Holds the process against the keys of what can be expected, below."""

    do: Literal["expect"]


WorldDeed = Open | Bounce | MailDown | Erase | Verify | Expect
