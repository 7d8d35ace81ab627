"""A provisional answer confirmed twice at once, confirmed while it is replaced, and while its party is being asked; a
substitute ended while workers send. On real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from consultations.actions.answers import confirm_answer
from consultations.actions.answers.confirming import ask_to_confirm
from consultations.models import Answer
from consultations.states import ANSWER_STANDING
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, WORDS, Hearing, a_hearing
from tests.consultations.test_provisional import ASKED_AT, BY_ITS_DAY, IN_TIME, PROVISIONAL
from tests.consultations.test_races import together
from tests.consultations.test_substitutes import STAND_IN, name
from workflow.actions.substitutes import end_substitute
from workflow.models import AuditEntry
from workflow.rules import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def confirming(hearing: Hearing) -> Any:
    by = {"received_at": BY_ITS_DAY, "actor": hearing.by_link(), "now": BY_ITS_DAY}
    return lambda: confirm_answer(hearing.party(), **by)


def refusals(deeds: list[Any]) -> list[str]:
    return [deed.error.refusal.code for deed in deeds if isinstance(deed.error, Refused)]


def test_confirm_answer_eight_times_at_once_confirms_once() -> None:
    hearing = a_hearing(parties=1)
    hearing.answers(1, IN_TIME, PROVISIONAL)

    deeds = together(*[confirming(hearing) for _each in range(8)])

    assert refusals(deeds) == ["confirmed_already"] * 7
    assert AuditEntry.objects.filter(verb="confirm_answer").count() == 1
    assert len(hearing.mails("hearing_confirmed")) == 1


def test_confirm_answer_while_it_is_replaced_leaves_one_answer_that_stands() -> None:
    for _round in range(5):
        hearing = a_hearing(parties=1)
        hearing.answers(1, IN_TIME, PROVISIONAL)
        final = replace(WORDS, text="Endeligt svar")

        deeds = together(confirming(hearing), partial(hearing.answers, 1, BY_ITS_DAY, final))

        standing = Answer.objects.get(invitation=hearing.party(), state__in=ANSWER_STANDING)
        # Whoever came second was refused: what is confirmed is locked, what is final needs no confirmation.
        assert refusals(deeds) == (["not_provisional"] if standing.text == final.text else ["answer_locked"])


def test_ask_to_confirm_while_it_is_confirmed_leaves_no_question_to_be_sent() -> None:
    for _round in range(5):
        hearing = a_hearing(parties=1)
        hearing.answers(1, IN_TIME, PROVISIONAL)

        for deed in together(lambda: ask_to_confirm(ASKED_AT), confirming(hearing), lambda: ask_to_confirm(ASKED_AT)):
            deed.done()
        delivery.deliver(BY_ITS_DAY, lambda: BY_ITS_DAY)

        assert "sent" not in [mail.state for mail in hearing.mails("hearing_confirm")]


def test_end_substitute_while_workers_send_lets_each_mail_go_once_to_one_of_both() -> None:
    hearing = a_hearing(parties=3)
    at = LAUNCHED + timedelta(days=5)
    substitute = name(hearing)

    def deliver() -> Any:
        return delivery.deliver(at, lambda: at)

    for deed in together(deliver, lambda: end_substitute(substitute, actor=OFFICER, now=at), deliver):
        deed.done()
    delivery.deliver(at + timedelta(hours=1), lambda: at + timedelta(hours=1))

    mails = OutgoingMail.objects.filter(kind="hearing_invitation")
    assert {mail.state for mail in mails} == {"sent"}
    assert {mail.to_address for mail in mails} <= {STAND_IN, *(f"part{number}@example.dk" for number in (1, 2, 3))}
