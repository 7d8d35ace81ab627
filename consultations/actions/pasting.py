"""A pasted list taken in: what will happen to each line is shown first, and only what was shown is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.actions.invitation_list import PartyEntry, list_parties, party_entries
from consultations.actions.locking import lock_round
from consultations.models import HearingRound, Invitation
from consultations.rules.rounds import may_prepare
from consultations.states import LineFate, RoundVerb
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.imports.cells import Problem
from workflow.imports.parties import PartyLine
from workflow.models import Body
from workflow.queries.bodies import bodies_by_name
from workflow.rules import Refusal, Refused, insist
from workflow.rules.names import folded_name
from workflow.states import Channel

ANOTHER_THAN_SHOWN: Final = Refusal(
    "another_than_shown",
    gettext_lazy("The text or the list has changed since it was shown. See how it is read now, then press again."),
)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What a pasted line will do. entry: the party as it will stand on the list. party: where it is listed already."""

    line: int
    fate: LineFate
    entry: PartyEntry
    party: Invitation | None = None


@dataclass(frozen=True, slots=True)
class PastingPlan:
    """What a pasted list will do to the list of a round. digest: names exactly this, to be sent back with the press."""

    lines: Sequence[PlannedLine]
    problems: Sequence[Problem]
    digest: str

    def of(self, fate: LineFate) -> list[PlannedLine]:
        """The lines with that fate."""
        return [line for line in self.lines if line.fate == fate]


@dataclass(frozen=True, slots=True)
class Pasted:
    """How many parties were added and corrected."""

    added: int
    corrected: int


def pasting_plan(hearing_round: HearingRound, lines: Sequence[PartyLine], now: datetime) -> PastingPlan:
    """What these lines would do to the round's list. Three queries, whatever their number.

    A party is known by its body's name or by its name on the list, in whatever capitals. A new one by the name of a
    body there is today is that body, with the office's contact of it where the line gives no address. A listed one
    gets the address and the person of its line; nothing is taken from it. Two lines about one party, and a name that
    several listed parties bear, are problems.
    """
    process = hearing_round.stage.process
    bodies = bodies_by_name([line.name for line in lines], local_day(now, process.time_zone))
    entries_by_body = {entry.body: entry for entry in party_entries(list(bodies.values()), process.office)}
    by_body: dict[int | None, Invitation] = {}
    by_name: dict[str, list[Invitation]] = {}
    for party in hearing_round.invitations.all():
        by_body[party.body_id] = party
        by_name.setdefault(folded_name(party.name), []).append(party)
    planned: list[PlannedLine] = []
    problems = []
    lines_by_party: dict[int, int] = {}
    for line in lines:
        body = bodies.get(folded_name(line.name))
        namesakes = [by_body[body.pk]] if body and body.pk in by_body else by_name.get(folded_name(line.name), [])
        if len(namesakes) > 1:
            words = _("Several parties on the list are called %(name)s. Correct them one by one.")
            problems.append(Problem(line.line, words % {"name": line.name}))
        elif namesakes:
            earlier = lines_by_party.setdefault(namesakes[0].pk, line.line)
            if earlier != line.line:
                words = _("%(name)s is the party of line %(line)d.") % {"name": line.name, "line": earlier}
                problems.append(Problem(line.line, words))
            planned.append(_correcting(line, namesakes[0], body))
        else:
            planned.append(_adding(line, body, entries_by_body, process.office.language))
    return PastingPlan(planned, problems, _digest(planned))


@transaction.atomic
def paste_parties(
    hearing_round: HearingRound,
    lines: Sequence[PartyLine],
    *,
    shown_digest: str,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Pasted:
    """Take pasted lines into the list of a round in preparation: new parties are added, listed ones corrected.

    shown_digest: that of the plan that was looked at; refuses when the text or the list gives another plan by now.
    Refuses a list with problems and a round that has been sent. A repeated `key` changes nothing.
    """
    locked = lock_round(hearing_round)
    once = Once(f"paste_parties:{locked.round.public_id}", key, shown_digest)
    if once.made:
        return Pasted(0, 0)
    locked.insist_may_act(actor, now)
    insist(may_prepare(locked.round, actor))
    # Made anew under the lock; that it is the plan that was looked at is asked by its digest.
    plan = pasting_plan(locked.round, lines, now)
    if plan.problems or plan.digest != shown_digest:
        raise Refused(ANOTHER_THAN_SHOWN)
    added = list_parties(locked.round, [line.entry for line in plan.of(LineFate.NEW)], locked.process, now)
    corrected = plan.of(LineFate.CORRECTED)
    old = _correct(corrected)
    if added or corrected:
        record(
            RoundVerb.PASTE_PARTIES,
            locked.round,
            actor=actor,
            now=now,
            process=locked.process,
            codes={
                "invitations": [party.public_id for party in added],
                "corrected": [row["invitation"] for row in old],
            },
            detail={"old": old} if old else {},
        )
    once.keep(locked.round.public_id, now)
    return Pasted(len(added), len(corrected))


def _correct(lines: Sequence[PlannedLine]) -> list[dict[str, str]]:
    """Write what the lines change of listed parties, in bulk, each column for those whose it is; what it was before."""
    old = []
    emails, contacts, by_mail, reached = [], [], [], []
    for line in lines:
        party, entry = line.party, line.entry
        assert party is not None
        old.append({"invitation": str(party.public_id), "name": party.name, "email": party.email})
        if party.channel != entry.channel:
            by_mail.append(party.pk)
        if party.bounced_at and not entry.bounced_at:
            reached.append(party.pk)
        if party.email != entry.email:
            emails.append(party)
        if party.contact_name != entry.contact_name:
            contacts.append(party)
        party.email, party.contact_name = entry.email, entry.contact_name
    # Only what differs, column by column: the rows are not locked, and a bounce may be noting something in them.
    Invitation.objects.bulk_update(emails, ["email"], batch_size=500)
    Invitation.objects.bulk_update(contacts, ["contact_name"], batch_size=500)
    Invitation.objects.filter(pk__in=by_mail).update(channel=Channel.EMAIL)
    Invitation.objects.filter(pk__in=reached).update(bounced_at=None, bounce_reason="")
    return old


def _correcting(line: PartyLine, party: Invitation, body: Body | None) -> PlannedLine:
    entry = PartyEntry(
        party.name,
        body,
        line.contact_name or party.contact_name,
        party.email,
        party.language,
        party.channel,
        party.bounced_at,
    )
    if line.email:
        entry = entry.reached_at(line.email)
    is_same = (entry.contact_name, entry.email, entry.channel) == (party.contact_name, party.email, party.channel)
    return PlannedLine(line.line, LineFate.SAME if is_same else LineFate.CORRECTED, entry, party)


def _adding(
    line: PartyLine, body: Body | None, entries_by_body: Mapping[Body | None, PartyEntry], language: str
) -> PlannedLine:
    entry = entries_by_body.get(body, PartyEntry(line.name, language=language))
    if line.email:
        entry = replace(entry.reached_at(line.email), contact_name=line.contact_name)
    elif line.contact_name:
        entry = replace(entry, contact_name=line.contact_name)
    return PlannedLine(line.line, LineFate.NEW, entry)


def _digest(planned: Sequence[PlannedLine]) -> str:
    content = [
        (
            line.line,
            line.fate,
            line.entry.name,
            line.entry.body.pk if line.entry.body else 0,
            line.entry.email,
            line.entry.contact_name,
            line.entry.channel,
            line.entry.bounced_at is None,
            [str(line.party.public_id), line.party.email, line.party.contact_name] if line.party else [],
        )
        for line in planned
    ]
    # All that is written must be in it: what is not could change between what was shown and the press.
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
