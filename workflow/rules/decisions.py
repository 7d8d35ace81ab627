"""What a decision consists of: by whom and how it can have been taken, which words belong to it, and on which mandate
it may rest. Actions, forms and the player come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.dates import short_date
from workflow.rules.bodies import (
    Deciding,
    bases_of,
    basis_label,
    capitalised,
    is_on_the_way,
    level_name,
    levels_of,
    needs_ground,
)
from workflow.rules.refusals import Refusal
from workflow.states import Basis, DecisionState, Outcome

if TYPE_CHECKING:
    from workflow.models import ApprovalRequest, Decision
    from workflow.rules.files import GivenFile

FAVOURABLE = (Outcome.APPROVED, Outcome.APPROVED_WITH_REMARKS, Outcome.APPROVED_WITH_RESERVATION)
"""The outcomes that are an approval of some kind. Which of them open a gate is the definition's rule."""

RESERVATION_MISSING = Refusal("reservation_missing", _("Write the reservation in its own words."))
REMARKS_MISSING = Refusal("remarks_missing", _("Write the remarks, or send the extract of the minutes."))
GROUND_MISSING = Refusal(
    "ground_missing", _("Say why the chair decided on the council's behalf: it may only in two cases (section 31).")
)
GROUND_NEEDLESS = Refusal(
    "ground_needless", _("A ground belongs to a decision by the chair on the council's behalf. Leave it out.")
)
MANDATE_INCOMPLETE = Refusal(
    "mandate_incomplete", _("A mandate says both who may approve changes and which changes. Write both, or neither.")
)
MANDATE_BASIS = Refusal(
    "mandate_basis", _("A decision that rests on a mandate is taken by delegation. Choose “by delegation”.")
)
MINORITY_INCOMPLETE = Refusal(
    "minority_incomplete", _("A minority statement has both the members' names and their reasons.")
)


@dataclass(frozen=True, slots=True)
class MinorityFacts:
    """A dissent by named members, to travel with the matter (styrelsesloven § 13, stk. 2)."""

    members: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What a body decided, as the council secretary or the minutes tell it.

    meeting_on: local day of the decision. next_meeting_on: for a postponed matter, the day it is taken up again, None
    when not known. body_case_number: the body's own, in any form. is_closed_item: taken up behind closed doors. level:
    who within the body took it, "" for the one who decides here. ground: why its chair decided, "" where it did not.
    mandate_holder, mandate_scope: who may approve which later changes. by_mandate: the decision whose mandate this one
    rests on.
    """

    outcome: Outcome
    basis: str
    meeting_on: date
    agenda_item: str = ""
    body_case_number: str = ""
    text: str = ""
    remarks: str = ""
    minutes: GivenFile | None = None
    minority_statements: tuple[MinorityFacts, ...] = ()
    next_meeting_on: date | None = None
    is_closed_item: bool = False
    level: str = ""
    ground: str = ""
    mandate_holder: str = ""
    mandate_scope: str = ""
    by_mandate: Decision | None = None

    def taken_at(self, asked_at: str) -> str:
        """Who within the body took it, where `asked_at` decides."""
        return self.level or asked_at

    def is_step(self, asked_at: str) -> bool:
        """Whether it is a step on the way, and no decision of the one who decides here."""
        return is_on_the_way(self.taken_at(asked_at), asked_at)


def must_have_words(facts: DecisionFacts) -> Refusal | None:
    """A reservation, remarks and a minority statement are nothing without their words.

    A reservation may stand in the decision as the minutes have it; remarks may stand in the extract that comes along.
    """
    has_words = bool(facts.remarks.strip() or facts.text.strip())
    if facts.outcome is Outcome.APPROVED_WITH_RESERVATION and not has_words:
        return RESERVATION_MISSING
    if facts.outcome is Outcome.APPROVED_WITH_REMARKS and not has_words and facts.minutes is None:
        return REMARKS_MISSING
    if any(not (statement.members.strip() and statement.text.strip()) for statement in facts.minority_statements):
        return MINORITY_INCOMPLETE
    return None


def must_be_decided_as_it_may(request: ApprovalRequest, facts: DecisionFacts) -> Refusal | None:
    """Whoever took the decision is of this body, and took it in a way that is open to it; a council's chair says why it
    did. Which levels and ways there are follows from the kind of body."""
    body, level = request.body, facts.taken_at(request.level)
    levels = levels_of(body, request.level)
    if level not in levels:
        text = _("{body} has no such committee. Choose one of: {levels}.")
        words = {"body": capitalised(level_name("council", body)), "levels": _names(body, levels)}
        return Refusal("level_unfit", format_lazy(text, **words))
    return must_have_fit_basis(body, level, facts.basis) or _must_have_ground(body, facts)


def must_have_fit_basis(body: Deciding, level: str, basis: str) -> Refusal | None:
    """A body decides, at each level within it, in the ways that are open to its kind."""
    bases = bases_of(body, level)
    if basis in bases:
        return None
    text = _("{who} does not decide {basis}. Choose one of: {bases}.")
    return Refusal(
        "basis_unfit",
        format_lazy(
            text,
            who=capitalised(level_name(level, body)),
            basis=Basis(basis).label,
            bases=", ".join(basis_label(one, body) for one in bases),
        ),
    )


def _must_have_ground(body: Deciding, facts: DecisionFacts) -> Refusal | None:
    needed = needs_ground(facts.basis, body)
    if needed and not facts.ground:
        return GROUND_MISSING
    if facts.ground and not needed:
        return GROUND_NEEDLESS
    return None


def _names(body: Deciding, levels: tuple[str, ...]) -> str:
    return ", ".join(level_name(level, body) for level in levels)


# ── Mandates ──────────────────────────────────────────────────────────────────────────────────────────────────
def must_rest_on_mandate(request: ApprovalRequest, facts: DecisionFacts) -> Refusal | None:
    """A mandate says who may approve which changes, and comes with an approval; a decision that rests on one is taken
    by delegation. Whether that mandate holds, `may_use_mandate` says."""
    if bool(facts.mandate_holder.strip()) != bool(facts.mandate_scope.strip()):
        return MANDATE_INCOMPLETE
    if facts.mandate_scope and (facts.outcome not in FAVOURABLE or facts.is_step(request.level)):
        return Refusal(
            "mandate_without_approval",
            _("A mandate comes with an approval by the one who decides. Leave it out, or write it under remarks."),
        )
    if facts.by_mandate is not None and facts.basis != Basis.DELEGATION:
        return MANDATE_BASIS
    return None


def may_use_mandate(request: ApprovalRequest, mandate: Decision | None, latest_own: Decision | None) -> Refusal | None:
    """A decision may rest on a mandate of the same body in the same stage, for a text changed since, as long as the
    body has not decided for itself again: what it decides itself takes the place of what it decided before.

    latest_own: the body's latest decision in the stage that does not itself rest on a mandate. That the decision with
    the mandate was given to an earlier version does not end the mandate: it is for that very case.
    """
    if mandate is None or not mandate.mandate_scope or not mandate.mandate_holder:
        return Refusal(
            "mandate_missing",
            _("No mandate is recorded with that decision. Record the decision of the body itself, or ask it."),
        )
    if latest_own is None or mandate.pk != latest_own.pk:
        return Refusal(
            "mandate_over",
            _("The mandate holds no longer: the body has decided for itself since, or the decision is another body's."),
        )
    if mandate.state == DecisionState.SUPERSEDED or mandate.outcome not in FAVOURABLE:
        return Refusal(
            "mandate_over",
            format_lazy(
                _("The decision of {day} with the mandate holds no longer. Ask the body itself."),
                day=short_date(mandate.meeting_on),
            ),
        )
    if mandate.bundle_id == request.bundle_id:
        return Refusal(
            "mandate_for_changes",
            _("A mandate is for later changes, and this is the text it was given with. Ask the body itself."),
        )
    return None
