"""Two officers with one form before them: the second does not write over what the first has saved meanwhile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from tests.architecture.estate import NOW
from tests.architecture.pressed_forms import Form, forms_of, forms_on, written
from tests.architecture.situations import SITUATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.sqlite]

LATER_COUNTS = {
    "request_meeting": "a day named anew is a new word of the body; both stand in the record",
    "decision_meeting_link": "the same, told by the body itself",
    "decision_meeting_member": "the same, told by a member",
    "reply_promise": "the same of a party; the office answers the last one",
    "request_readdress": "each press sends the question anew; a changed address is held against the one that was seen",
    "submission_readdress": "the same of a submission",
    "party_address": "the same of a party's link",
    "journal_receipt": "a parcel is receipted once, and the second press is told the number that the first one gave",
    "reply_claim": "whoever takes the task last has it, and the others are told",
}
"""Forms that begin with what is stored and whose later press is another statement, and why."""

SHOWS_BOTH = {
    "answer_dispose",
    "body_contact",
    "documents_arrange",
    "party_correct",
    "process_erasure",
    "round_prepare",
    "round_summary",
    "reply_write",
    "version_new",
}
"""Forms over stored words that are found whatever else is."""

ENOUGH = 3
THEIRS, MINE = "Kollegaens ord, lange nok", "Mine egne ord, lange nok"
ANOTHER_KEY = "0" * 32
DAYS = {THEIRS: "21/05/2029", MINE: "22/05/2029"}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def as_written(form: Form, words: str) -> dict[str, Any]:
    """The form sent with these words in every field of words, and a day of its own where a day is."""
    sent = written(form) | ({"do": "save"} if form.name == "reply_write" else {})
    for name in form.typed:
        if (
            "email" not in name
            and name != "copies"
            and not name.endswith(("_on", "day", "clock", "value"))
            and name in sent
        ):
            sent[name] = words
        elif name.endswith(("day", "erase_on")):
            sent[name] = DAYS[words]
    return sent


def holds(page: str, words: str) -> bool:
    """Whether a field of the page begins with these words or their day."""
    return any(
        re.search(rf'value="{re.escape(one)}"|<textarea[^>]*>\s*{re.escape(one)}', page) for one in (words, DAYS[words])
    )


def overtaken(client: Client, form: Form) -> tuple[bool, str]:
    """Whether the form begins with what a colleague has stored, and what is wrong where one was first."""
    with transaction.atomic():
        first = client.post(form.target, as_written(form, THEIRS))
        shown = client.get(form.at).content.decode() if first.status_code == 302 else ""
        is_stored = holds(shown, THEIRS)
        mine = as_written(form, MINE) | ({"key": ANOTHER_KEY} if "key" in form.values else {})
        second: Any = client.post(form.target, mine) if is_stored else None
        after = client.get(form.at).content.decode() if is_stored else ""
        again: Any = None
        if is_stored and second.status_code == 409:
            [hidden] = [one for one in forms_on(second.content.decode(), form.at) if one.target == form.target][:1]
            kept = {name: value for name, value in hidden.values.items() if name in ("seen", "version", "key")}
            again = client.post(form.target, as_written(form, MINE) | kept)
        transaction.set_rollback(True)
    if not is_stored:
        return False, ""
    if second.status_code != 409:
        return True, f"written over ({second.status_code})"
    answer = second.content.decode()
    if THEIRS not in answer and DAYS[THEIRS] not in answer:
        return True, "the colleague's words are not shown"
    if not holds(answer, MINE):
        return True, "the second one's words are lost"
    if not holds(after, THEIRS):
        return True, "refused and written all the same"
    return True, "" if again is not None and again.status_code == 302 else "the next press does not save"


def test_save_form_over_what_a_colleague_has_saved_shows_both_and_saves_on_the_next_press() -> None:
    wrong, stored, tried = [], set(), Counter[str]()
    for name, make in SITUATIONS.items():
        with transaction.atomic():
            situation = make()
            with time_machine.travel(NOW + situation.later, tick=False):
                client = situation.comes()
                for form in forms_of(client, situation.starts):
                    # A form writes over the same words wherever it is come upon: in three situations is enough.
                    if form.name in LATER_COUNTS or tried[form.name] >= ENOUGH:
                        continue
                    tried[form.name] += 1
                    is_stored, fault = overtaken(client, form)
                    stored |= {form.name} if is_stored else set()
                    wrong += [f"{name}: {form.name}: {fault}"] if fault else []
            transaction.set_rollback(True)

    assert not wrong, "\n" + "\n".join(wrong)
    assert stored >= SHOWS_BOTH, "not found: " + ", ".join(sorted(SHOWS_BOTH - stored))
