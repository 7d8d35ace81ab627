"""The authority's receipt and ruling, and what they move on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.workflow.agreements import a_file, officer_of, sent_off
from tests.workflow.factories import an_office
from tests.workflow.submission_factories import authority, in_ruling
from workflow.actions.stages import return_stage
from workflow.actions.submissions import acknowledge, record_ruling
from workflow.gates import gate_statuses
from workflow.queries.processes import live_stage, stage_deadline
from workflow.queries.submissions import ruling_deadlines
from workflow.rules import Refused
from workflow.states import DeadlineKind, ProcessState, Ruling, StageState

pytestmark = pytest.mark.django_db


HOUR = timedelta(hours=1)


DAY = timedelta(days=1)


def test_acknowledge_closes_the_stage_and_starts_the_clock_of_eight_weeks(now: datetime) -> None:
    process, request = sent_off(now)

    receipt = acknowledge(request, received_at=now + HOUR, number="05-7", actor=authority(request), now=now + HOUR)

    assert (receipt.number, receipt.received_at) == ("05-7", now + HOUR)
    assert live_stage(process, "submission").state == StageState.COMPLETED
    ruling = live_stage(process, "ruling")
    assert ruling.state == StageState.OPEN
    deadline = stage_deadline(ruling)
    assert deadline is not None
    # Received Friday 1 March; 26 April is summer time, 23.59 in Copenhagen.
    assert (deadline.kind, deadline.on, deadline.at) == (
        DeadlineKind.RULING,
        date(2019, 4, 26),
        datetime(2019, 4, 26, 21, 59, tzinfo=UTC),
    )
    told = set(OutgoingMail.objects.filter(kind="authority_receipt_notice").values_list("to_address", flat=True))
    assert told == {f"post@{key}.example" for key in ("committee", "region", "council-1", "council-2")}


def test_acknowledge_on_behalf_keeps_file_and_for_whom(now: datetime) -> None:
    process, request = sent_off(now)
    file = a_file(process.office, now, "kvittering.txt")

    receipt = acknowledge(
        request, received_at=now, file=file, actor=officer_of(process).acting_for("Styrelsen"), now=now + DAY
    )

    assert (receipt.by_on_behalf_of, receipt.file, receipt.recorded_at) == ("Styrelsen", file, now + DAY)


@pytest.mark.parametrize(
    ("delta", "code"), [(timedelta(microseconds=1), "received_in_future"), (-DAY, "received_before_sent")]
)
def test_acknowledge_at_an_impossible_time_is_refused(now: datetime, delta: timedelta, code: str) -> None:
    process, request = sent_off(now)

    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now + delta, actor=authority(request), now=now)

    assert refused.value.refusal.code == code
    assert live_stage(process, "submission").state == StageState.OPEN


def test_acknowledge_twice_is_refused_but_with_one_key_answers_the_same(now: datetime) -> None:
    _process, request = sent_off(now)
    first = acknowledge(request, received_at=now, actor=authority(request), now=now, key="k")

    assert acknowledge(request, received_at=now, actor=authority(request), now=now, key="k") == first
    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now, actor=authority(request), now=now, key="other")
    assert refused.value.refusal.code == "already_acknowledged"


def test_acknowledge_by_the_link_of_a_withdrawn_submission_is_refused(now: datetime) -> None:
    process, request = sent_off(now)
    return_stage(live_stage(process, "submission"), reason="Fejl i bilag.", actor=officer_of(process), now=now)

    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now, actor=authority(request), now=now)

    assert refused.value.refusal.code == "request_withdrawn"
    assert OutgoingMail.objects.get(kind="authority_submission").state == MailState.WITHDRAWN


def test_record_ruling_approved_completes_the_review_and_tells_everybody(now: datetime) -> None:
    process, request = in_ruling(now)

    record_ruling(
        request, outcome=Ruling.APPROVED, ruled_on=date(2019, 4, 2), actor=authority(request), now=now + 40 * DAY
    )

    assert live_stage(process, "ruling").state == StageState.COMPLETED
    assert OutgoingMail.objects.filter(kind="authority_ruling_notice").count() == 4
    process.refresh_from_db()
    assert process.state == ProcessState.RUNNING, "in force is recorded on its own"


def test_record_ruling_objected_keeps_the_stage_open_and_lets_it_be_sent_back(now: datetime) -> None:
    process, request = in_ruling(now)

    record_ruling(
        request, outcome=Ruling.OBJECTED, ruled_on=now.date(), text="Mangler.", actor=authority(request), now=now
    )

    stage = live_stage(process, "ruling")
    assert stage.state == StageState.OPEN
    (status,) = gate_statuses(stage, now)
    assert not status.is_open
    return_stage(stage, reason="Styrelsens indsigelse.", actor=officer_of(process), now=now)
    assert live_stage(process, "drafting").attempt == 2


@pytest.mark.parametrize(
    ("day", "code"), [(date(2019, 3, 2), "ruled_in_future"), (date(2019, 2, 28), "ruled_before_sent")]
)
def test_record_ruling_on_an_impossible_day_is_refused(now: datetime, day: date, code: str) -> None:
    _process, request = in_ruling(now)

    with pytest.raises(Refused) as refused:
        record_ruling(request, outcome=Ruling.APPROVED, ruled_on=day, actor=authority(request), now=now)

    assert refused.value.refusal.code == code


def test_record_ruling_where_only_a_receipt_is_asked_for_is_refused(now: datetime) -> None:
    _process, request = sent_off(now)

    with pytest.raises(Refused) as refused:
        record_ruling(request, outcome=Ruling.APPROVED, ruled_on=now.date(), actor=authority(request), now=now)

    assert refused.value.refusal.code == "no_ruling_asked"


def test_record_ruling_with_another_offices_file_is_refused(now: datetime) -> None:
    _process, request = in_ruling(now)
    file = a_file(an_office("midtjylland"), now)
    ruled: dict[str, Any] = {"outcome": Ruling.APPROVED, "ruled_on": now.date(), "actor": authority(request)}

    with pytest.raises(Refused) as refused:
        record_ruling(request, file=file, now=now, **ruled)

    assert refused.value.refusal.code == "file_foreign"


def test_ruling_deadlines_name_one_only_where_a_clock_runs_and_for_whom_it_runs(now: datetime) -> None:
    process, request = in_ruling(now)
    stages = {key: live_stage(process, key) for key in ("approval", "submission", "ruling")}

    running = ruling_deadlines(list(stages.values()))
    assert set(running) == {stages["submission"].pk, stages["ruling"].pk}

    record_ruling(request, outcome=Ruling.APPROVED, ruled_on=now.date(), actor=authority(request), now=now)
    assert ruling_deadlines(list(stages.values())) == {}
