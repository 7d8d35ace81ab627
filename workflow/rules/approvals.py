"""When a body's decision may be recorded, added to, settled, asked for again.

Actions, pages and forms come in. Days are local days of the process's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.dates import clock_time, local_day, short_date
from workflow.rules.bodies import must_last
from workflow.rules.decisions import DecisionFacts, must_be_decided_as_it_may, must_have_words, must_rest_on_mandate
from workflow.rules.joining import must_join, must_not_be_replaced
from workflow.rules.refusals import Refusal
from workflow.states import (
    LIVE_REQUESTS,
    DecisionState,
    Outcome,
    RequestPurpose,
    RequestState,
    Settlement,
    StageState,
)

if TYPE_CHECKING:
    from workflow.actors import Actor
    from workflow.models import ApprovalRequest, Body, Decision, Process

ALREADY_DECIDED = Refusal(
    "already_decided",
    _(
        "The decision is recorded already. Correct it with an addendum; the decision itself stays as it was. "
        "If it did not let the matter go on, the secretariat can ask the body once more."
    ),
)
"""To whoever has decided. The page shows the decision and needs no words besides."""

NOT_ASKED_YET = Refusal(
    "not_asked_yet",
    _("Your body has not been asked yet. The secretariat is preparing the question; a mail comes when it is sent."),
)

NO_RESERVATION = Refusal("no_reservation", _("The body has made no reservation; there is nothing to settle."))


def outcomes_for(purpose: str) -> tuple[Outcome, ...]:
    """The outcomes a body can choose from: only who is asked to join can decline to join."""
    return tuple(
        outcome
        for outcome in Outcome
        if purpose == RequestPurpose.ACCESSION or outcome is not Outcome.ACCESSION_DECLINED
    )


def may_use_link(request: ApprovalRequest, actor: Actor) -> Refusal | None:
    """Whoever acts by a link acts by the question's own, while it is in use; an officer and an account by none."""
    if actor.kind == "link" and actor.public_id != request.link.public_id:
        return Refusal("foreign_link", _("This link belongs to another matter. Use the link in the mail to your body."))
    if actor.kind == "link" and request.link.revoked_at is not None:
        return Refusal("link_revoked", _("This link is no longer in use. Write to the secretariat to get a new one."))
    return None


def may_decide(
    request: ApprovalRequest,
    actor: Actor,
    now: datetime,
    *,
    current: ApprovalRequest | None = None,
    outside: bool = False,
    replaced_by: Process | None = None,
) -> Refusal | None:
    """Whether the body may give its decision on this request now. `current` is the request that took its place, if any;
    outside: its decision left it outside a sub-agreement (`is_outside`); replaced_by: the agreement that has taken the
    place of the one it would join.

    A decision in place is only followed by a new one when it was to postpone, or when the body joins after all; else it
    is corrected by an addendum.
    """
    refusal = may_use_link(request, actor)
    if refusal is not None:
        return refusal
    if request.state == RequestState.LISTED and not actor.on_behalf_of:
        return NOT_ASKED_YET
    if request.state == RequestState.DECIDED and not outside:
        return ALREADY_DECIDED
    if request.state in (RequestState.FALLEN, RequestState.WITHDRAWN):
        return _not_current(request, current, now)
    if request.stage.state not in (StageState.OPEN, StageState.COMPLETED):
        return Refusal("request_withdrawn", _("The question was withdrawn, because the matter was sent back."))
    return must_not_be_replaced(replaced_by)


def _not_current(request: ApprovalRequest, current: ApprovalRequest | None, now: datetime) -> Refusal:
    if current is None or current.bundle is None or current.bundle_id == request.bundle_id:
        return Refusal(
            "request_withdrawn",
            _("The question was withdrawn. The secretariat will ask again if a decision is needed."),
        )
    if current.state == RequestState.LISTED:
        text = _(
            "Version {current} of the documents has been put forward. The secretariat is preparing the question about "
            "it; decide once the mail has come."
        )
        return Refusal("bundle_old", format_lazy(text, current=current.bundle.number))
    leaves_at = current.bundle.questions_leave_at
    if leaves_at is not None and leaves_at > now:
        return Refusal(
            "bundle_old",
            format_lazy(
                _(
                    "Version {current} of the documents has been put forward. A mail with a question about it leaves "
                    "at {time}. Decide once it has come."
                ),
                current=current.bundle.number,
                time=clock_time(leaves_at, request.stage.process.time_zone),
            ),
        )
    return Refusal(
        "bundle_old",
        format_lazy(
            _(
                "There is a newer version of the documents: version {current}. Your body was asked about version "
                "{old}. Use the link in the newest mail, and decide on version {current}."
            ),
            current=current.bundle.number,
            old=request.bundle.number if request.bundle else 0,
        ),
    )


def may_record_decision(
    request: ApprovalRequest,
    facts: DecisionFacts,
    actor: Actor,
    now: datetime,
    *,
    is_on_this_text: bool,
    received_at: datetime,
    zone: str,
    text_since: datetime | None,
    current: ApprovalRequest | None = None,
    joins_by: tuple[Outcome, ...] = (),
    replaced_by: Process | None = None,
) -> Refusal | None:
    """A decision may be recorded when `may_decide` says so and these facts can be a decision on what was asked.
    joins_by: where the body stands outside a sub-agreement, the outcomes by which it joins.

    is_on_this_text: it was given on the bundle in question, or one that differs from it only editorially. text_since:
    since when there has been the text; nobody has decided on it before that day.
    """
    refusal = may_decide(request, actor, now, current=current, outside=bool(joins_by), replaced_by=replaced_by)
    if refusal is not None:
        return refusal
    if not is_on_this_text:
        digest = request.bundle.sha256 if request.bundle else ""
        number = request.bundle.number if request.bundle else 0
        return Refusal(
            "bundle_old",
            format_lazy(
                _(
                    "This decision was given on another version of the documents than the one in question. Version "
                    "{number} is the current one (checksum {digest}). Ask the body to decide on that version."
                ),
                number=number,
                digest=digest[:12] or "–",
            ),
        )
    if facts.outcome not in outcomes_for(request.purpose):
        return Refusal(
            "outcome_unfit",
            _("Only a party that is asked to join can decline to join. Choose “not approved” if the body said no."),
        )
    refusal = must_join(facts.outcome, joins_by) if joins_by else None
    return (
        refusal
        or must_have_words(facts)
        or must_be_decided_as_it_may(request, facts)
        or must_rest_on_mandate(request, facts)
        or _must_fit_days(request.body, facts, received_at, text_since, now, zone)
    )


def _must_fit_days(
    body: Body, facts: DecisionFacts, received_at: datetime, text_since: datetime | None, now: datetime, zone: str
) -> Refusal | None:
    """The meeting has been held, once there was the text and while the body was there."""
    if facts.meeting_on > local_day(now, zone):
        return Refusal(
            "meeting_in_future",
            format_lazy(
                _("The meeting is on {day}, which has not come yet. Record the decision when it has been made."),
                day=short_date(facts.meeting_on),
            ),
        )
    if refusal := must_last(body, facts.meeting_on):
        return refusal
    # By local days: a text locked in the morning can be decided on in the same day's meeting.
    if text_since is not None and facts.meeting_on < local_day(text_since, zone):
        return Refusal(
            "meeting_before_text",
            format_lazy(
                _(
                    "The meeting on {meeting} was held before there was this text, on {since}. Check the date; a "
                    "decision on an earlier draft is not a decision on this text."
                ),
                meeting=short_date(facts.meeting_on),
                since=short_date(text_since, zone),
            ),
        )
    if received_at > now:
        return Refusal("received_in_future", _("The time of receipt has not come yet. Check date and clock time."))
    if facts.next_meeting_on is not None and facts.next_meeting_on < facts.meeting_on:
        return Refusal("next_meeting_before", _("The next meeting is before the one that postponed the matter."))
    return None


def may_add_addendum(request: ApprovalRequest, actor: Actor, text: str) -> Refusal | None:
    """A decision on the request is corrected beside, never over, and by no other body's link; the correction must say
    something.
    """
    refusal = may_use_link(request, actor)
    if refusal is not None:
        return refusal
    if not text.strip():
        return Refusal("addendum_empty", _("Write what is corrected; it stands beside the decision with today's date."))
    return None


def may_receive_minutes(request: ApprovalRequest, decision: Decision, actor: Actor) -> Refusal | None:
    """Minutes may come after the decision on the request, once, and by no other body's link. Another extract goes along
    with an addendum.
    """
    refusal = may_use_link(request, actor)
    if refusal is not None:
        return refusal
    if decision.minutes_id is not None:
        return Refusal(
            "minutes_present",
            _("The decision has its minutes already. Send another extract along with an addendum."),
        )
    return None


def may_ask_again(request: ApprovalRequest, decision: Decision | None, *, counts: bool) -> Refusal | None:
    """The secretariat may put the same text to a body again when its decision does not count; where bodies join at
    their own dates also when the stage is done."""
    is_joined_late = request.purpose == RequestPurpose.ACCESSION and request.stage.state == StageState.COMPLETED
    if request.stage.state != StageState.OPEN and not is_joined_late:
        return Refusal("stage_not_open", _("The stage is not under way; nobody is asked in it now."))
    if request.state == RequestState.LISTED:
        text = _("The body stands on the list of a dispatch. It is asked when that is sent.")
        return Refusal("request_listed", text)
    if request.state == RequestState.ASKED:
        return Refusal("request_asked", _("The body has been asked already and has not decided yet."))
    if request.state != RequestState.DECIDED or decision is None or decision.state != DecisionState.VALID:
        return Refusal("request_withdrawn", _("The question was withdrawn; the body is asked about the newer version."))
    if counts:
        return Refusal("decision_counts", _("The body has approved; there is nothing to ask again."))
    return None


def may_settle_reservation(
    decision: Decision, settlement: str, *, lapses_on: date | None, now: datetime, zone: str
) -> Refusal | None:
    """A reservation in force is settled, as often as there is something new to say of it.

    A day on which it lapses is named only where it is still in the way, and lies ahead.
    """
    if decision.outcome != Outcome.APPROVED_WITH_RESERVATION:
        return NO_RESERVATION
    if decision.state != DecisionState.VALID:
        return Refusal(
            "decision_not_valid", _("The decision no longer holds, so its reservation is not settled any more.")
        )
    if settlement == Settlement.LAPSED:
        return Refusal(
            "lapse_by_its_day", _("A reservation lapses on the day named for it. Name the day, or say what it means.")
        )
    if lapses_on is not None and settlement != Settlement.TO_CLARIFY:
        return Refusal(
            "lapse_needless",
            _("A reservation without significance counts at once, so it needs no day on which it lapses."),
        )
    if lapses_on is not None and lapses_on <= local_day(now, zone):
        return Refusal(
            "lapse_in_past",
            format_lazy(
                _("A reservation lapses on a day to come, and {day} is not. Name a later day."),
                day=short_date(lapses_on),
            ),
        )
    return None


def may_announce_meeting(
    request: ApprovalRequest, meeting_on: date, actor: Actor, now: datetime, zone: str
) -> Refusal | None:
    """A body that has not decided may tell on which coming day it will."""
    refusal = may_decide(request, actor, now)
    if refusal is not None:
        return refusal
    if meeting_on < local_day(now, zone):
        return Refusal("meeting_in_past", _("The day of the meeting has passed. Tell the coming one."))
    return None


def may_contact_otherwise(requests: Sequence[ApprovalRequest]) -> Refusal | None:
    """Bodies may be asked otherwise than by mail where their questions wait for an answer and go by mail today."""
    if requests:
        return None
    return Refusal("nobody_unreachable", _("Mail can reach every body that is asked here. Nothing is changed."))


def may_readdress(request: ApprovalRequest) -> Refusal | None:
    """A question still waiting may be sent to another address, and so may the link of a body that has decided."""
    if request.state not in LIVE_REQUESTS:
        return Refusal("request_not_asked", _("The body is not being asked any more, so there is nobody to write to."))
    return None
