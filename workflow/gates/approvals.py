"""What bodies' decisions keep shut: the one body's word, the parties' rule, the minutes. Says who is still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from notifications.statements import Given, Read
from workflow.definitions import BundleUse, Gate, GateName, StageSpec, Standing, does_count
from workflow.gates.registry import GateStatus, register, status
from workflow.models import MilestoneRecord, Stage
from workflow.queries.approvals import (
    InForce,
    PartyStanding,
    asked_name,
    counting_outcomes,
    decisions_in_force,
    no_longer_asked,
    standings,
)
from workflow.queries.documents import standing_now
from workflow.queries.processes import bodies_of, stage_spec
from workflow.rules.attainable import why_unattainable
from workflow.states import Outcome, StageState


def is_met(spec: StageSpec, parties: Sequence[PartyStanding]) -> bool:
    """Whether the decisions of these parties let a review or an approval go on."""
    if spec.approval is not None:
        return spec.approval.is_met(_standings(spec, parties))
    return bool(parties) and all(_does_count(spec, party) and not _lacks_minutes(spec, party) for party in parties)


def _standings(spec: StageSpec, parties: Sequence[PartyStanding]) -> list[Standing]:
    return [
        Standing(party.kind, None if _lacks_minutes(spec, party) else party.outcome, party.name, party.settled_as)
        for party in parties
    ]


def _does_count(spec: StageSpec, party: PartyStanding) -> bool:
    return does_count(counting_outcomes(spec), party.outcome, party.settled_as)


def decisions_are_met(stage: Stage, in_force: Mapping[int, InForce]) -> bool:
    """Whether these decisions let a stage go on, as far as they are concerned. One query.

    True also where no gate of the stage asks for decisions: then nothing here keeps it shut.
    """
    spec = stage_spec(stage)
    asking = [gate for gate in spec.gates if gate.gate in (GateName.BODY_DECISION, GateName.PARTIES)]
    return all(is_met(spec, standings(stage, gate.body or gate.list or asked_name(spec), in_force)) for gate in asking)


def lacking_decisions(stage: Stage, bundle_ids: Collection[int]) -> list[str]:
    """What the decisions on these bundles lack for the stage's own rule, one sentence each; nothing when it is met.

    Once the stage is completed, a body whose question a newer text has withdrawn is not awaited: it can no longer
    decide.
    """
    spec = stage_spec(stage)
    asked_parties = standings(stage, asked_name(spec), decisions_in_force(stage.process, stage.key, bundle_ids))
    if is_met(spec, asked_parties):
        return []
    return _lacking(spec, asked_parties, no_longer_asked(stage) if stage.state == StageState.COMPLETED else ())


def _counting_decisions(stage: Stage) -> dict[int, InForce]:
    """The decisions the gates of a stage count: while it is open only those on a text that stands, even if another has
    been left valid; what it was completed by is history."""
    judges_a_text = stage.state == StageState.OPEN and stage_spec(stage).bundle is not BundleUse.NONE
    standing_ids = standing_now(stage.line_id) if judges_a_text else []
    # None and not []: before the first locked text there is none to judge by, and every valid decision counts.
    return decisions_in_force(stage.process, stage.key, standing_ids or None)


def body_decision(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The body has decided, with an outcome that lets the matter go on."""
    spec = stage_spec(stage)
    parties = standings(stage, gate.body or asked_name(spec), _counting_decisions(stage))
    names = ", ".join(party.name for party in parties)
    title = _("Decision by %(body)s") % {"body": names} if names else _("Decision")
    return status(title) if is_met(spec, parties) else status(title, *_lacking(spec, parties))


def parties(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The parties have approved as the definition rules; of a milestone, each party has recorded its date."""
    spec = stage_spec(stage)
    if spec.milestone is not None:
        return _each_recorded(stage, gate)
    asked_parties = standings(stage, gate.list or asked_name(spec), _counting_decisions(stage))
    title = _("Decisions of the parties")
    if is_met(spec, asked_parties):
        return status(title)
    return status(title, *_lacking(spec, asked_parties), hopeless=_hopeless(spec, asked_parties))


def _hopeless(spec: StageSpec, parties: Sequence[PartyStanding]) -> str:
    """Why the rule can no longer be met with the decisions given, and what can be done; empty while it can."""
    reason = why_unattainable(spec.approval, _standings(spec, parties)) if spec.approval and parties else ""
    if not reason:
        return ""
    text = _(
        "This can no longer be met. %(reason)s Ask anew, send the matter back, or go on although the condition is not "
        "met, with a reason."
    )
    return text % {"reason": reason}


def minutes_received(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The minutes of every decision that lets the matter go on are here."""
    spec = stage_spec(stage)
    asked_parties = standings(stage, gate.body or gate.list or asked_name(spec), _counting_decisions(stage))
    counting = [party for party in asked_parties if _does_count(spec, party)]
    lacking = [party for party in counting if not party.has_minutes]
    title = _("Minutes of the decisions")
    if not counting:
        return status(title, _("No decision is recorded that the minutes could belong to."))
    if lacking:
        return status(title, _("No minutes yet from: %(bodies)s.") % {"bodies": _names(lacking)})
    return status(title)


def _each_recorded(stage: Stage, gate: Gate) -> GateStatus:
    recorded = {body_id for [body_id] in _RECORDED(stage_id=stage.pk)}
    bodies = bodies_of(stage.process, gate.list or "")
    lacking = [body.name for body in bodies if body.pk not in recorded]
    title = _("Recorded by every party")
    if not bodies:
        return status(title, _("Nobody is on the list."))
    if lacking:
        return status(title, _("Not recorded yet by: %(bodies)s.") % {"bodies": ", ".join(lacking)})
    return status(title)


_RECORDED: Final = Read(
    lambda: MilestoneRecord.objects.filter(stage_id=Given("stage_id"), body__isnull=False).values_list("body_id")
)


def _lacks_minutes(spec: StageSpec, party: PartyStanding) -> bool:
    """Minutes are asked for, and no gate of their own waits for them."""
    terms = spec.approval or spec.review
    if terms is None or not terms.requires_minutes or not _does_count(spec, party) or party.has_minutes:
        return False
    return not any(gate.gate is GateName.MINUTES_RECEIVED for gate in spec.gates)


def _lacking(spec: StageSpec, parties: Sequence[PartyStanding], past: Collection[int] = ()) -> list[str]:
    """One sentence for those still awaited, one for those who can no longer decide (`past`: ids of bodies), and one for
    each outcome that does not count."""
    if not parties:
        return [_("Nobody is on the list of those who decide.")]
    sentences = []
    awaited = [party for party in parties if party.outcome is None and party.body_id not in past]
    if awaited:
        sentences.append(_("No decision yet from: %(bodies)s.") % {"bodies": _names(awaited)})
    if given_up := [party for party in parties if party.outcome is None and party.body_id in past]:
        text = _(
            "%(bodies)s can no longer decide on the text asked about: the question was withdrawn when a newer text was "
            "locked. Without the decision a package goes only as provisional, with a reason."
        )
        sentences.append(text % {"bodies": _names(given_up)})
    not_counting = [party for party in parties if party.outcome is not None and not _does_count(spec, party)]
    for outcome in Outcome:
        deciders = [party for party in not_counting if party.outcome == outcome]
        stands_outside = spec.approval is not None and spec.approval.accession
        if not deciders or (outcome is Outcome.ACCESSION_DECLINED and stands_outside):
            continue
        sentences.append(f"{outcome.label}: {_names(deciders)}.")
    without_minutes = [party for party in parties if _lacks_minutes(spec, party)]
    if without_minutes:
        sentences.append(_("No minutes yet from: %(bodies)s.") % {"bodies": _names(without_minutes)})
    return sentences or [_("No party has approved yet.")]


def _names(parties: Sequence[PartyStanding]) -> str:
    return ", ".join(party.name for party in parties)


def register_gates() -> None:
    """Called once by the app."""
    register(GateName.BODY_DECISION, body_decision)
    register(GateName.PARTIES, parties)
    register(GateName.MINUTES_RECEIVED, minutes_received)
