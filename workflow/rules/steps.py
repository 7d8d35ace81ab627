"""What a committee of a body has recommended on the way to its decision, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from workflow.dates import short_date
from workflow.rules.bodies import capitalised, level_name
from workflow.states import Outcome

if TYPE_CHECKING:
    from workflow.models import Decision

RECOMMENDED: Final = {
    Outcome.APPROVED: _("%(committee)s recommended approval on %(day)s"),
    Outcome.APPROVED_WITH_REMARKS: _("%(committee)s recommended approval with remarks on %(day)s"),
    Outcome.APPROVED_WITH_RESERVATION: _("%(committee)s recommended approval with a reservation on %(day)s"),
    Outcome.REJECTED: _("%(committee)s did not recommend approval on %(day)s"),
    Outcome.REFERRED_BACK: _("%(committee)s referred the matter back on %(day)s"),
    Outcome.POSTPONED: _("%(committee)s postponed the matter on %(day)s"),
    Outcome.NOTED: _("%(committee)s took note of the matter on %(day)s"),
    Outcome.ACCESSION_DECLINED: _("%(committee)s did not recommend joining on %(day)s"),
}


def step_words(step: Decision) -> str:
    """ "The standing committee recommended approval on 3 March 2026", in the language spoken."""
    committee = capitalised(level_name(step.level, step.body))
    words: str = str(RECOMMENDED[Outcome(step.outcome)])
    return words % {"committee": committee, "day": short_date(step.meeting_on)}
