"""When a body joins a sub-agreement that it declined to join, or that it was not asked about: until the process ends.

Actions, queries and pages come in.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal
from workflow.states import RequestPurpose, RequestState

if TYPE_CHECKING:
    from workflow.models import ApprovalRequest, Process


def is_outside(request: ApprovalRequest, outcome: str | None, counts: Collection[str]) -> bool:
    """Whether a body that was asked to join has decided and stands outside: it may still join, by the same link.

    outcome: that of its decision in force, None without one. counts: the outcomes by which a body joins.
    """
    has_decided = request.purpose == RequestPurpose.ACCESSION and request.state == RequestState.DECIDED
    return has_decided and outcome is not None and outcome not in counts


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
