"""What came out of a play: the object of the report, and what was expected and is not so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from consultations.models import Answer, HearingRound, Invitation, Reminder
from consultations.player.cast import Play
from consultations.player.expected import Expected, Facts, Limits
from consultations.player.scenario import Scenario
from consultations.queries.rounds import reply_deadline
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, RoundForm
from notifications import queries
from notifications.models import OutgoingMail
from notifications.states import MailState
from workflow import storage
from workflow.actions.sealing import verify_audit
from workflow.definitions.reading import Path
from workflow.models import ApprovalRequest, Decision, Process
from workflow.public_kinds import public_kinds
from workflow.queries.approvals import approvals_fallen, decision_counts
from workflow.queries.processes import ruled_deadlines
from workflow.queries.publication import live_items
from workflow.queries.submissions import packages_of
from workflow.states import DecisionState, StageState


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that did not go as the scenario says. is_fatal: a deed failed, and the play ended there."""

    line: int
    what: str
    expected: Any
    got: Any
    text: str = ""
    is_fatal: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """process_id: public id of the process that was played. facts: what the report says of it. ended_at: simulated
    instant at which the play ended."""

    scenario: Scenario
    process_id: UUID
    facts: Mapping[str, Any]
    failures: tuple[Failure, ...]
    ended_at: datetime

    @property
    def ok(self) -> bool:
        """Every deed went as written and every expectation holds."""
        return not self.failures

    def report(self, seconds: float) -> dict[str, Any]:
        """The object that `play --json` prints last."""
        return {
            "scenario": self.scenario.file.scenario,
            "ok": self.ok,
            **{key: value for key, value in self.facts.items() if not key.startswith("_")},
            "seconds": round(seconds, 3),
        }


_STAGE = ("key", "attempt", "state", "opened_at", "closed_at")


def facts_of(play: Play, now: datetime, *, proves: bool = True) -> dict[str, Any]:
    """How the played process stands. Times carry the office's offset. proves: seal and prove the record on the way."""
    process = play.process_now()
    zone = play.scenario.zone
    process_id = UUID(str(process.public_id))
    package = packages_of(process).first()
    mails = queries.counts(process_id=process_id)
    proof = verify_audit(now=now) if proves else None
    return {
        "state": str(process.state),
        "stages": [
            {**row, **{name: _shown(row[name], zone) for name in ("opened_at", "closed_at")}}
            for row in process.stages.order_by("position", "attempt").values(*_STAGE)
        ],
        "counts": {
            **_hearing_counts(play),
            "bounced": OutgoingMail.objects.filter(process_id=process_id, bounced_at__isnull=False).count(),
            "decisions": decision_counts(process),
            "approvals_fallen": approvals_fallen(process),
            "mails": {kind: states[MailState.SENT] for kind, states in mails.items() if MailState.SENT in states},
            "undelivered": queries.undelivered_mails(process_id=process_id).count(),
        },
        "package": package and {"path": str(storage.full_path(package.file.path)), "sha256": package.file.sha256},
        "_package": {"exists": package is not None, "files": len(package.manifest["members"]) if package else 0},
        "audit": {"entries": proof.entries if proof else 0, "verified": proof.ok if proof else None},
        **_hidden_facts(process),
    }


def _hidden_facts(process: Process) -> dict[str, Any]:
    """Days, parties and decisions by the names a scenario has for them; not part of the report."""
    deadlines = {row.name: row for row in ruled_deadlines(process)}
    rounds = HearingRound.objects.filter(stage__process=process).exclude(stage__state=StageState.RETURNED)
    for hearing_round in rounds.select_related("stage").order_by("id"):
        if row := reply_deadline(hearing_round):
            deadlines[hearing_round.stage.key] = row
    invited = Invitation.objects.filter(round__stage__process=process, body__isnull=False, invited_at__isnull=False)
    requests = ApprovalRequest.objects.filter(stage__process=process)
    asked: list[Any] = [
        *invited.values_list("invited_at", "id", "body__key", "state"),
        *requests.values_list("asked_at", "id", "body__key", "state"),
    ]
    valid = Decision.objects.filter(request__stage__process=process, state=DecisionState.VALID)
    valid = valid.exclude(request__stage__state=StageState.RETURNED)
    decisions: dict[str, Counter[str]] = defaultdict(Counter)
    for key, outcome in valid.values_list("request__stage__key", "outcome"):
        decisions[key][outcome] += 1
    return {
        "_deadlines": {name: f"{row.on} {row.clock:%H:%M}" for name, row in deadlines.items()},
        "_parties": {body: state for _at, _number, body, state in sorted(asked, key=lambda row: row[:2])},
        "_decisions": decisions,
        "_public": _public(process),
    }


def _public(process: Process) -> dict[str, str]:
    """What everyone sees, by the names a scenario has for it, each with its line of text; "" where it has none."""
    live = set(live_items(process).values_list("kind", "subject_id"))
    return {
        candidate.name: candidate.line
        for kind in public_kinds()
        for candidate in kind.candidates(process)
        if (kind.thing, candidate.subject_id) in live
    }


def _is_public(wanted: Sequence[str], lines_by_name: Mapping[str, str]) -> bool:
    """Whether everyone sees all that is named, and of documents nothing else, where a document is named or nothing."""
    documents = {name: line for name, line in lines_by_name.items() if line}
    is_about_documents = not wanted or any(name in documents or name in documents.values() for name in wanted)
    is_there = all(name in lines_by_name or name in documents.values() for name in wanted)
    others = [name for name, line in documents.items() if name not in wanted and line not in wanted]
    return is_there and not (is_about_documents and others)


def _hearing_counts(play: Play) -> dict[str, int]:
    """Of full rounds only; answers are those that stand."""
    invitations = Invitation.objects.filter(
        round__stage__process=play.process, round__form=RoundForm.FULL, invited_at__isnull=False
    )
    answers = Answer.objects.filter(invitation__in=invitations, state__in=ANSWER_STANDING)
    return {
        "invitations": invitations.count(),
        "reminders": Reminder.objects.filter(invitation__in=invitations).count(),
        "answers_in_time": answers.filter(state=AnswerState.SUBMITTED).count(),
        "answers_late_accepted": answers.filter(state=AnswerState.LATE_ACCEPTED).count(),
        "answers_late_filed": answers.filter(state=AnswerState.LATE_FILED).count(),
        "no_remarks": answers.filter(kind=AnswerKind.NO_REMARKS).count(),
        "provisional": answers.filter(provisional_on__isnull=False, confirmed_at__isnull=True).count(),
        "confirmed_late": answers.filter(is_confirmed_late=True).count(),
    }


def _shown(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def failures(expected: Expected, path: Path, facts: Mapping[str, Any], scenario: Scenario) -> list[Failure]:
    """What is expected at that place of the file and does not hold, in the order of the file."""
    hidden = {name[1:]: value for name, value in facts.items() if name.startswith("_")}
    stages = {row["key"]: {**row, **_days(row)} for row in facts["stages"] if row["state"] != "returned"}
    found = []
    for keys, wanted in _leaves(expected.facts(), ()):
        got: Any = {**facts, "stages": stages, **hidden}
        for key in keys:
            got = got.get(key) if isinstance(got, Mapping) else None
        if isinstance(wanted, Limits) or (isinstance(wanted, int) and not isinstance(wanted, bool)):
            got = got or 0
        if keys == ("public",):
            holds = _is_public(wanted, got)
            got = sorted(got)
        else:
            holds = wanted.hold(got) if isinstance(wanted, Limits) else got == wanted
        if not holds:
            found.append(Failure(scenario.line((*path, *keys)), ".".join(keys), wanted, got))
    return sorted(found, key=lambda failure: failure.line)


def _days(row: Mapping[str, Any]) -> dict[str, date | None]:
    """The local days on which a stage opened and closed."""
    instants = {name: row[f"{name}_at"] for name in ("opened", "closed")}
    return {f"{name}_on": datetime.fromisoformat(at).date() if at else None for name, at in instants.items()}


def _leaves(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What is expected at the end of every path of keys."""
    if isinstance(value, Facts):
        value = {name: getattr(value, name) for name in value.model_fields_set}
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, (*keys, str(key)))
    else:
        yield keys, value
