"""A sub-agreement that its parties join one by one, of the shipped definition, moved by the screens' own actions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.kept import kept
from tests.workflow.agreements import a_contact, a_locked_bundle, ask_all, decide, officer_of
from tests.workflow.factories import a_body, a_shipped_definition, an_office
from workflow.actions.milestones import record_milestone
from workflow.actions.stages import complete_stage
from workflow.actions.starting import start_process
from workflow.models import ApprovalRequest, Body, Decision, Office, Process
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, Outcome

DAY = timedelta(days=1)
STARTED = datetime(2019, 9, 2, 8, 0, tzinfo=UTC)
"""The process begins, and the parties are asked, on 2 September 2019; it is in force from 1 March 2020."""
EFFECTIVE_ON = date(2020, 3, 1)

PARTIES = {
    "group": (BodyKind.STEERING_GROUP, "Styregruppen"),
    "committee": (BodyKind.COORDINATION_COMMITTEE, "SKU"),
    "region": (BodyKind.REGIONAL_COUNCIL, "Regionsrådet"),
    "council-1": (BodyKind.MUNICIPAL_COUNCIL, "Byråd 1"),
    "council-2": (BodyKind.MUNICIPAL_COUNCIL, "Byråd 2"),
}


def a_sub_agreement(office: Office, now: datetime, **changes: Any) -> Process:
    """The process just started in an office whose bodies are there."""
    values: dict[str, Any] = {
        "title": "Samarbejdsaftale om IV-behandling",
        "parameters": {"effective_on": EFFECTIVE_ON, "expires_on": date(2023, 6, 30)},
    }
    definition = a_shipped_definition(office, "samarbejdsaftale", now)
    return start_process(office, definition, **{**values, **changes}, actor=officer_of_office(office), now=now)


def officer_of_office(office: Office) -> Any:
    """The officer who acts in the processes of an office."""
    return officer_of(Process(office=office))


@kept
def in_accession(now: datetime = STARTED) -> Process:
    """The committee has approved; region and two councils have been asked to join."""
    office = an_office()
    for key, (kind, name) in PARTIES.items():
        a_contact(office, a_body(kind, name, key=key))
    return with_the_parties(a_sub_agreement(office, now), now)


def with_the_parties(process: Process, now: datetime) -> Process:
    """The text is locked, steering group and committee have approved, and the parties have been asked."""
    a_locked_bundle(process, now)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)
    ask_all(process, now)
    decide(process, "group", now, stage="steering_group")
    ask_all(process, now)
    decide(process, "committee", now, stage="committee_approval")
    ask_all(process, now)
    return process


@kept
def carried(now: datetime = STARTED, *, outcome: Outcome = Outcome.ACCESSION_DECLINED) -> Process:
    """The region and the first council have joined, the second stands outside: the stage is completed, the agreement
    not yet in force."""
    process = in_accession(now)
    for key in ("region", "council-1"):
        join(process, key, now + DAY)
    join(process, "council-2", now + 2 * DAY, outcome)
    return process


@kept
def in_force(now: datetime = STARTED) -> Process:
    """The same, and in force."""
    process = carried(now)
    come_into_force(process)
    return process


def come_into_force(process: Process) -> None:
    """The office records that the agreement has come into force, on the day after."""
    at = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
    stage = live_stage(process, "in_force")
    record_milestone(stage, happened_on=EFFECTIVE_ON, actor=officer_of(process), now=at)


AFTER = datetime(2020, 5, 4, 9, 0, tzinfo=UTC)
"""Two months after it came into force, a Monday."""


def join(process: Process, body: str, now: datetime, outcome: Outcome = Outcome.APPROVED, **changes: Any) -> Decision:
    """A party decides by its own link."""
    return decide(process, body, now, outcome, stage="accession", **changes)


def question_to(process: Process, body: str) -> ApprovalRequest:
    """The latest question to a party in the accession stage."""
    requests = ApprovalRequest.objects.filter(stage__process=process, stage__key="accession", body__key=body)
    return requests.select_related("stage__process", "body", "link", "bundle").latest("id")


def another_council(office: Office, **changes: Any) -> Body:
    """A council that was not asked, with a mailbox."""
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Byråd 3", key="council-3", **changes)
    a_contact(office, body)
    return body


def open_to_others(now: datetime) -> Process:
    """Carried some days before by all but one, who stands outside; and there is a council that could join yet."""
    process = carried(now - 9 * DAY)
    another_council(process.office)
    return process
