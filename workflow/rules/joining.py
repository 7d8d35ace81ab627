"""When a body joins a sub-agreement that it declined to join, or that it was not asked about: until the process ends.

Actions, queries and pages come in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.rules.bodies import must_be_there
from workflow.rules.refusals import Refusal
from workflow.rules.stages import must_be_under_way
from workflow.states import Outcome, RequestPurpose, RequestState, StageState

if TYPE_CHECKING:
    from workflow.definitions import StageSpec
    from workflow.models import ApprovalRequest, Body, Bundle, Process, Stage


def is_outside(request: ApprovalRequest, outcome: str | None, counts: Collection[str]) -> bool:
    """Whether a body that was asked to join has decided and stands outside: it may still join, by the same link.

    outcome: that of its decision in force, None without one. counts: the outcomes by which a body joins. Whoever has
    joined with a reservation stands inside: that is settled by itself.
    """
    has_decided = request.purpose == RequestPurpose.ACCESSION and request.state == RequestState.DECIDED
    inside = (None, Outcome.APPROVED_WITH_RESERVATION, *counts)
    return has_decided and outcome not in inside


def must_join(outcome: str, counts: Collection[str]) -> Refusal | None:
    """Where the body has declined already, nothing else than that it joins can follow."""
    if outcome in counts:
        return None
    return Refusal(
        "only_joining",
        _("The body stands outside the agreement already. What can follow is that it joins: choose that it approves."),
    )


def must_not_be_replaced(by: Process | None) -> Refusal | None:
    """Nobody joins an agreement when a revised one, which is a process of its own (`by`), has come into force."""
    if by is None:
        return None
    return Refusal(
        "agreement_replaced",
        format_lazy(
            _(
                "The agreement has been replaced by {case_number}, “{title}”, which has come into force. Join that "
                "one: the secretariat asks the body there."
            ),
            case_number=by.case_number,
            title=by.title,
        ),
    )


def may_add_parties(stage: Stage, spec: StageSpec, replaced_by: Process | None) -> Refusal | None:
    """Parties are taken in where each joins at its own date, from the opening of the stage on, also when it is done."""
    if spec.approval is None or not spec.approval.accession:
        return Refusal(
            "list_fixed",
            _(
                "Those who decide here were settled when the process began, and they decide together. Hear the body in "
                "a consultation, or start a process anew with it on the list."
            ),
        )
    if stage.state != StageState.COMPLETED and (refusal := must_be_under_way(stage)):
        return refusal
    return must_not_be_replaced(replaced_by)


def must_have_text(bundle: Bundle | None) -> Refusal | None:
    """A text is joined; where the stage was done elsewhere, none of it may stand here."""
    if bundle is not None:
        return None
    text = _("No text of the agreement stands in this process, so nobody can be asked here to join it.")
    return Refusal("no_text_to_join", text)


def may_add_party(
    body: Body, *, kinds: Collection[str], is_party: bool, has_address: bool, today: date
) -> Refusal | None:
    """A body is taken in that is not on the list, exists today, is of the kinds that may join, and can be written to.

    has_address: the office has an address of it that works, or reaches it otherwise than by mail.
    """
    if is_party:
        text = _("{body} is on the list of parties already. If it has declined, ask it again on its own page.")
        return Refusal("party_listed", format_lazy(text, body=body.name))
    if refusal := must_be_there(body, today):
        return refusal
    if body.kind not in kinds:
        return Refusal(
            "kind_unfit", format_lazy(_("The agreement is not one that bodies such as {body} join."), body=body.name)
        )
    if not has_address:
        text = _("The office knows no address of {body} that works. Write it under Contacts first.")
        return Refusal("no_address", format_lazy(text, body=body.name))
    return None
