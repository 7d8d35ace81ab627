"""What a body is called in a sentence, who decides within it, and the ways in which a body of its kind decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from workflow.dates import short_date
from workflow.rules.refusals import Refusal
from workflow.states import COUNCILS, Basis, BodyKind, Ground, Level

if TYPE_CHECKING:
    from workflow.models import Body


class Deciding(Protocol):
    """A body that decides: as it is stored, or as a file plans it."""

    @property
    def kind(self) -> str: ...

    @property
    def own_name(self) -> str: ...


NAMES_OF_KINDS: Final = {
    BodyKind.MUNICIPAL_COUNCIL: _lazy("the municipal council"),
    BodyKind.REGIONAL_COUNCIL: _lazy("the regional council"),
    BodyKind.COORDINATION_COMMITTEE: _lazy("the health coordination committee"),
    BodyKind.COOPERATION_COMMITTEE: _lazy("the health cooperation committee"),
    BodyKind.HEALTH_COUNCIL: _lazy("the health council"),
    BodyKind.PATIENT_INVOLVEMENT_COMMITTEE: _lazy("the patient involvement committee"),
    BodyKind.PRACTICE_PLAN_COMMITTEE: _lazy("the practice plan committee"),
    BodyKind.MUNICIPAL_CONTACT_COUNCIL: _lazy("the municipal contact council"),
    BodyKind.GENERAL_PRACTITIONERS: _lazy("the organisation of general practitioners"),
    BodyKind.ANCHORING_GROUP: _lazy("the anchoring group"),
    BodyKind.SENIOR_COUNCIL: _lazy("the senior council"),
    BodyKind.DISABILITY_COUNCIL: _lazy("the disability council"),
    BodyKind.STEERING_GROUP: _lazy("the steering group"),
    BodyKind.WORKING_GROUP: _lazy("the working group"),
    BodyKind.NATIONAL_AUTHORITY: _lazy("the authority"),
    BodyKind.HOSPITAL: _lazy("the hospital"),
    BodyKind.ORGANISATION: _lazy("the organisation"),
}
"""What a body of each kind is called within a sentence, in the definite form."""


def own_name(body: Deciding) -> str:
    """The body as a sentence calls it: in Danish its own name for itself ("byrådet"), else that of its kind."""
    if body.own_name and get_language() == "da":
        return body.own_name
    return str(NAMES_OF_KINDS[BodyKind(body.kind)])


def capitalised(words: str) -> str:
    """The words as they begin a sentence; "Borgerrepræsentationen" and "KKR" keep the letters they have."""
    return words[:1].upper() + words[1:]


def must_last(body: Body, day: date) -> Refusal | None:
    """A body decides until its last local day; what is decided later is decided by the body that took its place."""
    if body.valid_to is None or day <= body.valid_to:
        return None
    words = {"body": body.name, "day": short_date(body.valid_to)}
    if body.successor is None:
        text = _("%(body)s ceased to exist on %(day)s, so it can have decided nothing after that day.") % words
        return Refusal("body_ended", text)
    text = _(
        "%(body)s ceased to exist on %(day)s, and %(successor)s has taken its place. A decision after that day is for "
        "%(successor)s to make: ask that body."
    )
    return Refusal("body_succeeded", text % {**words, "successor": body.successor.name})


def must_be_there(body: Body, today: date) -> Refusal | None:
    """A body is asked from its first local day until its last; afterwards who took its place is."""
    if body.valid_from is not None and today < body.valid_from:
        text = _("%(body)s does not exist until %(day)s. Ask it from that day on.")
        return Refusal("body_to_come", text % {"body": body.name, "day": short_date(body.valid_from)})
    if body.valid_to is None or today <= body.valid_to:
        return None
    words = {"body": body.name, "day": short_date(body.valid_to)}
    if body.successor is None:
        return Refusal("body_ended", _("%(body)s ceased to exist on %(day)s and cannot be asked.") % words)
    text = _("%(body)s ceased to exist on %(day)s. %(successor)s has taken its place: ask that body.")
    return Refusal("body_succeeded", text % {**words, "successor": body.successor.name})


# ── Who decides ───────────────────────────────────────────────────────────────────────────────────────────────
LEVELS: Final = dict.fromkeys(COUNCILS, (Level.STANDING_COMMITTEE, Level.FINANCE_COMMITTEE, Level.COUNCIL))
"""The committees on whose tables a matter lies on its way to the council, for the kinds of bodies that have such; every
other body decides itself."""

NAMES_OF_LEVELS: Final = {
    Level.ADMINISTRATIVE: _lazy("the administration"),
    Level.STANDING_COMMITTEE: _lazy("the standing committee"),
    Level.FINANCE_COMMITTEE: _lazy("the finance committee"),
}
"""Who decides, as a sentence calls it; at the level of the council it is the body itself."""

FINANCE_COMMITTEE_OF_A_REGION: Final = _lazy("the executive committee")


def levels_of(body: Deciding, asked_at: str) -> tuple[Level, ...]:
    """Who can have taken a decision of this body, from the bottom up. asked_at: the level at which it decides here."""
    there = {*LEVELS.get(BodyKind(body.kind), (Level.COUNCIL,)), Level(asked_at)}
    return tuple(level for level in Level if level in there)


def is_on_the_way(level: str, asked_at: str) -> bool:
    """Whether a decision at this level is a step on the way to the one that is asked for."""
    order = list(Level)
    return order.index(Level(level)) < order.index(Level(asked_at))


def level_name(level: str, body: Deciding) -> str:
    """Who decides, as a sentence calls it: "the finance committee", and at the level of the council the body's own
    name."""
    if level == Level.COUNCIL:
        return own_name(body)
    if level == Level.FINANCE_COMMITTEE and body.kind == BodyKind.REGIONAL_COUNCIL:
        return str(FINANCE_COMMITTEE_OF_A_REGION)
    return str(NAMES_OF_LEVELS[Level(level)])


# ── How it decides ────────────────────────────────────────────────────────────────────────────────────────────
IN_MEETINGS: Final = (Basis.COUNCIL_MEETING, Basis.EXTRAORDINARY_MEETING)
BASES_OF_COUNCILS: Final = (*IN_MEETINGS, Basis.CHAIR_DECISION, Basis.DELEGATION)
"""Councils decide at meetings (kommunestyrelsesloven § 8; regions likewise, regionsloven § 12), so they have no written
vote."""

BASES: Final = {
    BodyKind.MUNICIPAL_COUNCIL: BASES_OF_COUNCILS,
    BodyKind.REGIONAL_COUNCIL: BASES_OF_COUNCILS,
}
"""The ways in which bodies of these kinds decide; every other kind may decide in all of them."""

BASES_AT_LEVELS: Final = {
    Level.ADMINISTRATIVE: (Basis.DELEGATION,),
    Level.STANDING_COMMITTEE: (*IN_MEETINGS, Basis.DELEGATION),
    Level.FINANCE_COMMITTEE: (*IN_MEETINGS, Basis.DELEGATION),
}
"""The ways in which those below a council decide."""


def bases_of(body: Deciding, level: str) -> tuple[Basis, ...]:
    """The ways in which a body of this kind decides at this level."""
    return BASES_AT_LEVELS.get(Level(level)) or BASES.get(BodyKind(body.kind)) or tuple(Basis)


def needs_ground(basis: str, body: Deciding) -> bool:
    """Whether it must be said why the chair decided: of a council, whose chair may only in two cases
    (kommunestyrelsesloven § 31)."""
    return basis == Basis.CHAIR_DECISION and body.kind in COUNCILS


def basis_label(basis: str, body: Deciding, ground: str = "") -> str:
    """How the body decided, to stand after "How it was decided": "at an ordinary meeting". ground: why its chair did,
    where that was said."""
    if basis == Basis.CHAIR_DECISION:
        if body.kind == BodyKind.MUNICIPAL_COUNCIL:
            words = _("by the mayor on behalf of %(body)s (Local Government Act, section 31)")
        else:
            words = _("by the chair on behalf of %(body)s")
        label = words % {"body": own_name(body)}
        return f"{label}: {Ground(ground).label}" if ground else label
    return str(Basis(basis).label)
