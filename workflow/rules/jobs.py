"""May this be done with long work? Pure: state in, refusal or nothing out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal
from workflow.states import JOBS_UNDER_WAY, JobState


def may_cancel_job(state: str) -> Refusal | None:
    """Only what is still being made can be cancelled."""
    if state in JOBS_UNDER_WAY:
        return None
    if state == JobState.DONE:
        return Refusal("job_done", _("The work is finished already. Fetch what was made, or let it lie."))
    return Refusal("job_ended", _("The work has ended already. There is nothing left to cancel."))
