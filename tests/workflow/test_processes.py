"""Starting, suspending, resuming and giving up a process."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.workflow.factories import a_process, an_office
from workflow.models import AuditEntry
from workflow.states import ProcessState, StageState

pytestmark = pytest.mark.django_db


def test_start_process_of_a_small_definition_opens_its_entry_stage(now: datetime) -> None:
    process = a_process(an_office(), now)

    assert process.case_number == "SJAE-2019-0001"
    assert process.state == ProcessState.RUNNING
    assert [(s.key, s.state) for s in process.stages.all()] == [
        ("first", StageState.OPEN),
        ("second", StageState.WAITING),
        ("side", StageState.WAITING),
        ("last", StageState.WAITING),
    ]
    assert AuditEntry.objects.filter(verb="start_process", process_id=process.public_id).count() == 1
