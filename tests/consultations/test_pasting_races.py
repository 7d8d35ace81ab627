"""One list pasted by two officers at once, on real PostgreSQL."""

from __future__ import annotations

import pytest

from consultations.actions.pasting import Pasted, paste_parties, pasting_plan
from tests.consultations.factories import LAUNCHED, OFFICER, a_round_in_draft
from tests.consultations.test_races import together
from workflow.imports.parties import PartyLine
from workflow.models import AuditEntry
from workflow.rules import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LINES = [PartyLine(number, f"Forening {number}", f"post{number}@fc.example", "") for number in range(1, 41)]


@pytest.mark.parametrize(("keys", "refused"), [(("k1", "k2"), 1), (("k1", "k1"), 0)])
def test_paste_one_list_twice_at_once_lists_each_party_once(keys: tuple[str, str], refused: int) -> None:
    hearing = a_round_in_draft(parties=1)
    shown = pasting_plan(hearing.round, LINES, LAUNCHED).digest

    def paste(key: str) -> Pasted:
        return paste_parties(hearing.round, LINES, shown_digest=shown, actor=OFFICER, now=LAUNCHED, key=key)

    both = together(lambda: paste(keys[0]), lambda: paste(keys[1]))

    assert sorted(deed.result.added for deed in both if deed.result) == [0, 40][refused:]
    assert [deed.error.refusal.code for deed in both if isinstance(deed.error, Refused)] == [
        "another_than_shown"
    ] * refused
    assert hearing.round.invitations.count() == 41
    assert AuditEntry.objects.filter(verb="paste_parties").count() == 1
