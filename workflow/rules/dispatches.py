"""When a dispatch may be written, sent, set to leave later, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.dates import deadline_words
from workflow.rules.refusals import Refusal
from workflow.rules.stages import must_be_under_way
from workflow.states import DispatchState, StageState

if TYPE_CHECKING:
    from workflow.models import Dispatch

LONGEST_WORDS: Final = 10_000
"""Characters in the longest letter of a dispatch."""

LATEST_LEAVING: Final = timedelta(days=92)
"""How far ahead a dispatch can be set to leave: beyond it, nobody remembers what it was about."""

NOT_AS_SHOWN: Final = Refusal(
    "dispatch_changed",
    _(
        "Something about the dispatch has changed since you opened the page: its words, who is on it, the documents or "
        "the deadline. Nothing has been sent. Look it through as it is now, and press again."
    ),
)
GIVEN_UP: Final = Refusal(
    "dispatch_given_up", _("Nobody on this dispatch is to be asked any more, so there is nothing to send.")
)


def must_be_unsent(dispatch: Dispatch, zone: str) -> Refusal | None:
    """What has left cannot be changed, and what has been given up is sent by nobody."""
    if dispatch.state == DispatchState.WITHDRAWN:
        return GIVEN_UP
    if dispatch.sent_at is not None:
        at = deadline_words(dispatch.sent_at, zone)
        return Refusal("dispatch_sent", format_lazy(_("The dispatch left on {at}; it cannot be changed."), at=at))
    return None


def may_write_dispatch(dispatch: Dispatch, zone: str, words: str) -> Refusal | None:
    """Its words are written while it is being prepared: what is about to leave is taken back first."""
    if refusal := must_be_unsent(dispatch, zone):
        return refusal
    if dispatch.state == DispatchState.SCHEDULED:
        return Refusal(
            "dispatch_scheduled", _("The dispatch is about to leave. Take it back first, then change its words.")
        )
    if len(words) > LONGEST_WORDS:
        text = _("The letter has {length} characters; it can have {most}. Shorten it.")
        return Refusal("dispatch_too_long", format_lazy(text, length=len(words), most=LONGEST_WORDS))
    return None


def may_send_dispatch(dispatch: Dispatch, zone: str, *, is_as_shown: bool) -> Refusal | None:
    """A dispatch of an open stage is sent once, as it was shown; one that asks bodies to join a sub-agreement also when
    its stage is done."""
    refusal = must_be_unsent(dispatch, zone)
    if refusal is None and not (dispatch.is_to_join and dispatch.stage.state == StageState.COMPLETED):
        refusal = must_be_under_way(dispatch.stage)
    if refusal is not None:
        return refusal
    return None if is_as_shown else NOT_AS_SHOWN


def may_schedule_dispatch(
    dispatch: Dispatch, zone: str, leaves_at: datetime, now: datetime, *, reply_by: datetime | None, is_as_shown: bool
) -> Refusal | None:
    """It is set to leave at an instant to come (UTC), and before the day by which it asks for an answer.

    reply_by: that day, as far as it is known. Where it has passed already, nobody can meet it, and the page has said
    so.
    """
    if refusal := may_send_dispatch(dispatch, zone, is_as_shown=is_as_shown):
        return refusal
    if dispatch.leaves_at is not None:
        at = deadline_words(dispatch.leaves_at, zone)
        text = _("The dispatch is set to leave on {at} already. Take it back to choose another time.")
        return Refusal("dispatch_scheduled", format_lazy(text, at=at))
    if leaves_at <= now:
        return Refusal("leaves_in_past", _("That time has passed. Choose one to come, or send the dispatch now."))
    if leaves_at > now + LATEST_LEAVING:
        text = _("A dispatch is set to leave within three months. Choose an earlier day; it can be moved by then.")
        return Refusal("leaves_too_late", text)
    if reply_by is not None and now < reply_by <= leaves_at:
        text = _("It would leave when the time to answer has run out: {deadline}. Choose an earlier time.")
        return Refusal("leaves_after_deadline", format_lazy(text, deadline=deadline_words(reply_by, zone)))
    return None


def may_recall_dispatch(dispatch: Dispatch, zone: str) -> Refusal | None:
    """What is set to leave is taken back until it has."""
    if dispatch.sent_at is not None:
        text = _("The dispatch left on {at}; no mail can be called back.")
        return Refusal("dispatch_sent", format_lazy(text, at=deadline_words(dispatch.sent_at, zone)))
    if dispatch.state != DispatchState.SCHEDULED:
        return Refusal(
            "dispatch_not_scheduled", _("The dispatch is not about to leave; there is nothing to take back.")
        )
    return None
