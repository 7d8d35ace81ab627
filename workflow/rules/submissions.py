"""When a package may be made and sent, and when an authority's receipt, its ruling or a dated fact may be recorded.

Days are local days of the process's zone; instants are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.dates import local_day, short_date
from workflow.rules.processes import must_give_reason
from workflow.rules.refusals import Refusal
from workflow.rules.stages import must_be_under_way
from workflow.states import ExternalState, StageKindName, StageState

if TYPE_CHECKING:
    from workflow.actors import Actor
    from workflow.models import Body, Bundle, DocumentVersion, ExternalRequest, Package, Stage


DAYS_AHEAD: Final = 90
"""Sent more days than these before its stage's deadline, a package asks why."""

SUBMISSION_WITHDRAWN = Refusal(
    "request_withdrawn", _("The submission was withdrawn. A new one follows if it is sent again.")
)


def may_send_texts(altered: Sequence[DocumentVersion]) -> Refusal | None:
    """What leaves under a bundle's fingerprint is what was locked: no version that was altered since goes out."""
    if not altered:
        return None
    titles = ", ".join(str(version) for version in altered)
    return Refusal(
        "version_altered",
        format_lazy(
            _("This text is not the one that was locked: {titles}. Have the database looked at before it is sent."),
            titles=titles,
        ),
    )


def may_make_package(
    stage: Stage,
    bundle: Bundle | None,
    missing: Sequence[str],
    papers: Sequence[str] = (),
    *,
    is_provisional: bool,
    reason: str,
    supplements: Package | None,
) -> Refusal | None:
    """A package is made in an open stage that submits, from a locked bundle, when nothing is missing: no approval
    (`missing`), and no paper it ought to hold (`papers`).

    With something missing it may go as provisional, with a reason. A supplement may follow while the stage is open or
    completed; it names a package of the same stage that was sent.
    """
    if stage.kind != StageKindName.EXTERNAL:
        return Refusal("stage_submits_nothing", _("This stage submits nothing; a package belongs to a submission."))
    if supplements is not None and supplements.stage_id != stage.pk:
        return Refusal("supplement_elsewhere", _("The package to add to belongs to another stage."))
    if supplements is not None and (refusal := _not_at_the_authority(supplements)):
        return refusal
    is_after = supplements is not None and stage.state == StageState.COMPLETED
    refusal = None if is_after else must_be_under_way(stage)
    if refusal is not None:
        return refusal
    if bundle is None:
        if stage.line.position == 0:
            return Refusal(
                "bundle_missing", _("No set of documents has been put forward yet. Put the final one forward first.")
            )
        text = _(
            "Nothing has been put forward of “{text}” yet. Put a set of its documents forward first; no other text is "
            "sent for it."
        )
        return Refusal("bundle_missing", format_lazy(text, text=stage.line.title))
    if (missing or papers) and not is_provisional:
        return Refusal(
            "approvals_missing" if missing else "papers_missing",
            format_lazy(
                _(
                    "The package is not complete: {missing} Make it as provisional, with a reason, or wait for what "
                    "can still come."
                ),
                missing=" ".join(dict.fromkeys([*missing, *papers])),
            ),
        )
    return must_give_reason(reason) if is_provisional else None


def must_add_something(manifest: Mapping[str, Any], supplements: Package | None) -> Refusal | None:
    """A supplement holds a paper that the packages before do not. Papers lie in the folders of their chapters; what
    lies beside them, the index and all PDFs in one, every package has."""
    if supplements is None or any("/" in member["path"] for member in manifest["members"]):
        return None
    text = _(
        "Nothing has come since package {number} that a supplement could hold. Record first what has come: a decision, "
        "minutes, an answer."
    )
    return Refusal("nothing_to_add", format_lazy(text, number=supplements.number))


def _not_at_the_authority(package: Package) -> Refusal | None:
    if package.sent_at is not None:
        return None
    text = _(
        "Package {number} has not been sent, and only what the authority has can be added to. Send it first, or add to "
        "a package that was sent."
    )
    return Refusal("supplement_to_unsent", format_lazy(text, number=package.number))


def odd_in_sending(sent_before: Package | None, due_on: date | None, now: datetime, zone: str) -> list[str]:
    """What is odd in sending a set now, in sentences: it has been sent before, or its stage's deadline is far ahead.

    sent_before: the package in which an authority has got the very same set. due_on: local day of the stage's deadline.
    """
    sentences = []
    if sent_before is not None and sent_before.sent_at is not None:
        text = gettext("The same documents were sent on %(day)s, in package %(number)d.")
        words = {"day": short_date(sent_before.sent_at, zone), "number": sent_before.number}
        sentences.append(text % words)
    days = (due_on - local_day(now, zone)).days if due_on is not None else 0
    if due_on is not None and days > DAYS_AHEAD:
        text = gettext("The deadline is %(day)s, %(days)d days from now.")
        sentences.append(text % {"day": short_date(due_on), "days": days})
    return sentences


def may_send(
    stage: Stage, package: Package, live: ExternalRequest | None, *, odd: Sequence[str] = (), reason: str = ""
) -> Refusal | None:
    """The stage's own package goes to the authority once; after that only a supplement to what was sent, once each.

    odd: what is odd in sending it now (`odd_in_sending`); with any of it a reason is needed.
    """
    if package.stage_id != stage.pk:
        return Refusal("package_elsewhere", _("The package belongs to another stage."))
    if package.supplements is not None and (refusal := _not_at_the_authority(package.supplements)):
        return refusal
    if live is None:
        return must_be_under_way(stage) or _must_say_why(odd, reason)
    if package.sent_at is not None:
        return Refusal("already_sent", _("This package has been sent already."))
    if package.supplements is None and (live.package is None or live.package.stage_id != stage.pk):
        return Refusal(
            "stage_submits_nothing",
            _(
                "The authority was asked for its ruling when the stage opened. A package is sent in a stage before it "
                "that awaits a receipt."
            ),
        )
    if package.supplements is None:
        return Refusal(
            "already_sent",
            _("A package has been sent already. Make the new one as a supplement to it."),
        )
    return None


def _must_say_why(odd: Sequence[str], reason: str) -> Refusal | None:
    if not odd or must_give_reason(reason) is None:
        return None
    text = _("Write why it is sent all the same: {odd}")
    return Refusal("sending_needs_reason", format_lazy(text, odd=" ".join(odd)))


def _link_refused(request: ExternalRequest, actor: Actor) -> Refusal | None:
    if actor.kind == "link" and actor.public_id != request.link.public_id:
        return Refusal("foreign_link", _("This link belongs to another matter. Use the link in the mail to you."))
    if actor.kind == "link" and request.link.revoked_at is not None:
        return Refusal("link_revoked", _("This link is no longer in use. Write to the secretariat to get a new one."))
    if request.state == ExternalState.WITHDRAWN:
        return SUBMISSION_WITHDRAWN
    return None


def may_ask(request: ExternalRequest, actor: Actor, text: str) -> Refusal | None:
    """A question is asked by the authority's own link, in words, about what was not withdrawn."""
    refusal = _link_refused(request, actor)
    if refusal is not None:
        return refusal
    if not text.strip():
        return Refusal("question_empty", _("Write the question."))
    return None


def may_acknowledge(
    request: ExternalRequest, actor: Actor, now: datetime, *, received_at: datetime, zone: str
) -> Refusal | None:
    """A receipt is given once, for something sent, at a time that has come and not on a day before it was sent."""
    refusal = _link_refused(request, actor)
    if refusal is not None:
        return refusal
    if request.state != ExternalState.SENT:
        return Refusal("already_acknowledged", _("The receipt is recorded already."))
    if received_at > now:
        return Refusal("received_in_future", _("The time of receipt has not come yet. Check date and clock time."))
    # By days, for authorities tell the day and not always the right minute.
    if local_day(received_at, zone) < local_day(request.sent_at, zone):
        return Refusal(
            "received_before_sent",
            format_lazy(
                _("The receipt cannot be from before the package was sent, on {day}."),
                day=short_date(request.sent_at, zone),
            ),
        )
    return None


def may_rule(
    request: ExternalRequest, actor: Actor, now: datetime, *, ruled_on: date, awaits: str, zone: str
) -> Refusal | None:
    """A ruling is given once, where one is asked for, on a day that has come."""
    refusal = _link_refused(request, actor)
    if refusal is not None:
        return refusal
    if awaits != "ruling":
        return Refusal("no_ruling_asked", _("Here only a receipt is asked for; the ruling belongs to a later stage."))
    if request.state == ExternalState.RULED:
        return Refusal("already_ruled", _("The ruling is recorded already."))
    if ruled_on > local_day(now, zone):
        return Refusal("ruled_in_future", _("The day of the ruling has not come yet. Check the date."))
    sent_at = request.package.created_at if request.package else request.sent_at
    if ruled_on < local_day(sent_at, zone):
        return Refusal(
            "ruled_before_sent",
            format_lazy(
                _("The ruling cannot be from before the matter lay with the authority, on {day}."),
                day=short_date(sent_at, zone),
            ),
        )
    return None


def may_record_milestone(
    stage: Stage,
    body: Body | None,
    happened_on: date,
    now: datetime,
    *,
    parties: Sequence[Body] | None,
    is_recorded: bool,
    zone: str,
) -> Refusal | None:
    """A dated fact is recorded once (once per body where each records its own), when its day has come.

    parties: the bodies that record it one by one; None for a fact of the whole.
    """
    if stage.kind != StageKindName.MILESTONE:
        return Refusal("stage_no_milestone", _("This stage has no dated fact to record."))
    refusal = must_be_under_way(stage)
    if refusal is not None:
        return refusal
    if parties is not None and body is None:
        return Refusal("body_missing", _("Each party records its own date here. Choose the party."))
    if parties is not None and body not in parties:
        return Refusal("body_not_listed", _("This body is not on the list of those who record the date."))
    if parties is None and body is not None:
        return Refusal("body_not_asked", _("The date is one for the whole agreement, not for a single party."))
    if is_recorded:
        return Refusal("milestone_recorded", _("The date is recorded already."))
    if happened_on > local_day(now, zone):
        return Refusal(
            "happened_in_future",
            format_lazy(_("{day} has not come yet. Record it when it has happened."), day=short_date(happened_on)),
        )
    return None
