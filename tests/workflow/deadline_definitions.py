"""Small definitions whose stages have days to keep, and how such a day is read."""

from __future__ import annotations

from workflow.models import Deadline, Process
from workflow.queries.processes import named_deadline

BY_LAW = """
schema_version: 1
key: by-law
title: {da: Efter loven, en: By law}
description: {da: En frist efter loven, en: A deadline by law}
parameters:
  submit_on:
    type: date
    title: {da: Fremsendes, en: Submitted}
    required: true
  count:
    type: integer
    title: {da: Antal, en: Count}
    default: 3
deadlines:
  planned:
    title: {da: Planlagt, en: Planned}
    deadline: {rule: advisory, parameter: submit_on, source: Tidsplan}
stages:
  - key: work
    kind: drafting
    title: {da: Arbejde, en: Work}
    after: []
    actor: secretariat
    completes: manual
    deadline: {rule: statutory, parameter: submit_on, source: Loven § 1}
  - key: papers
    kind: drafting
    title: {da: Papirer, en: Papers}
    after: [work]
    actor: secretariat
    completes: manual
    end: true
    deadline: {rule: days_before, deadline: work, days: 6, source: Tidsplan}
    on_return: work
"""

CLOCK = """
schema_version: 1
key: clock
title: {da: Ur, en: Clock}
description: {da: En myndigheds ur, en: The clock of an authority}
bodies:
  national_authority:
    title: {da: Styrelsen, en: The authority}
    kind: national_authority
stages:
  - key: before
    kind: drafting
    title: {da: Før, en: Before}
    after: []
    actor: secretariat
    completes: manual
  - key: ruling
    kind: external
    title: {da: Afgørelse, en: Ruling}
    after: [before]
    actor: national_authority
    completes: manual
    external:
      body: national_authority
      awaits: ruling
      clock: {weeks: 8, from: before.completed, pauses_on_question: true, source: Vejledningen}
    gates:
      - gate: external_ruling
        body: national_authority
"""


def deadline_of(process: Process, key: str) -> Deadline:
    found = named_deadline(process, key)
    assert found is not None
    return found
