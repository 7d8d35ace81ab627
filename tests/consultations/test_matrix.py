"""Every state by every verb: what goes through, and with which code the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from consultations.actions.answers import record_answer_on_behalf, save_draft
from consultations.actions.extensions import extend_for_all, extend_for_one
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.parties import (
    claim,
    correct_address,
    decline,
    forward,
    open_invitation,
    promise_answer,
)
from consultations.actions.rounds import close_due_rounds, close_round, launch_round, prepare_round
from consultations.states import RoundForm, RoundState
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    NO_REMARKS,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    a_round_in_draft,
    an_input_round,
)
from tests.kept import kept
from tests.workflow.factories import an_actor, an_office, stage_of
from workflow.actions.stages import return_stage
from workflow.models import AuditEntry
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

NOW = LAUNCHED + timedelta(days=1)
Verb = Callable[[Hearing], object]


def outcome(deed: Verb, hearing: Hearing) -> str:
    """ "ok", or the code of the refusal; a refused deed leaves no trace in the record."""
    before = AuditEntry.objects.count()
    refusal = None
    try:
        deed(hearing)
    except Refused as refused:
        refusal = refused.refusal
    if refusal is None:
        return "ok"
    assert AuditEntry.objects.count() == before
    assert str(refusal.text)
    return refusal.code


# ── Rounds ────────────────────────────────────────────────────────────────────────────────────────────────────
def draft_round() -> Hearing:
    return a_round_in_draft(parties=1)


@kept
def closed_round() -> Hearing:
    hearing = a_hearing(parties=1)
    close_due_rounds(CLOSES_AT)
    hearing.reread()
    return hearing


@kept
def cancelled_round() -> Hearing:
    hearing = a_hearing(parties=1)
    return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    hearing.reread()
    return hearing


ROUNDS: dict[str, Callable[[], Hearing]] = {
    "draft": draft_round,
    "open": lambda: a_hearing(parties=1),
    "closed": closed_round,
    "cancelled": cancelled_round,
}
LATER = CLOSES_AT + timedelta(seconds=30)  # also after a round that has closed; its stage is still open
ROUND_VERBS: dict[str, Verb] = {
    "prepare": lambda h: prepare_round(h.round, title="Ny", actor=OFFICER, now=LATER),
    "launch": lambda h: launch_round(h.round, closes_on=date(2019, 5, 8), actor=OFFICER, now=LATER),
    "add_party": lambda h: add_party(h.round, name="Ny", actor=OFFICER, now=LATER),
    "remove_party": lambda h: remove_party(h.party(), actor=OFFICER, now=LATER),
    "extend": lambda h: extend_for_all(h.round, new_on=date(2019, 5, 8), reason="x", actor=OFFICER, now=LATER),
    "close": lambda h: close_round(h.round, actor=OFFICER, now=LATER),
    "note": lambda h: add_note(h.round, held_on=CLOSES_ON, occasion="Møde", text="x", actor=OFFICER, now=LATER),
    "summary": lambda h: record_summary(h.round, summary="x", actor=OFFICER, now=LATER),
}
ROUND_OUTCOMES = {
    "draft": ("ok", "ok", "ok", "ok", "round_not_launched", "round_not_launched", "ok", "ok"),
    "open": ("round_launched",) * 4 + ("round_closed", "closes_by_deadline", "ok", "ok"),
    "closed": ("round_launched",) * 4 + ("round_closed", "round_closed", "ok", "ok"),
    "cancelled": ("round_cancelled",) * 5 + ("round_closed", "round_cancelled", "round_cancelled"),
}


@pytest.mark.parametrize("state", ROUNDS)
@pytest.mark.parametrize("verb", ROUND_VERBS)
def test_every_verb_of_the_office_in_every_state_of_a_round(state: str, verb: str) -> None:
    hearing = ROUNDS[state]()
    assert hearing.round.state == state

    expected = ROUND_OUTCOMES[state][list(ROUND_VERBS).index(verb)]
    assert outcome(ROUND_VERBS[verb], hearing) == expected


@pytest.mark.parametrize("verb", ROUND_VERBS)
def test_no_verb_of_the_office_is_for_a_link_holder(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = a_round_in_draft(parties=1) if verb in ("prepare", "launch", "add_party", "remove_party") else a_hearing()
    monkeypatch.setitem(globals(), "OFFICER", hearing.by_link())

    assert outcome(ROUND_VERBS[verb], hearing) == "office_only"


@pytest.mark.parametrize("verb", ROUND_VERBS)
def test_no_verb_of_the_office_is_for_an_officer_of_another_office(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = a_round_in_draft(parties=1) if verb in ("prepare", "launch", "add_party", "remove_party") else a_hearing()
    monkeypatch.setitem(globals(), "OFFICER", an_actor(an_office("et-andet-kontor")))

    assert outcome(ROUND_VERBS[verb], hearing) == "not_an_officer"


def test_matrix_names_every_state_of_a_round() -> None:
    assert set(ROUNDS) == set(ROUND_OUTCOMES) == set(RoundState.values)
    assert a_hearing().round.form == RoundForm.FULL
    assert an_input_round().round.form == RoundForm.LIGHT


# ── Invitations ───────────────────────────────────────────────────────────────────────────────────────────────
@kept
def declined() -> Hearing:
    hearing = a_hearing(parties=1)
    decline(hearing.party(), actor=hearing.by_link(), now=LAUNCHED)
    return hearing


@kept
def answered() -> Hearing:
    hearing = a_hearing(parties=1)
    hearing.answers()
    return hearing


def answered_and_over() -> Hearing:
    hearing = answered()
    hearing.now = CLOSES_AT
    return hearing


def over() -> Hearing:
    hearing = a_hearing(parties=1)
    hearing.now = CLOSES_AT
    return hearing


PARTIES: dict[str, Callable[[], Hearing]] = {
    "listed": draft_round,
    "invited": lambda: a_hearing(parties=1),
    "answered": answered,
    "declined": declined,
    "withdrawn": cancelled_round,
    "invited, deadline passed": over,
    "answered, deadline passed": answered_and_over,
}


def a_moment(hearing: Hearing) -> object:
    return max(hearing.now, NOW)


PARTY_VERBS: dict[str, Verb] = {
    "open": lambda h: open_invitation(h.party(), actor=h.by_link(), now=a_moment(h)),
    "draft": lambda h: save_draft(h.party(), WORDS, actor=h.by_link(), now=a_moment(h)),
    "answer": lambda h: h.answers(1, a_moment(h), NO_REMARKS),
    "on behalf": lambda h: record_answer_on_behalf(
        h.party(), WORDS, road="email", received_at=a_moment(h), actor=OFFICER, now=a_moment(h)
    ),
    "decline": lambda h: decline(h.party(), actor=h.by_link(), now=a_moment(h)),
    "promise": lambda h: promise_answer(h.party(), promised_on=date(2019, 4, 20), actor=h.by_link(), now=a_moment(h)),
    "forward": lambda h: forward(h.party(), to_email="ny@example.dk", actor=h.by_link(), now=a_moment(h)),
    "claim": lambda h: claim(h.party(), email="ny@example.dk", actor=h.by_link(), now=a_moment(h)),
    "correct": lambda h: correct_address(h.party(), email="ny@example.dk", actor=OFFICER, now=a_moment(h)),
    "extend": lambda h: extend_for_one(h.party(), new_on=date(2019, 4, 20), reason="x", actor=OFFICER, now=a_moment(h)),
}


@pytest.mark.parametrize("verb", PARTY_VERBS)
def test_no_verb_of_a_party_is_for_an_officer_of_another_office(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = a_hearing(parties=1)
    stranger = an_actor(an_office("et-andet-kontor"))
    monkeypatch.setitem(globals(), "OFFICER", stranger)
    monkeypatch.setattr(hearing, "by_link", lambda number=1: stranger)

    assert outcome(PARTY_VERBS[verb], hearing) == "not_an_officer"


ASKED = ("ok",) * 10
PARTY_OUTCOMES = {
    "listed": ("round_not_launched",) * 10,
    "invited": ASKED,
    "answered": ("ok", "ok", "ok", "ok", "answered", "answered", "ok", "ok", "ok", "ok"),
    "declined": ("ok", "ok", "ok", "ok", "declined", "declined", "declined", "declined", "ok", "ok"),
    "withdrawn": ("invitation_withdrawn",) * 9 + ("round_cancelled",),
    "invited, deadline passed": (*ASKED[:-1], "round_closed"),
    "answered, deadline passed": (
        "ok",
        "answer_locked",
        "answer_locked",
        "answer_locked",
        "answered",
        "answered",
        "ok",
        "ok",
        "ok",
        "round_closed",
    ),
}


@pytest.mark.parametrize("state", PARTIES)
@pytest.mark.parametrize("verb", PARTY_VERBS)
def test_every_verb_of_a_party_in_every_state_of_its_invitation(state: str, verb: str) -> None:
    hearing = PARTIES[state]()
    assert hearing.party().state == state.split(",")[0]

    expected = PARTY_OUTCOMES[state][list(PARTY_VERBS).index(verb)]
    assert outcome(PARTY_VERBS[verb], hearing) == expected


@pytest.mark.parametrize("verb", ["open", "draft", "answer", "decline", "promise", "forward", "claim"])
def test_no_verb_of_a_party_is_for_another_partys_link(verb: str) -> None:
    hearing = a_hearing(parties=2)
    other = hearing.by_link(2)
    hearing.by_link = lambda number=1: other  # type: ignore[method-assign]

    assert outcome(PARTY_VERBS[verb], hearing) == "not_yours"
