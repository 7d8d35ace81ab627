"""Where there is something to present to those who decide. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal
from workflow.states import StageKindName

if TYPE_CHECKING:
    from workflow.models import Stage


def may_present(stage: Stage) -> Refusal | None:
    """Only where bodies decide is there something to present."""
    if stage.kind in (StageKindName.REVIEW, StageKindName.APPROVAL):
        return None
    return Refusal("nothing_to_present", _("A case presentation is made for a stage in which bodies decide."))
