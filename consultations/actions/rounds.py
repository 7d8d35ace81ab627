"""The life of a round: made with its stage, prepared, sent, closed, cancelled. Officers and the clock come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from consultations.actions.deadlines import let_deadlines_go, set_reply_deadline
from consultations.actions.invitation_list import list_parties, prefilled
from consultations.actions.locking import LockedRound, lock_round
from consultations.actions.reminders import stop_reminding
from consultations.mails import letters as mails
from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import due_rounds, round_before, text_to_send
from consultations.rules.reminders import next_check
from consultations.rules.rounds import is_due_to_close, may_close, may_launch, may_prepare
from consultations.states import InvitationState, Publication, RoundForm, RoundVerb
from notifications import outbox, postponed
from workflow.actions.once import Once
from workflow.actions.publication import publish_along
from workflow.actions.stages import advance
from workflow.actors import SYSTEM, Actor
from workflow.audit import following, record
from workflow.dates import in_language
from workflow.deadlines import NORM_DAYS, DeadlineWarning, Resolved, launch_advice, launch_warnings, local_day
from workflow.definitions import BundleUse, ConsultationTerms, RuleKind
from workflow.mails.letters import letters_to
from workflow.models import Stage
from workflow.queries.documents import bundle_of
from workflow.queries.processes import stage_spec
from workflow.rules import insist
from workflow.rules.overwriting import digest_of_words, words_changed_since
from workflow.states import Channel, ProcessState, PublicThing


def open_round(stage: Stage, actor: Actor, now: datetime) -> None:
    """Make the round of a consultation stage that has opened, in preparation.

    It hears the current bundle of its text when the stage judges one, reminds as the definition says, and lists the
    bodies of the definition's list with the office's contacts; a new attempt begins with the list, the title, the
    letter and what the public sees of the one before.
    """
    spec = stage_spec(stage)
    terms = _terms(stage)
    process = stage.process
    before = round_before(stage)
    hearing_round = HearingRound.objects.create(
        stage=stage,
        bundle=bundle_of(stage),
        form=terms.form,
        title=before.title if before else process.title,
        letter=before.letter if before else "",
        publication=before.publication if before else Publication.AFTER_DEADLINE,
        receipt_prefix=receipt_prefix(stage, terms.form),
        reminder_days=list(spec.reminders),
    )
    entries = prefilled(stage, terms.list)
    list_parties(hearing_round, entries, process, now)
    codes = {"form": hearing_round.form, "parties": len(entries), "stage": stage.key, "attempt": stage.attempt}
    record(RoundVerb.OPEN_ROUND, hearing_round, actor=actor, now=now, process=process, codes=codes)


@transaction.atomic
def prepare_round(
    hearing_round: HearingRound,
    *,
    title: str | None = None,
    letter: str | None = None,
    publication: str | None = None,
    shown_digest: str | None = None,
    actor: Actor,
    now: datetime,
) -> HearingRound:
    """Write title, hearing letter and publication policy of a round in preparation; what is None stays.

    shown_digest: that of these three as the officer had them before the eyes. Refuses what a colleague has changed
    since, a round that has been sent, and a suspended process.
    """
    locked = lock_round(hearing_round)
    locked.insist_may_act(actor, now)
    hearing_round = locked.round
    insist(may_prepare(hearing_round, actor))
    fields = {"title": title, "letter": letter, "publication": Publication(publication) if publication else None}
    changed = {name: value for name, value in fields.items() if value is not None}
    new_digest = digest_of_words(*(str(changed.get(name, getattr(hearing_round, name))) for name in fields))
    insist(
        words_changed_since(
            shown_digest, digest_of_words(*(str(getattr(hearing_round, name)) for name in fields)), new_digest
        )
    )
    changed = {name: value for name, value in changed.items() if value != getattr(hearing_round, name)}
    if not changed:
        return hearing_round
    for name, value in changed.items():
        setattr(hearing_round, name, value)
    hearing_round.version += 1
    hearing_round.save(update_fields=[*changed, "version"])
    codes = {"changed": sorted(changed), "publication": hearing_round.publication}
    record(RoundVerb.PREPARE_ROUND, hearing_round, actor=actor, now=now, process=locked.process, codes=codes)
    return hearing_round


def warnings_before_launch(
    hearing_round: HearingRound, closes_on: date, clock: time | None, now: datetime
) -> list[DeadlineWarning]:
    """What the officer is told before sending: too few days, an unlucky day, the summer holiday. Of a light round
    nothing."""
    if hearing_round.form == RoundForm.LIGHT:
        return []
    terms = _terms(hearing_round.stage)
    opens_on = local_day(now, _zone(hearing_round))
    return launch_warnings(
        opens_on, closes_on, clock or terms.clock, norm_days=terms.length_days or NORM_DAYS, zone=_zone(hearing_round)
    )


def advice_before_launch(
    hearing_round: HearingRound, closes_on: date, clock: time | None, now: datetime
) -> list[DeadlineWarning]:
    """What is shown beside the warnings and needs no reason: little time for councils, a holiday week, a deadline at
    00.00."""
    if hearing_round.form == RoundForm.LIGHT:
        return []
    asked = hearing_round.invitations.filter(for_information=False).exclude(body=None)
    kinds = asked.values_list("body__kind", flat=True)
    opens_on = local_day(now, _zone(hearing_round))
    return launch_advice(
        opens_on, closes_on, clock or _terms(hearing_round.stage).clock, set(kinds), zone=_zone(hearing_round)
    )


@transaction.atomic
def launch_round(
    hearing_round: HearingRound,
    *,
    closes_on: date | None = None,
    clock: time | None = None,
    reason: str = "",
    source: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> HearingRound:
    """Send a round to its parties: each gets its link and code by mail, and the deadline begins to bind. In a public
    process what belongs to the round becomes public (`public_with_launch`).

    closes_on: local day of the deadline; clock: local time, the definition's own when not given. reason: why it is sent
    in spite of warnings; it stands in the report. source: where the deadline comes from.

    Refuses an empty list of parties, a deadline missing or past, a party no mail can reach, documents that are not
    locked, warnings without a reason, a round already sent and a suspended process. A light round needs neither
    parties nor deadline. The number of statements does not grow with the number of parties (500 mails each).
    """
    locked = lock_round(hearing_round)
    content = (closes_on, clock, reason, source)
    once = Once(f"launch_round:{locked.round.public_id}", key, content)
    if once.made:
        return locked.round
    locked.insist_may_act(actor, now)
    hearing_round, stage = locked.round, locked.stage
    spec = stage_spec(stage)
    clock = clock or _terms(stage).clock
    resolved = Resolved(closes_on, clock, source or _source(locked), RuleKind.FIXED) if closes_on else None
    closes_at = resolved.at(locked.zone) if resolved else None
    needs_bundle = spec.bundle is BundleUse.JUDGES
    bundle = text_to_send(hearing_round)
    parties = list(hearing_round.invitations.filter(state=InvitationState.LISTED))
    warnings = warnings_before_launch(hearing_round, closes_on, clock, now) if closes_on else []
    insist(
        may_launch(
            hearing_round,
            parties,
            bundle,
            needs_bundle=needs_bundle,
            closes_at=closes_at,
            warnings=warnings,
            reason=reason,
            actor=actor,
            now=now,
        )
    )
    if resolved is not None:
        set_reply_deadline(locked, hearing_round, resolved, now)
    hearing_round.launch()
    hearing_round.bundle = bundle
    hearing_round.launch_reason = reason.strip()
    hearing_round.opened_at = now
    hearing_round.closes_at = hearing_round.last_closes_at = hearing_round.next_check_at = closes_at
    hearing_round.version += 1
    hearing_round.save()
    if not hearing_round.is_supplementary:
        # What the stage itself was about stays, whatever is heard in it since.
        stage.bundle = bundle
        stage.save(update_fields=["bundle"])
    _invite(locked, parties, now)
    _enter_launch(locked, parties, [warning.code for warning in warnings], actor, now)
    once.keep(hearing_round.public_id, now)
    return hearing_round


def _enter_launch(
    locked: LockedRound, parties: Sequence[Invitation], warnings: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Write the launch into the record, and make public what a public process shows of it."""
    hearing_round, process = locked.round, locked.process
    codes = {
        "form": hearing_round.form,
        "parties": sum(not party.for_information for party in parties),
        "informed": sum(party.for_information for party in parties),
        "closes_at": hearing_round.closes_at,
        "bundle": hearing_round.bundle.sha256 if hearing_round.bundle else "",
        "warnings": warnings,
    }
    detail = {"reason": hearing_round.launch_reason} if hearing_round.launch_reason else {}
    entry = record(
        RoundVerb.LAUNCH_ROUND, hearing_round, actor=actor, now=now, process=process, codes=codes, detail=detail
    )
    if process.is_public:
        publish_along(process, public_with_launch(hearing_round), caused_by=entry, actor=actor)


def public_with_launch(hearing_round: HearingRound) -> list[tuple[PublicThing, UUID, str]]:
    """What sending a round of a public process makes public, with the words everyone reads: its period and parties, and
    of a hearing the letter and each document. What early input is asked about is not published."""
    subjects = [(PublicThing.ROUND, UUID(str(hearing_round.public_id)), "")]
    if hearing_round.form == RoundForm.FULL:
        if hearing_round.letter.strip():
            subjects.append((PublicThing.LETTER, UUID(str(hearing_round.public_id)), ""))
        with in_language(hearing_round.stage.process.language):
            reason = _("Draft for consultation")
        items = hearing_round.bundle.items.values_list("public_id", flat=True) if hearing_round.bundle else ()
        subjects += [(PublicThing.TEXT, public_id, reason) for public_id in items]
    return subjects


def _invite(locked: LockedRound, parties: list[Invitation], now: datetime) -> None:
    """Send the round to every listed party, in bulk: they have the same deadline, so those asked have the same
    reminders. Nobody reminds a party that has the text for information."""
    hearing_round = locked.round
    first_look = None
    for party in parties:
        party.round = hearing_round
        if party.for_information:
            party.inform()
        else:
            party.invite()
        party.invited_at = party.remind_from_at = now
        party.reply_by_at = hearing_round.closes_at
        first_look = first_look or next_check(party, hearing_round.reminder_days, locked.zone, now)
    sent = {"invited_at": now, "remind_from_at": now, "reply_by_at": hearing_round.closes_at}
    listed = hearing_round.invitations.filter(state=InvitationState.LISTED)
    if any(party.for_information for party in parties):
        listed.filter(for_information=True).update(state=InvitationState.INFORMED, **sent)
    listed.update(state=InvitationState.INVITED, **sent)
    if first_look is not None:
        # Only those written to by mail: a mark on the others would be found again by every sweep.
        hearing_round.invitations.filter(state=InvitationState.INVITED, channel=Channel.EMAIL).update(
            next_check_at=first_look
        )
    asked = [party for party in parties if not party.for_information]
    informed = [party for party in parties if party.for_information]
    # `about` is part of the keys: whoever is asked later (`invite_party`) has the same, so nobody is invited twice.
    letters = letters_to(mails.invitation_kind(hearing_round), asked, locked.process, about="launch")
    letters += letters_to(mails.INFORMATION, informed, locked.process, about="launch")
    outbox.enqueue(letters, now)


@transaction.atomic
def close_round(hearing_round: HearingRound, *, actor: Actor, now: datetime, key: str = "") -> HearingRound:
    """Close a light round because enough has been heard; its stage goes on two minutes later.

    From then on an answer is late. Refuses a hearing, which closes by its deadline, and a round not under way.
    """
    locked = lock_round(hearing_round)
    once = Once(f"close_round:{locked.round.public_id}", key)
    if once.made:
        return locked.round
    locked.insist_may_act(actor, now)
    insist(may_close(locked.round, actor))
    invited = locked.round.invitations.exclude(state=InvitationState.WITHDRAWN)
    # By a statement of their own: a comparison with `now` does not find those without a day.
    invited.filter(reply_by_at__isnull=True).update(reply_by_at=now)
    invited.filter(reply_by_at__gt=now).update(reply_by_at=now)
    _close(locked, actor, now)
    once.keep(locked.round.public_id, now)
    return locked.round


def close_due_rounds(now: datetime) -> int:
    """Close the rounds whose latest effective deadline has been reached. Returns how many were closed."""
    whose = postponed.belonging(HearingRound, office="stage__process__office", process="stage__process")
    return postponed.one_by_one(
        "close_rounds", due_rounds(now), lambda row: close_due_round(row, now=now), now, whose=whose
    )


@transaction.atomic
def close_due_round(hearing_round: HearingRound, *, now: datetime) -> bool:
    """Close a round whose time has come. False when it was closed or extended meanwhile, or is suspended."""
    locked = lock_round(hearing_round)
    # Asked again under the lock: since the sweep has read the row it may have been extended.
    if locked.process.state != ProcessState.RUNNING or not is_due_to_close(locked.round, now):
        return False
    _close(locked, SYSTEM, now)
    return True


def _close(locked: LockedRound, actor: Actor, now: datetime) -> None:
    """No invitation is locked: an answer that came in time and still waits is judged by its own instant."""
    hearing_round = locked.round
    hearing_round.close()
    hearing_round.closed_at = now
    hearing_round.next_check_at = None
    hearing_round.save(update_fields=["state", "closed_at", "next_check_at"])
    let_deadlines_go(hearing_round)
    unanswered = hearing_round.invitations.filter(state=InvitationState.INVITED)
    stop_reminding(list(unanswered.values_list("public_id", flat=True)), reason="round_not_open", now=now)
    codes = {"closed_at": now, "last_closes_at": hearing_round.last_closes_at}
    entry = record(RoundVerb.CLOSE_ROUND, hearing_round, actor=actor, now=now, process=locked.process, codes=codes)
    advance(locked.process, actor=following(entry), now=now)


def _terms(stage: Stage) -> ConsultationTerms:
    terms = stage_spec(stage).consultation
    assert terms is not None, "a consultation stage has its terms"
    return terms


def receipt_prefix(stage: Stage, form: str) -> str:
    """A letter, and from the second round of a form in the process on a number, so no receipt number occurs twice."""
    letter = "H" if form == RoundForm.FULL else "I"
    # Asked before the round itself is made.
    earlier = HearingRound.objects.filter(stage__process=stage.process, form=form).count()
    return f"{letter}{earlier + 1}." if earlier else letter


def _source(locked: LockedRound) -> str:
    """Where the deadline comes from: the letter, where one was written."""
    with in_language(locked.process.language):
        return _("The consultation letter") if locked.round.letter.strip() else _("Set by the secretariat")


def _zone(hearing_round: HearingRound) -> ZoneInfo:
    return ZoneInfo(hearing_round.stage.process.time_zone)
