"""What recording a body's decision, and the minutes of one, would do; and what the body's own page says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflow.actions.approvals import receive_minutes, record_decision
from workflow.actions.rehearsal import stand_in_file
from workflow.dates import local_day
from workflow.definitions import BundleUse, GateName, StageSpec
from workflow.gates.approvals import decisions_are_met
from workflow.models import ApprovalRequest, Decision
from workflow.queries.approvals import InForce, counting_outcomes, decisions_in_force
from workflow.queries.joining import outcomes_open_to
from workflow.queries.matters import NOT_A_PLAIN_YES
from workflow.queries.processes import stage_spec
from workflow.rules.bodies import bases_of, is_on_the_way, levels_of
from workflow.rules.decisions import DecisionFacts
from workflow.states import (
    OUTCOMES_STILL_OPEN,
    WAITING,
    Outcome,
    ProcessState,
    RequestPurpose,
    RequestState,
    StageState,
)
from workflow.views.access import Visit
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    refused_with,
    waits_on,
    with_more,
)

ON_THE_WAY = gettext_lazy(
    "What a committee recommends is kept as a step on the way: it does not count, the question stays open, and "
    "reminders go on."
)


def recordings_of(request: Visit, asked: ApprovalRequest) -> list[Consequences]:
    """What recording a body's decision would do, for each outcome it can have; those that lead to the same are told
    together."""
    alike: dict[Consequences, list[Outcome]] = {}
    for outcome in outcomes_open_to(asked):
        told = consequences_of(
            request,
            asked.stage.process,
            _recording(request, asked, outcome),
            undo=_undo_words(asked, outcome),
            actor=request.actor.acting_for(asked.body.name),
        )
        if not told.is_refused:
            if outcome not in OUTCOMES_STILL_OPEN and asked.state == RequestState.ASKED:
                told = with_more(told, happens=[_("The body is reminded no more.")])
            duty = [_("A task comes on the list of the office.")] if outcome in NOT_A_PLAIN_YES else []
            told = replace(told, happens=(*_standing(asked, outcome), *told.happens, *duty))
        alike.setdefault(told, []).append(outcome)
    decisions = [
        replace(
            told,
            title=_("If the decision is: %(outcomes)s") % {"outcomes": ", ".join(str(one.label) for one in outcomes)},
            is_folded=True,
        )
        for told, outcomes in alike.items()
    ]
    return [*decisions, *_recommendation(request, asked)]


def _recommendation(request: Visit, asked: ApprovalRequest) -> list[Consequences]:
    """What recording a committee's recommendation would do, where the body has committees: the same for each
    outcome."""
    if not _has_committees(asked):
        return []
    told = consequences_of(
        request,
        asked.stage.process,
        _recording(request, asked, outcomes_open_to(asked)[0], levels_of(asked.body, asked.level)[0]),
        undo=_("No. An addition corrects it; it stays a step on the way."),
        actor=request.actor.acting_for(asked.body.name),
    )
    if not told.is_refused:
        told = with_more(told, happens=[str(ON_THE_WAY)])
    title = _("If a committee recommends it, whatever the outcome")
    return [replace(told, title=title, is_folded=True)]


def _has_committees(asked: ApprovalRequest) -> bool:
    return is_on_the_way(levels_of(asked.body, asked.level)[0], asked.level)


def _recording(request: Visit, asked: ApprovalRequest, outcome: Outcome, level: str = "") -> Callable[..., object]:
    today = local_day(request.now, asked.stage.process.time_zone)
    facts = DecisionFacts(
        outcome=outcome,
        level=level,
        basis=str(bases_of(asked.body, level or asked.level)[0]),
        # Of a body that is no more: what it decided while it was there.
        meeting_on=min(today, asked.body.valid_to or today),
        text=STAND_IN_WORDS,
    )
    row = afresh(asked, "stage__process__office", "body", "bundle", "link")
    return partial(record_decision, row, facts, bundle_sha256=asked.bundle.sha256 if asked.bundle else "")


def _standing(asked: ApprovalRequest, outcome: Outcome) -> list[str]:
    """Whether an outcome counts, and what the matter waits for then."""
    spec = stage_spec(asked.stage)
    if asked.purpose == RequestPurpose.ACCESSION and asked.stage.state == StageState.COMPLETED:
        return _standing_late(outcome, spec)
    if outcome in counting_outcomes(spec):
        words = [_("It counts: the matter can go on.")]
        if any(gate.gate is GateName.MINUTES_RECEIVED for gate in spec.gates):
            words.append(_("The stage also waits for the extract of the minutes; here it is told without one."))
        return words
    if outcome is Outcome.APPROVED_WITH_RESERVATION:
        return [
            _("It does not count until you have settled the reservation as one without significance, or it lapses.")
        ]
    if outcome in OUTCOMES_STILL_OPEN:
        return [_("It does not count: the body is still asked, and decides by the same link.")]
    if outcome in spec.on_outcome and asked.stage.state == StageState.OPEN:
        return []
    if spec.bundle is BundleUse.NONE:
        return [_("It does not count: the stage waits until you ask the body again or send the matter back.")]
    waits = _(
        "It does not count: the stage waits until you ask the body again, put forward a version changed in its "
        "substance, or send the matter back."
    )
    return [waits]


def _standing_late(outcome: Outcome, spec: StageSpec) -> list[str]:
    """What a decision does on an agreement that the others have carried without the body."""
    if outcome in counting_outcomes(spec):
        return [_("The body becomes a party. The stage stays completed, and nothing else moves.")]
    if outcome in OUTCOMES_STILL_OPEN:
        return [_("It does not count: the body is still asked, and decides by the same link.")]
    return [_("The body stands outside the agreement, and may join later by the same link.")]


def _undo_words(asked: ApprovalRequest, outcome: Outcome) -> str:
    """A recorded outcome stays; what can be done when the wrong one was chosen."""
    spec = stage_spec(asked.stage)
    if outcome in OUTCOMES_STILL_OPEN:
        return _("No, but the body is still asked, and its next decision takes the place of this one.")
    kept = _("No. An addition does not change the outcome.")
    if outcome in counting_outcomes(spec) or outcome in spec.on_outcome or asked.stage.state != StageState.OPEN:
        return kept
    return " ".join((kept, _("If the wrong one was chosen, use “Ask again”: the body gets a mail, and decides anew.")))


def deciding_of(asked: ApprovalRequest, *, joins: bool = False) -> Consequences:
    """What the body's own press does, in plain words: the page is read far oftener than a decision is made. joins: it
    stands outside a sub-agreement, and can only join."""
    stage = asked.stage
    receipt = (
        _("You get a receipt: %(address)s.") % {"address": asked.email}
        if asked.email
        else _("You get no receipt by mail, as there is no address.")
    )
    return Consequences(
        happens=(
            *([_("Your body becomes a party, and the decision before is kept as history.")] if joins else []),
            *_onwards(asked),
            *([str(ON_THE_WAY)] if _has_committees(asked) else []),
        ),
        mails=(receipt, _("The office gets no mail; it sees the decision on its list.")),
        public=(
            _(
                "Nothing becomes public by it. The office may publish the outcome, the day and the words of the "
                "decision."
            ),
        ),
        undo=(_("No. You correct it by an addition, which stands beside it."),),
        is_folded=stage.state != StageState.OPEN,
    )


def _onwards(asked: ApprovalRequest) -> list[str]:
    stage, spec = asked.stage, stage_spec(asked.stage)
    if stage.process.state == ProcessState.SUSPENDED:
        return [_("The decision is kept. It takes effect when the process is resumed.")]
    if stage.state != StageState.OPEN:
        return [_("The decision is kept beside the matter, which has gone on.")]
    in_force = decisions_in_force(stage.process, stage.key)
    in_force[asked.body_id] = InForce(Outcome.APPROVED, has_minutes=True)
    if decisions_are_met(stage, in_force):
        words = [_("If it counts, nobody else is waited for, and the matter goes on at once.")]
    else:
        others = ApprovalRequest.objects.filter(stage=stage, state__in=WAITING).exclude(pk=asked.pk).count()
        text = ngettext(
            "The matter waits for %(count)d other body as well; nobody else is written to now.",
            "The matter waits for %(count)d other bodies as well; nobody else is written to now.",
            others,
        )
        words = [text % {"count": others} if others else _("The matter waits for more; nobody else is written to now.")]
    if spec.on_outcome:
        names = ", ".join(str(Outcome(one).label) for one in spec.on_outcome)
        text = _("With this outcome the matter is sent back at once: %(outcomes)s.")
        words.append(text % {"outcomes": names})
    return words


def minutes_of(request: Visit, asked: ApprovalRequest, decision: Decision | None) -> Consequences:
    """What recording the extract of the minutes to the decision in force would do."""
    process = asked.stage.process
    if decision is None:
        words = _("There is no decision in force to put it to. Record the decision first, with its minutes.")
        return refused_with(words, process)

    row = afresh(decision, "request__stage")
    told = consequences_of(
        request,
        process,
        lambda **by: receive_minutes(row, stand_in_file(process.office, request.now), **by),
        undo=_("No. Minutes that are recorded stay; they are corrected by an addendum."),
        actor=request.actor.acting_for(asked.body.name),
    )
    return told if told.happens else with_more(told, happens=[waits_on()])
