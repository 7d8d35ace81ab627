"""What a body is called in a sentence, and the ways in which a body of its kind decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from workflow.dates import short_date
from workflow.rules.refusals import Refusal
from workflow.states import COUNCILS, Basis, BodyKind

if TYPE_CHECKING:
    from workflow.models import Body

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


def own_name(body: Body) -> str:
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


def bases_of(body: Body) -> tuple[Basis, ...]:
    """The ways in which a body of this kind decides. Councils decide at meetings (kommunestyrelsesloven § 8; regions
    likewise, regionsloven § 12), so they have no written vote."""
    if body.kind in COUNCILS:
        return tuple(basis for basis in Basis if basis != Basis.WRITTEN_PROCEDURE)
    return tuple(Basis)


def basis_label(basis: str, body: Body) -> str:
    """How the body decided, to stand after "How it was decided": "at an ordinary meeting"."""
    if basis == Basis.CHAIR_DECISION:
        if body.kind == BodyKind.MUNICIPAL_COUNCIL:
            words = _("by the mayor on behalf of %(body)s (Local Government Act, section 31)")
        else:
            words = _("by the chair on behalf of %(body)s")
        return words % {"body": own_name(body)}
    return str(Basis(basis).label)
