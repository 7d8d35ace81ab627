"""What a supplementary consultation is about, whom it may concern, and which stage waits for it."""

from __future__ import annotations

from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import rounds_of
from consultations.states import MAY_STILL_ANSWER, InvitationState, RoundForm, RoundState
from workflow.definitions import ancestors
from workflow.models import Bundle, Process, Stage
from workflow.queries.processes import definition_of, live_stages
from workflow.states import StageKindName, StageState


def rounds_behind(drafting: Stage) -> list[HearingRound]:
    """The rounds of the nearest consultation before a stage that heard the same text, in order; none where there was
    none, or it was left out."""
    before = ancestors(definition_of(drafting.process), drafting.key)
    for stage in reversed(live_stages(drafting.process)):
        if stage.kind != StageKindName.CONSULTATION or stage.key not in before or stage.line_id != drafting.line_id:
            continue
        rounds = rounds_of(stage)
        if rounds and rounds[0].form == RoundForm.FULL and rounds[0].state != RoundState.CANCELLED:
            return rounds
    return []


def consultations_elsewhere(drafting: Stage) -> bool:
    """Whether a consultation before a stage, about the same text, was done outside the system."""
    before = ancestors(definition_of(drafting.process), drafting.key)
    return any(
        stage.kind == StageKindName.CONSULTATION
        and stage.done_on is not None
        and stage.key in before
        and stage.line_id == drafting.line_id
        for stage in live_stages(drafting.process)
    )


def heard_before(hearing_round: HearingRound) -> Bundle | None:
    """The set that a supplementary round's parties have been heard about before, where another is heard now; None for a
    first round. No query for a first round, else one."""
    if not hearing_round.is_supplementary or hearing_round.bundle_id is None:
        return None
    before = HearingRound.objects.filter(
        stage=hearing_round.stage_id, number__lt=hearing_round.number, opened_at__isnull=False, bundle__isnull=False
    )
    earlier = before.exclude(state=RoundState.CANCELLED).select_related("bundle__line").order_by("-number").first()
    if earlier is None or earlier.bundle_id == hearing_round.bundle_id:
        return None
    return earlier.bundle


def parties_to_ask_again(first: HearingRound) -> list[Invitation]:
    """Who may be asked once more: those of a round that were asked or informed and have not been let go or erased
    since, in Danish alphabetical order."""
    states = (*MAY_STILL_ANSWER, InvitationState.ANSWERED, InvitationState.DECLINED)
    parties = first.invitations.filter(state__in=states, released_at=None, erased_at=None)
    return list(parties.select_related("body").order_by("sort_key", "id"))


def rounds_awaited(stage: Stage) -> list[HearingRound]:
    """The supplementary rounds that were opened from a drafting stage, in any attempt at it, in the order in which they
    were; not those called off, nor those of a consultation that has been sent back since."""
    rounds = HearingRound.objects.filter(opened_from__process=stage.process_id, opened_from__key=stage.key)
    rounds = rounds.exclude(state=RoundState.CANCELLED).exclude(stage__state=StageState.RETURNED)
    found = list(rounds.select_related("stage").order_by("id"))
    for hearing_round in found:
        hearing_round.stage.process = stage.process
    return found


def drafting_behind(process: Process, stage_key: str) -> Stage | None:
    """The drafting stage behind a consultation from which it may be heard again: the one under way, else the first."""
    definition = definition_of(process)
    stages = [
        stage
        for stage in live_stages(process)
        if stage.kind == StageKindName.DRAFTING and stage_key in ancestors(definition, stage.key)
    ]
    return next((stage for stage in stages if stage.state == StageState.OPEN), next(iter(stages), None))
