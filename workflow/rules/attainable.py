"""Whether the parties' approvals can still meet the rule of the definition. Starting a process and gates come in."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from workflow.definitions import ApprovalTerms, Standing
from workflow.states import BodyKind


def why_unattainable(terms: ApprovalTerms, parties: Sequence[Standing]) -> str:
    """Why the rule cannot be met even if everybody who has yet to decide approves; empty when it can be."""
    hoped = terms.hoped_for(parties)
    if terms.is_met(hoped):
        return ""
    if blocking := terms.blocking(parties):
        return _("%(bodies)s has not approved, and that stops the matter.") % {"bodies": _names(blocking)}
    for kind in terms.must_approve:
        obliged = [party for party in hoped if party.kind == kind]
        if not obliged:
            label = BodyKind(kind).label
            return _("Nobody on the list is of the kind “%(kind)s”, and one must approve.") % {"kind": label}
        if refusing := [party for party in obliged if party.outcome not in terms.counts]:
            return _("%(bodies)s must approve, but has decided otherwise.") % {"bodies": _names(refusing)}
    in_favour, waited_for = terms.in_favour(hoped), terms.asked_of(hoped)
    words = {"asked": terms.asked(waited_for), "possible": terms.weighed(in_favour)}
    if not in_favour:
        return _("Nobody is left who could approve.")
    if terms.rule == "all":
        refusing = [party for party in waited_for if party.outcome not in terms.counts]
        return _("Everybody must approve, and %(bodies)s has decided otherwise.") % {"bodies": _names(refusing)}
    if terms.rule == "weighted":
        return _("A weight of %(asked)d is needed, and at most %(possible)d can be reached.") % words
    return _("%(asked)d approvals are needed, and at most %(possible)d can be reached.") % words


def _names(parties: Sequence[Standing]) -> str:
    return ", ".join(party.name for party in parties)
