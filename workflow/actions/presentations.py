"""Writing the case presentation for those who decide in a stage. The board's page comes in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import CasePresentation, Stage
from workflow.queries.presentations import words_of_presentation
from workflow.rules import insist
from workflow.rules.overwriting import digest_of_fields, digest_of_words, words_changed_since
from workflow.rules.presentations import may_present
from workflow.rules.processes import must_not_have_ended
from workflow.states import Verb


@transaction.atomic
def write_presentation(
    stage: Stage,
    *,
    abstract: str = "",
    presentation: str = "",
    law: str = "",
    economy: str = "",
    recommendation: str = "",
    shown_digest: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> CasePresentation:
    """Write what the bodies of a stage find in their kit, part by part in Markdown; what is left empty the system says
    as well as it can. Nobody is told.

    shown_digest: of the words that were before the eyes (`words_of_presentation`), None where nobody looked. Refuses
    everybody but an officer, a stage in which no body decides, an ended process, and words written over a colleague's.
    Also while the process is suspended.
    """
    process = lock_process(process_of(stage), must_run=False)
    words = {
        "abstract": abstract.strip(),
        "presentation": presentation.strip(),
        "law": law.strip(),
        "economy": economy.strip(),
        "recommendation": recommendation.strip(),
    }
    once = Once(f"write_presentation:{stage.public_id}", key, tuple(words.values()))
    if earlier := once.made:
        return CasePresentation.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    stage = stage_in(process, stage)
    insist(must_not_have_ended(process) or may_present(stage))
    current = digest_of_fields(words_of_presentation(stage))
    insist(words_changed_since(shown_digest, current, digest_of_fields(words)))
    row, _is_new = CasePresentation.objects.update_or_create(
        process=process, stage_key=stage.key, defaults={**words, "changed_at": now}
    )
    codes = {"stage": stage.key, "digest": digest_of_words(*words.values())}
    record(Verb.WRITE_PRESENTATION, stage, actor=actor, now=now, process=process, codes=codes)
    once.keep(row.public_id, now)
    return row
