"""Answers: drafted, sent, receipted, replaced, entered on behalf, and judged when they come late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.actions.answers import (
    AnswerContent,
    decide_late,
    dispose_answer,
    record_answer_on_behalf,
    remove_file,
    save_draft,
    submit_answer,
)
from consultations.actions.extensions import extend_for_one
from consultations.actions.reminders import send_reminders
from consultations.actions.rounds import close_due_rounds
from consultations.models import Answer
from consultations.states import AnswerState, InvitationState, Road
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    MICROSECOND,
    NO_REMARKS,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
)
from tests.refusals import code_of
from tests.workflow.document_factories import PDF
from tests.workflow.factories import an_actor, an_office
from workflow.actions.files import erase_file, store_file
from workflow.models import AuditEntry, StoredFile
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

DAY_BEFORE = CLOSES_AT - timedelta(days=1)
AFTER = CLOSES_AT + timedelta(hours=3)


def draft(hearing: Hearing, content: AnswerContent = WORDS, number: int = 1, **more: Any) -> Answer:
    values = {"actor": hearing.by_link(number), "now": LAUNCHED} | more
    return save_draft(hearing.party(number), content, **values)


def a_file(hearing: Hearing, name: str = "svar.pdf") -> StoredFile:
    return store_file(hearing.process.office, name, PDF, now=LAUNCHED)


def test_submit_answer_in_time_gives_a_numbered_receipt_by_mail() -> None:
    hearing = a_hearing()

    answer = hearing.answers(1, DAY_BEFORE)

    party = hearing.party(1)
    assert (answer.state, answer.received_at, answer.number) == (AnswerState.SUBMITTED, DAY_BEFORE, 1)
    assert answer.receipt_number == f"{hearing.process.case_number}-H001-1"
    assert (party.state, party.answered_at, party.next_check_at) == (InvitationState.ANSWERED, DAY_BEFORE, None)
    [mail] = hearing.mails("hearing_receipt")
    assert (mail.to_address, mail.state) == ("part1@example.dk", MailState.QUEUED)
    entry = AuditEntry.objects.get(verb="submit_answer")
    assert (entry.codes["receipt"], entry.codes["state"]) == (answer.receipt_number, "submitted")
    assert entry.actor_kind == "link"


def test_submit_answer_with_no_remarks_needs_no_words() -> None:
    answer = a_hearing().answers(1, DAY_BEFORE, NO_REMARKS)

    assert (answer.kind, answer.state) == ("no_remarks", AnswerState.SUBMITTED)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (AnswerContent(), "answer_empty"),
        (AnswerContent(text="  \n "), "answer_empty"),
        (AnswerContent(kind="no_remarks", text="Dog …"), "answer_contradicts"),
    ],
)
def test_submit_answer_that_says_nothing_or_two_things_is_refused(content: AnswerContent, code: str) -> None:
    hearing = a_hearing()

    assert code_of(lambda: hearing.answers(1, content=content)) == code
    assert not Answer.objects.exists()


def test_save_draft_keeps_words_and_comments_per_section() -> None:
    hearing = a_hearing()
    first, second, _third = hearing.sections

    made = draft(
        hearing, AnswerContent(text="Udkast", comments={first.lineage_id: "Uklart", second.lineage_id: "Godt"})
    )
    draft(hearing, AnswerContent(text="Udkast 2", comments={first.lineage_id: "Klart", second.lineage_id: " "}))

    made.refresh_from_db()
    assert (made.state, made.text, made.receipt_number) == (AnswerState.DRAFT, "Udkast 2", "")
    assert [(row.lineage_id, row.text) for row in made.comments.all()] == [(first.lineage_id, "Klart")]


def test_save_draft_built_on_an_older_version_is_refused_and_loses_nothing() -> None:
    hearing = a_hearing()
    made = draft(hearing, version=0)
    draft(hearing, AnswerContent(text="Kollegaens tekst"), version=made.version)

    assert code_of(lambda: draft(hearing, AnswerContent(text="Min"), version=made.version)) == "draft_changed"
    assert code_of(lambda: hearing.answers(1, version=made.version)) == "draft_changed"
    assert Answer.objects.get().text == "Kollegaens tekst"


def test_save_draft_on_a_section_not_heard_is_refused() -> None:
    hearing = a_hearing()

    content = AnswerContent(text="x", comments={uuid4(): "Hvor er jeg?"})
    assert code_of(lambda: draft(hearing, content)) == "section_unknown"


def test_submit_answer_with_another_partys_link_is_refused() -> None:
    hearing = a_hearing()

    def deed() -> None:
        submit_answer(hearing.party(1), content=WORDS, received_at=LAUNCHED, now=LAUNCHED, actor=hearing.by_link(2))

    assert code_of(deed) == "not_yours"


def test_save_draft_with_a_file_is_part_of_the_answer_and_alone_is_enough() -> None:
    hearing = a_hearing()
    file = a_file(hearing)

    draft(hearing, AnswerContent(), files=[file])
    draft(hearing, AnswerContent(), files=[a_file(hearing)])  # the same bytes again
    answer = submit_answer(hearing.party(), received_at=LAUNCHED, now=LAUNCHED, actor=hearing.by_link())

    assert [entry.file for entry in answer.files.all()] == [file]


def test_remove_file_from_a_replacement_leaves_the_answer_given_as_it_was() -> None:
    hearing = a_hearing()
    file = a_file(hearing)
    draft(hearing, files=[file])
    first = hearing.answers(1)

    remove_file(hearing.party(), file, actor=hearing.by_link(), now=LAUNCHED)
    second = hearing.answers(1)

    assert (first.files.count(), second.files.count()) == (1, 0)


def test_submit_answer_again_before_the_deadline_replaces_and_keeps_the_first() -> None:
    hearing = a_hearing()
    section = hearing.sections[0]
    first = hearing.answers(1, content=AnswerContent(text="Første", comments={section.lineage_id: "Note"}))

    copy = draft(hearing, AnswerContent(text="Andet"), now=DAY_BEFORE)
    second = submit_answer(hearing.party(), received_at=DAY_BEFORE, now=DAY_BEFORE, actor=hearing.by_link())

    first.refresh_from_db()
    assert copy == second
    assert (first.state, first.text, first.replaced_at) == (AnswerState.REPLACED, "Første", DAY_BEFORE)
    assert (second.state, second.number) == (AnswerState.SUBMITTED, 2)
    assert second.receipt_number.endswith("-H001-2")
    assert [row.text for row in second.comments.all()] == ["Note"]  # the draft began as a copy
    assert len(hearing.mails("hearing_receipt")) == 2


def test_submit_answer_twice_with_one_key_returns_the_first() -> None:
    hearing = a_hearing()

    first = hearing.answers(1, key="press")
    again = hearing.answers(1, key="press")

    assert first == again
    assert Answer.objects.count() == 1
    assert len(hearing.mails("hearing_receipt")) == 1


def test_submit_answer_of_a_draft_after_the_deadline_is_late_and_not_lost() -> None:
    hearing = a_hearing()
    draft(hearing)
    close_due_rounds(CLOSES_AT)

    answer = submit_answer(hearing.party(), received_at=AFTER, now=AFTER, actor=hearing.by_link())

    assert (answer.state, answer.text) == (AnswerState.LATE, WORDS.text)
    assert len(hearing.mails("hearing_receipt")) == 1


def test_submit_answer_after_the_deadline_cannot_replace_one_given_in_time() -> None:
    hearing = a_hearing()
    first = hearing.answers(1, DAY_BEFORE)
    draft(hearing, AnswerContent(text="Rettelse"), now=DAY_BEFORE)

    assert code_of(lambda: hearing.answers(1, CLOSES_AT)) == "answer_locked"
    assert code_of(lambda: draft(hearing, now=CLOSES_AT)) == "answer_locked"
    first.refresh_from_db()
    assert first.state == AnswerState.SUBMITTED


def test_submit_answer_after_an_extension_replaces_again() -> None:
    hearing = a_hearing()
    hearing.answers(1, DAY_BEFORE)
    extend_for_one(hearing.party(), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=DAY_BEFORE)

    answer = hearing.answers(1, AFTER)

    assert (answer.state, answer.number) == (AnswerState.SUBMITTED, 2)


def test_submit_late_answer_again_replaces_it_until_it_is_decided() -> None:
    hearing = a_hearing()
    hearing.answers(1, AFTER)
    second = hearing.answers(1, AFTER + timedelta(minutes=5))

    decide_late(second, accept=True, reason="Ringede i forvejen", actor=OFFICER, now=AFTER + timedelta(hours=1))

    assert code_of(lambda: hearing.answers(1, AFTER + timedelta(hours=2))) == "answer_decided"


@pytest.mark.parametrize(("accept", "state"), [(True, "late_accepted"), (False, "late_filed")])
def test_decide_late_keeps_the_reason_and_tells_the_party(accept: bool, state: str) -> None:
    hearing = a_hearing()
    late = hearing.answers(1, AFTER)

    assert code_of(lambda: decide_late(late, accept=accept, reason=" ", actor=OFFICER, now=AFTER)) == "reason_missing"
    decided = decide_late(late, accept=accept, reason="Posten var forsinket", actor=OFFICER, now=AFTER)

    assert (decided.state, decided.late_reason, decided.late_decided_at) == (state, "Posten var forsinket", AFTER)
    assert len(hearing.mails("hearing_late_decided")) == 1
    assert code_of(lambda: decide_late(late, accept=True, reason="Igen", actor=OFFICER, now=AFTER)) == "late_decided"


def test_decide_late_on_an_answer_in_time_is_refused() -> None:
    answer = a_hearing().answers(1, DAY_BEFORE)

    assert code_of(lambda: decide_late(answer, accept=True, reason="x", actor=OFFICER, now=AFTER)) == "not_late"


def test_record_answer_on_behalf_is_judged_by_when_it_reached_us() -> None:
    hearing = a_hearing(parties=2)
    source = a_file(hearing, "brev.pdf")

    def on_behalf(number: int, received_at: Any, now: Any = AFTER, **more: Any) -> Answer:
        values = {"road": Road.PAPER, "source": source, "actor": OFFICER} | more
        return record_answer_on_behalf(hearing.party(number), WORDS, received_at=received_at, now=now, **values)

    in_time = on_behalf(1, CLOSES_AT - MICROSECOND)
    late = on_behalf(2, CLOSES_AT)

    assert (in_time.state, in_time.road, in_time.recorded_at) == (AnswerState.SUBMITTED, Road.PAPER, AFTER)
    assert late.state == AnswerState.LATE
    assert in_time.source == source
    assert (in_time.by_kind, in_time.by_on_behalf_of) == ("user", "Part 01")
    assert len(hearing.mails("hearing_receipt")) == 2
    assert code_of(lambda: on_behalf(1, AFTER + MICROSECOND)) == "received_in_future"
    assert code_of(lambda: on_behalf(1, LAUNCHED - MICROSECOND)) == "received_before_invited"
    assert code_of(lambda: on_behalf(1, DAY_BEFORE)) == "newer_stands"
    assert code_of(lambda: on_behalf(1, AFTER, actor=hearing.by_link(1))) == "office_only"


@pytest.mark.parametrize("place", ["source", "files"])
def test_record_answer_on_behalf_with_an_erased_file_is_refused(place: str) -> None:
    hearing = a_hearing()
    office = hearing.process.office
    file = store_file(office, "brev.txt", b"Brev\n", now=LAUNCHED)
    kept = store_file(office, "bilag.txt", b"Bilag\n", now=LAUNCHED)
    erase_file(file, now=LAUNCHED)
    files: dict[str, Any] = {"source": file, "files": [kept]} if place == "source" else {"files": [kept, file]}
    more: dict[str, Any] = {"road": Road.PAPER, "received_at": DAY_BEFORE, "actor": OFFICER, "now": DAY_BEFORE}

    assert code_of(lambda: record_answer_on_behalf(hearing.party(), WORDS, **files, **more)) == "file_foreign"
    assert not Answer.objects.exists()


def test_record_answer_on_behalf_leaves_the_partys_own_draft() -> None:
    hearing = a_hearing()
    made = draft(hearing)

    record_answer_on_behalf(
        hearing.party(), NO_REMARKS, road=Road.TELEPHONE, received_at=DAY_BEFORE, actor=OFFICER, now=DAY_BEFORE
    )

    made.refresh_from_db()
    assert made.state == AnswerState.DRAFT
    assert hearing.party().state == InvitationState.ANSWERED


def test_submit_answer_withdraws_the_reminder_that_waits() -> None:
    hearing = a_hearing()
    send_reminders(CLOSES_AT - timedelta(days=7))

    hearing.answers(1, CLOSES_AT - timedelta(days=6, hours=23))

    by_address = {mail.to_address: (mail.state, mail.withdrawn_reason) for mail in hearing.mails("hearing_reminder")}
    assert by_address["part1@example.dk"] == (MailState.WITHDRAWN, "answered")
    assert by_address["part2@example.dk"] == (MailState.QUEUED, "")


def test_dispose_answer_notes_what_was_done_with_the_remarks() -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, DAY_BEFORE)
    late = hearing.answers(2, AFTER)

    done = dispose_answer(answer, note="Afsnit 2 er ændret", actor=OFFICER, now=AFTER)

    assert (done.disposition, done.disposed_at) == ("Afsnit 2 er ændret", AFTER)
    assert code_of(lambda: dispose_answer(answer, note=" ", actor=OFFICER, now=AFTER)) == "note_missing"
    assert code_of(lambda: dispose_answer(late, note="x", actor=OFFICER, now=AFTER)) == "late_undecided"
    decide_late(late, accept=False, reason="For sent", actor=OFFICER, now=AFTER)
    assert code_of(lambda: dispose_answer(late, note="x", actor=OFFICER, now=AFTER)) == "answer_does_not_count"


def test_submit_answer_makes_a_fixed_number_of_statements() -> None:
    hearing = a_hearing(parties=1)
    party, actor = hearing.party(), hearing.by_link()

    with CaptureQueriesContext(connection) as queries:
        submit_answer(party, content=WORDS, received_at=DAY_BEFORE, now=DAY_BEFORE, key="k", actor=actor)

    assert len(queries) == 18


# ── The key of the form ───────────────────────────────────────────────────────────────────────────────────────
def test_submit_answer_with_a_used_key_and_other_words_replaces_what_was_sent() -> None:
    hearing = a_hearing()
    sent_at = LAUNCHED + timedelta(days=2)
    first = hearing.answers(1, sent_at, AnswerContent(text="Første"), key="form-1")
    repeat = hearing.answers(1, sent_at, AnswerContent(text="Første"), key="form-1")

    changed = hearing.answers(1, sent_at, AnswerContent(text="Rettet"), key="form-1")
    again = hearing.answers(1, sent_at, AnswerContent(text="Rettet"), key="form-1")

    first.refresh_from_db()
    assert (repeat, again) == (first, changed)
    assert (first.state, changed.text, changed.number) == (AnswerState.REPLACED, "Rettet", 2)


def test_record_answer_on_behalf_with_a_used_key_and_other_words_is_refused() -> None:
    hearing = a_hearing()
    received_at = LAUNCHED + timedelta(days=2)

    def enter(text: str) -> Answer:
        return record_answer_on_behalf(
            hearing.party(1),
            AnswerContent(text=text),
            road=Road.EMAIL,
            received_at=received_at,
            actor=OFFICER,
            now=received_at,
            key="form-1",
        )

    enter("Første")
    with pytest.raises(Refused) as refused:
        enter("Rettet")

    assert refused.value.refusal.code == "form_used"
    assert [answer.text for answer in Answer.objects.all()] == ["Første"]


# ── Whose matter, whose file ──────────────────────────────────────────────────────────────────────────────────
def test_judge_answers_as_an_officer_of_another_office_is_refused() -> None:
    hearing = a_hearing()
    answer, late = hearing.answers(1), hearing.answers(2, AFTER)
    stranger = an_actor(an_office("et-andet-kontor"))

    assert code_of(lambda: dispose_answer(answer, note="Noteret.", actor=stranger, now=AFTER)) == "not_an_officer"
    decision = {"accept": True, "reason": "Posten", "actor": stranger, "now": AFTER}
    assert code_of(lambda: decide_late(late, **decision)) == "not_an_officer"


def test_put_another_offices_file_to_an_answer_is_refused() -> None:
    hearing = a_hearing()
    foreign = store_file(an_office("et-andet-kontor"), "svar.pdf", PDF, now=LAUNCHED)
    own = a_file(hearing, "bilag.pdf")
    party = hearing.party()
    behalf = {"road": Road.PAPER, "received_at": AFTER, "actor": OFFICER, "now": AFTER}

    assert code_of(lambda: draft(hearing, files=[own, foreign])) == "file_foreign"
    assert code_of(lambda: hearing.answers(1, files=[foreign])) == "file_foreign"
    assert code_of(lambda: record_answer_on_behalf(party, WORDS, source=foreign, **behalf)) == "file_foreign"
    assert code_of(lambda: record_answer_on_behalf(party, WORDS, files=[foreign], **behalf)) == "file_foreign"
    assert not Answer.objects.exists()
