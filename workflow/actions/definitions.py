"""Taking a definition in: checked, then pinned by the digest of its content."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from workflow.actions.rights import insist_administrator
from workflow.actors import Actor
from workflow.audit import record
from workflow.definitions import parse
from workflow.models import Office, ProcessDefinition
from workflow.queries.definitions import newest_of
from workflow.states import Verb


@transaction.atomic
def load_definition(office: Office, text: str, name: str, *, actor: Actor, now: datetime) -> ProcessDefinition:
    """Take in the YAML text of a definition for an office; `name` is what problems call the file.

    The same content gives the row it gave before, whatever its layout; that of an older version is the newest from now
    on. A wrong text is refused with every problem in it
    (`workflow.definitions.DefinitionRefused`), and nothing is kept. Refuses everybody but an administrator of the
    office and the system.
    """
    insist_administrator(actor, office, now)
    definition = parse(text, name)
    # Unique by content, so two who load one file at the same time get one row.
    row, is_new = ProcessDefinition.objects.get_or_create(
        office=office,
        key=definition.key,
        sha256=definition.sha256,
        defaults={
            "schema_version": definition.schema_version,
            "title": definition.title.da,
            "title_en": definition.title.en,
            "body": json.loads(definition.canonical),
            "source": text,
            "loaded_at": now,
        },
    )
    is_older = not is_new and newest_of(row) != row
    if is_older:
        # Loaded once more, it is what new processes follow.
        row.loaded_at = now
        row.save(update_fields=["loaded_at"])
    if is_new or is_older:
        codes = {"key": row.key, "sha256": row.sha256}
        record(Verb.LOAD_DEFINITION, row, actor=actor, now=now, office=office, codes=codes)
    return row
