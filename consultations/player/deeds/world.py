"""What happens around the process: a link is opened, a mail comes back, the mail server is away, a person is erased."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.player.asked import asked_last, latest_mail
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import Deed, OfficersDeed, PacedDeed, PartysDeed
from consultations.player.expected import Expected
from consultations.player.parties import Parties
from consultations.player.times import Moment
from consultations.player.values import Reason, Verbatim, Words
from notifications.states import EventKind
from notifications.tracking import record_event
from workflow.actions.erasure import erase_person


class Open(PartysDeed, do="open", about=asked_last):
    """Presses the start button behind the link in the latest mail; every other deed does so first."""

    def play(self, play: Play) -> object:
        return self.subject(play)


class Bounce(PacedDeed, do="bounce"):
    """Lets the latest mail to a party come back, as a mail service tells it."""

    done_for: Parties = Field(alias="for")
    text: Words = "550 5.1.1 User unknown"

    def play(self, play: Play) -> object:
        mail = latest_mail(play, asked_last(play, None).public_id)
        if mail is None:
            raise Impossible(_("No mail has been sent to %(party)s.") % {"party": play.body.name})
        key = f"play:{play.key}:{mail.public_id}"
        return record_event(mail, EventKind.BOUNCED, key=key, occurred_at=play.now, now=play.now, detail=self.text)


class MailDown(Deed, do="mail_down"):
    """Takes the mail server away from the deed's time on."""

    until: Moment

    def play(self, play: Play) -> object:
        play.mail_down_until = self.until
        return None


class Erase(OfficersDeed, do="erase"):
    """Erases all that is readable of the person behind an address."""

    email: Verbatim
    reason: Reason

    def play(self, play: Play) -> object:
        return play.call(partial(erase_person, self.email), self, office=play.office)


class Verify(Deed, do="verify"):
    """Lets the record prove itself."""


class Expect(Deed, Expected, do="expect"):
    """Holds the process against the keys of what can be expected, below."""
