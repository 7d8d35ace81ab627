"""What a body is called in a sentence, and the ways in which a body of its kind decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

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
