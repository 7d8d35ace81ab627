"""Every deed a scenario may hold, with its keys: the checker, the JSON Schema and docs/scenarios.md stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from consultations.states import Publication, Road
from workflow.states import Basis, ChangeKind, Outcome, Ruling


class Kind(Enum):
    """What a value is written as."""

    TEXT = "text"  # a text, or {from: name} for one of the scenario's texts
    WORDS = "words"  # a short text, never from the texts
    DAY = "day"
    CLOCK = "clock"
    MOMENT = "moment"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    STAGE = "stage"
    DOCUMENTS = "documents"
    DEADLINE = "deadline"
    DEADLINE_DAYS = "deadline_days"  # {name of a deadline: day}
    PARAMETER = "parameter"
    VALUE = "value"  # text, number or day, as the definition's parameter asks
    FILE = "file"
    FILES = "files"
    COMMENTS = "comments"  # {number of a section: text}
    REPLACE = "replace"  # [{document, find, with}]
    MINORITY = "minority"  # [{members, text}]


VERSIONS = (1, 2)
"""The values of `schema_version` that are read. Every file of version 1 means the same as ever."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a deed. choices: the values of a CHOICE. since: the schema_version that first knows it."""

    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    since: int = 1


class Doer(Enum):
    """Who may do a deed."""

    OFFICER = "officer"
    PARTY = "party"  # by its personal link
    EITHER = "either"  # a party by its link, or an officer on behalf of the parties under `for`
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DeedKind:
    """A deed: who does it, its keys, and whether an officer does it once for each party under `for`.

    since: the schema_version that first knows it.
    """

    doer: Doer
    keys: Mapping[str, Key]
    for_parties: bool = False
    needs_for: bool = False
    since: int = 1


def _choice(values: Any, *, required: bool = False) -> Key:
    return Key(Kind.CHOICE, required, tuple(str(value) for value in values))


REASON = Key(Kind.TEXT, required=True)
STAGE = Key(Kind.STAGE, required=True)
_ANSWER = {
    "text": Key(Kind.TEXT),
    "comments": Key(Kind.COMMENTS),
    "files": Key(Kind.FILES),
    "signed_by": Key(Kind.WORDS),
    "confidential": Key(Kind.TEXT),
}
_LINK = {"with": _choice(("link", "code"))}
_STAGE = {"stage": Key(Kind.STAGE)}
_BUNDLE = {
    "documents": Key(Kind.DOCUMENTS),
    "replace": Key(Kind.REPLACE),
    "change": _choice(ChangeKind.values),
    "note": Key(Kind.TEXT),
}


def _officer(keys: Mapping[str, Key] | None = None, **more: Any) -> DeedKind:
    return DeedKind(Doer.OFFICER, keys or {}, **more)


def _party(keys: Mapping[str, Key] | None = None) -> DeedKind:
    return DeedKind(Doer.PARTY, {**(keys or {}), **_LINK, **_STAGE})


def _either(keys: Mapping[str, Key]) -> DeedKind:
    return DeedKind(Doer.EITHER, {**keys, **_LINK, **_STAGE}, for_parties=True)


DEEDS: Mapping[str, DeedKind] = {
    # The process and its stages
    "complete_stage": _officer({"stage": STAGE}),
    "skip_stage": _officer({"stage": STAGE, "reason": REASON}),
    "return_stage": _officer({"stage": STAGE, "to": Key(Kind.STAGE), "reason": REASON}),
    "confirm_gate": _officer({"stage": STAGE, "gate": Key(Kind.WORDS), "reason": REASON}),
    "override_gate": _officer({"stage": STAGE, "gate": Key(Kind.WORDS, required=True), "reason": REASON}),
    "set_parameter": _officer(
        {"parameter": Key(Kind.PARAMETER, required=True), "value": Key(Kind.VALUE, required=True)}
    ),
    "suspend": _officer({"reason": REASON}),
    "resume": _officer({"reason": Key(Kind.TEXT), "new_days": Key(Kind.DEADLINE_DAYS)}),
    "abandon": _officer({"reason": REASON}),
    "extend_deadline": _officer(
        {
            "deadline": Key(Kind.DEADLINE, required=True),
            "to": Key(Kind.DAY, required=True),
            "clock": Key(Kind.CLOCK),
            "reason": REASON,
        }
    ),
    "move_deadline": _officer(
        {
            "deadline": Key(Kind.DEADLINE, required=True),
            "to": Key(Kind.DAY, required=True),
            "clock": Key(Kind.CLOCK),
            "reason": REASON,
            "source": Key(Kind.TEXT, required=True),
        }
    ),
    "pause_clock": _officer({"deadline": Key(Kind.DEADLINE, required=True), "reason": REASON}),
    "resume_clock": _officer({"deadline": Key(Kind.DEADLINE, required=True), "reason": REASON}),
    # Documents
    "add_bundle": _officer(_BUNDLE),
    "lock_bundle": _officer({"change": _choice(ChangeKind.values), "note": Key(Kind.TEXT)}),
    "new_bundle": _officer(_BUNDLE),
    # A round
    "set_round": _officer(
        {
            "stage": STAGE,
            "title": Key(Kind.WORDS),
            "letter": Key(Kind.TEXT),
            "publication": _choice(Publication.values),
        }
    ),
    "add_party": _officer({"stage": STAGE}, for_parties=True, needs_for=True),
    "remove_party": _officer({"stage": STAGE}, for_parties=True, needs_for=True),
    "launch_round": _officer(
        {
            "stage": STAGE,
            "closes_on": Key(Kind.DAY),
            "clock": Key(Kind.CLOCK),
            "reason": Key(Kind.TEXT),
            "source": Key(Kind.TEXT),
        }
    ),
    "extend": _officer(
        {"stage": Key(Kind.STAGE), "to": Key(Kind.DAY, required=True), "clock": Key(Kind.CLOCK), "reason": REASON},
        for_parties=True,
    ),
    "refuse_extension": _officer(
        {"stage": Key(Kind.STAGE), "reason": REASON}, for_parties=True, needs_for=True, since=2
    ),
    "correct_address": _officer(
        {"stage": Key(Kind.STAGE), "email": Key(Kind.WORDS, required=True), "name": Key(Kind.WORDS)},
        for_parties=True,
        needs_for=True,
    ),
    "resend": _officer({"stage": Key(Kind.STAGE)}, for_parties=True, needs_for=True, since=2),
    "contact_otherwise": _officer({"stage": STAGE}, for_parties=True, since=2),
    "decide_late": _officer(
        {"stage": Key(Kind.STAGE), "accept": Key(Kind.FLAG, required=True), "reason": REASON},
        for_parties=True,
        needs_for=True,
    ),
    "dispose": _officer(
        {"stage": Key(Kind.STAGE), "note": Key(Kind.TEXT, required=True)}, for_parties=True, needs_for=True
    ),
    "note_input": _officer(
        {
            "stage": STAGE,
            "held_on": Key(Kind.DAY),
            "occasion": Key(Kind.WORDS, required=True),
            "participants": Key(Kind.WORDS),
            "text": Key(Kind.TEXT, required=True),
        },
        for_parties=True,
    ),
    "summarise": _officer({"stage": STAGE, "text": Key(Kind.TEXT, required=True)}),
    "close_round": _officer({"stage": STAGE}),
    # What a party does, by its personal link or through an officer
    "open": _party(),
    "draft": _party(_ANSWER),
    "answer": _party(_ANSWER),
    "no_remarks": _party({"signed_by": Key(Kind.WORDS)}),
    "answer_on_behalf": _officer(
        {
            "stage": Key(Kind.STAGE),
            "road": _choice([road for road in Road.values if road != Road.LINK], required=True),
            "received": Key(Kind.MOMENT),
            "no_remarks": Key(Kind.FLAG),
            "source": Key(Kind.FILE),
            **_ANSWER,
        },
        for_parties=True,
        needs_for=True,
    ),
    "promise": _either({"on": Key(Kind.DAY, required=True)}),
    "decline": _either({"reason": Key(Kind.TEXT)}),
    "forward": _either({"to": Key(Kind.WORDS, required=True), "name": Key(Kind.WORDS), "note": Key(Kind.TEXT)}),
    "claim": _party({"email": Key(Kind.WORDS, required=True), "name": Key(Kind.WORDS)}),
    # Decisions
    "plan_meeting": _either({"on": Key(Kind.DAY, required=True)}),
    "decide": _either(
        {
            "outcome": _choice(Outcome.values, required=True),
            "basis": _choice(Basis.values),
            "meeting_on": Key(Kind.DAY),
            "next_meeting_on": Key(Kind.DAY),
            "agenda_item": Key(Kind.WORDS),
            "case_number": Key(Kind.WORDS),
            "text": Key(Kind.TEXT),
            "remarks": Key(Kind.TEXT),
            "minutes": Key(Kind.FILE),
            "source": Key(Kind.FILE),
            "minority": Key(Kind.MINORITY),
            "received": Key(Kind.MOMENT),
        }
    ),
    "receive_minutes": _officer(
        {"stage": Key(Kind.STAGE), "minutes": Key(Kind.FILE, required=True)}, for_parties=True, needs_for=True
    ),
    "ask_again": _officer({"stage": Key(Kind.STAGE), "reason": REASON}, for_parties=True, needs_for=True),
    "add_addendum": _officer(
        {"stage": Key(Kind.STAGE), "text": Key(Kind.TEXT, required=True), "file": Key(Kind.FILE)},
        for_parties=True,
        needs_for=True,
    ),
    # Outside bodies and facts
    "submit": _officer({"stage": STAGE, "provisional": Key(Kind.FLAG), "reason": Key(Kind.TEXT)}),
    "acknowledge": _either({"number": Key(Kind.WORDS), "received": Key(Kind.MOMENT), "file": Key(Kind.FILE)}),
    "rule": _either(
        {
            "outcome": _choice(Ruling.values, required=True),
            "on": Key(Kind.DAY),
            "text": Key(Kind.TEXT),
            "file": Key(Kind.FILE),
        }
    ),
    "milestone": _officer(
        {"stage": STAGE, "on": Key(Kind.DAY), "note": Key(Kind.TEXT), "file": Key(Kind.FILE)}, for_parties=True
    ),
    # The world around, and what must hold
    "bounce": DeedKind(Doer.NOBODY, {"text": Key(Kind.WORDS)}, for_parties=True, needs_for=True),
    "mail_down": DeedKind(Doer.NOBODY, {"until": Key(Kind.MOMENT, required=True)}),
    "erase": _officer({"email": Key(Kind.WORDS, required=True), "reason": REASON}),
    "verify": DeedKind(Doer.NOBODY, {}),
    "expect": DeedKind(Doer.NOBODY, {}),
}

COMMON = ("at", "do", "by", "for", "every", "spread", "refused")
"""The keys any deed may have; `for`, `every` and `spread` only where a deed is done for parties."""

EXPECTED: Mapping[str, int] = {
    "state": 1,
    "stages": 1,
    "counts": 1,
    "package": 1,
    "audit": 1,
    "deadlines": 2,
    "parties": 2,
    "decisions": 2,
}
"""What `expect` may name, at the end and in a deed, each with the schema_version that first knows it."""

COUNTS = (
    "invitations",
    "reminders",
    "answers_in_time",
    "answers_late_accepted",
    "answers_late_filed",
    "no_remarks",
    "bounced",
    "decisions",
    "approvals_fallen",
    "mails",
    "undelivered",
)
