"""The secretariat writes the case presentation once, for everybody who decides in a stage."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.presentations import write_presentation
from workflow.forms.presentations import PresentationForm
from workflow.models import Stage
from workflow.queries.presentations import PARTS, words_of_presentation
from workflow.queries.processes import stage_spec
from workflow.states import StageKindName
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import frame, stage_page


class Written(WrittenOver):
    """What has been written of the presentation of a stage (`row`), if anything has."""

    def stored(self) -> dict[str, Any]:
        """The words part by part."""
        assert isinstance(self.row, Stage)
        return dict(words_of_presentation(self.row))

    def read_again(self) -> None:
        """They are looked up each time."""


@stage_page("secretariat", "GET", "POST", kinds=(StageKindName.REVIEW, StageKindName.APPROVAL))
def presentation_write(request: Visit, stage: Stage) -> HttpResponse:
    """Write what the bodies of the stage find in their kit, part by part."""
    over = Written(stage, {part: part for part in PARTS})
    form = PresentationForm(request.POST or None, initial=over.stored())
    back = reverse("approvals", args=[stage.process.public_id, stage.public_id])
    return form_page(
        request,
        frame(request, stage.process, "process"),
        form,
        partial(write_presentation, stage),
        facts=form.facts,
        heading=_("Case presentation: %(stage)s") % {"stage": stage_spec(stage).title},
        lead=_(
            "Written once for everybody who decides here. It stands in their kit at once, field by field and as a "
            "paper, also for those who have been asked already. Nobody gets a mail, no decision falls, and nothing "
            "becomes public. Headings, lists and tables are written as in a document."
        ),
        submit=_("Save the presentation"),
        done=_("The case presentation is saved and stands in the kit."),
        to=back,
        over=over,
    )
