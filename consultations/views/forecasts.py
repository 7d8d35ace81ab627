"""What an officer's deeds towards one party would do, each found by a rehearsal of that very deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.answers import decide_late
from consultations.actions.extensions import extend_for_one, refuse_extension
from consultations.actions.midround import release_party
from consultations.actions.parties import correct_address
from consultations.actions.rounds import close_round
from consultations.models import Answer, HearingRound, Invitation
from consultations.states import InvitationState
from workflow.dates import weekday_date
from workflow.rules.asked import is_reached
from workflow.rules.notation import END_OF_DAY
from workflow.views.access import Visit
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    rehearsal_of,
    with_more,
)


def granting_of(request: Visit, party: Invitation, day: date) -> Consequences:
    """What giving a party the day it asked for would do."""
    told = _told(
        request,
        party,
        partial(extend_for_one, _afresh(party), new_on=day, new_clock=END_OF_DAY, reason=STAND_IN_WORDS),
        undo=_("A deadline that has been moved cannot be moved back; more time can be given."),
    )
    words = _("Its deadline is then %(day)s at 23:59, and the round stays open for it.")
    return told if told.is_refused else with_more(told, happens=[words % {"day": weekday_date(day)}])


def refusing_of(request: Visit, party: Invitation) -> Consequences:
    """What saying no to a party's wish for more time would do."""
    deed = partial(refuse_extension, _afresh(party), reason=STAND_IN_WORDS)
    told = _told(request, party, deed, undo=_("No. More time can be given to it all the same."))
    if told.is_refused:
        return told
    return with_more(told, happens=[_("Its deadline stands, and reminders go on. Its own page shows your reason.")])


def latenesses_of(request: Visit, answer: Answer) -> list[Consequences]:
    """What deciding on a late answer would do, when it is accepted and when it is only filed."""
    party, choices = answer.invitation, []
    for accept, title in ((True, _("If it is accepted")), (False, _("If it is only filed"))):
        deed = partial(decide_late, afresh(answer, "invitation__round"), accept=accept, reason=STAND_IN_WORDS)
        told = _with_nobody(consequences_of(request, party.round.stage.process, deed), party)
        choices.append(replace(told, title=title, is_folded=not accept))
    return choices


def closing_of(request: Visit, hearing_round: HearingRound) -> Consequences:
    """What closing a light round would do; its stage goes on by itself afterwards."""
    told = consequences_of(
        request,
        hearing_round.stage.process,
        partial(close_round, afresh(hearing_round, "stage__process__office")),
        undo=_("No. A closed round is not opened again; an answer that comes later is late, and you decide on it."),
    )
    if told.is_refused:
        return told
    waiting = hearing_round.invitations.filter(state=InvitationState.INVITED).count()
    text = ngettext(
        "%(count)d party has not answered. It is not told, and is reminded no more.",
        "%(count)d parties have not answered. They are not told, and are reminded no more.",
        waiting,
    )
    more = _("Shortly afterwards the stage goes on, and whoever is asked next gets a mail.")
    return with_more(told, happens=[*([text % {"count": waiting}] if waiting else []), more])


def told_of_release(request: Visit, party: Invitation) -> list[str]:
    """The addresses at which a party that is let go, and whoever has its task, would be told."""
    deed = partial(release_party, _afresh(party), reason=STAND_IN_WORDS)
    addressed = rehearsal_of(request, party.round.stage.process, deed).addressed
    return [words.rsplit(": ", 1)[1] for words in addressed]


def link_sending_of(request: Visit, party: Invitation) -> Consequences:
    """What sending a party its link does, told for the address it has."""
    row = _afresh(party)
    deed = partial(correct_address, row, email=row.email)
    told = _told(request, party, deed, undo=_("No, a mail that has left cannot be called back."))
    happens = [_("With another address the mail goes there instead, and nothing more to the one before.")]
    happens.append(_("The link sent before goes on working, unless you tick that it shall not."))
    if told.is_refused:
        return told
    elsewhere = tuple(words for words in told.recipients if not words.endswith(f": {party.email}"))
    to_typed = _("It goes to the address that stands in the field.")
    return with_more(replace(told, mails=(*told.mails, to_typed), recipients=elsewhere), happens=happens)


def contacting_otherwise_of(party: Invitation) -> Consequences:
    """What it means that a party is contacted otherwise than by mail."""
    return Consequences(
        title=_("Contact otherwise than by mail"),
        happens=(
            _("%(name)s stays on the list, and gets no mail and no reminder any more.") % {"name": party.name},
            _("Print its letter from this page and send it yourself. What is answered you enter here."),
        ),
        public=(_("Nothing new becomes public."),),
        undo=(_("Yes: send the link by mail instead, to an address that works."),),
    )


def _told(request: Visit, party: Invitation, deed: Callable[..., object], *, undo: str) -> Consequences:
    return _with_nobody(consequences_of(request, party.round.stage.process, deed, undo=undo), party)


def _afresh(party: Invitation) -> Invitation:
    return afresh(party, "round", "link", "body")


def _with_nobody(told: Consequences, party: Invitation) -> Consequences:
    """A party that no mail reaches is told of nothing: its officer does."""
    if told.is_refused or told.mails or is_reached(party):
        return told
    words = _("No mail reaches %(name)s, so nobody is told; write or call.")
    return replace(told, mails=(words % {"name": party.name},))
