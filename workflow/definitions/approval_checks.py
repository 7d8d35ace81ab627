"""Whether an approval can come about at all with the bodies that can stand on its list; `checking` comes in."""

from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext as _

from workflow.definitions.faults import Complaint, nearest
from workflow.definitions.names import DeclaredNames
from workflow.definitions.reading import Path
from workflow.definitions.shape import BodyList
from workflow.definitions.terms import ApprovalTerms, Standing
from workflow.imports.shipped import shipped_municipalities
from workflow.states import BodyKind


@cache
def councils() -> dict[BodyKind, int]:
    """How many municipal and regional councils the country has. Of other kinds an office can have any number."""
    rows = shipped_municipalities()
    return {BodyKind.MUNICIPAL_COUNCIL: len(rows), BodyKind.REGIONAL_COUNCIL: len({row.region for row in rows})}


def approval(terms: ApprovalTerms, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    listed = names.definition.lists.get(terms.list)
    if listed is None or not (listed.kinds or listed.members) or names.bodies is None:
        return
    roles = [names.bodies[member] for member in listed.members if member in names.bodies]
    kinds = {*listed.kinds, *(role.kind for role in roles)}
    named: list[tuple[Path, BodyKind]] = [((*path, "weights", kind), kind) for kind in terms.weights]
    for block, chosen in (("vetoes", terms.vetoes), ("must_approve", terms.must_approve)):
        named += [((*path, block, place), kind) for place, kind in enumerate(chosen)]
    for place, kind in named:
        if kind not in kinds:
            message = _("There is never a body of the kind “%(kind)s” on the list “%(list)s”.")
            yield place, "kind_not_on_list", message % {"kind": kind, "list": terms.list}, nearest(kind, kinds)
    everybody = [Standing(role.kind, None) for role in roles] if listed.members else _all_of(listed, terms)
    if everybody is None or terms.weighed(everybody) >= terms.asked(everybody):
        return
    if terms.rule == "weighted":
        words = {"asked": terms.threshold, "possible": terms.weighed(everybody)}
        message = _("A weight of %(asked)d is asked, but all on the list weigh %(possible)d together.") % words
        yield (*path, "threshold"), "threshold_unreachable", message, _("Lower the threshold, or raise the weights.")
    else:
        message = _("%(k)d approvals are asked of a list of %(n)d.") % {"k": terms.k, "n": len(everybody)}
        yield (*path, "k"), "k_larger_than_list", message, _("Lower k, or add members to the list.")


def _all_of(listed: BodyList, terms: ApprovalTerms) -> list[Standing] | None:
    """All bodies of the kinds that count; None where an office can have any number of them."""
    counting = [kind for kind in listed.kinds if terms.rule != "weighted" or kind in terms.weights]
    if any(kind not in councils() for kind in counting):
        return None
    return [Standing(kind, None) for kind in counting for _number in range(councils()[kind])]
