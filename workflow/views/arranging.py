"""The page on which the documents of a process are renamed and put in order."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.arranging import arrange_documents
from workflow.forms.arranging import ArrangeForm
from workflow.models import Process
from workflow.queries.documents import names_and_places
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import frame, process_page


@process_page("secretariat", "GET", "POST")
def documents_arrange(request: Visit, process: Process) -> HttpResponse:
    """Rename the documents of a process, and put them in another order."""
    documents = list(process.documents.order_by("position", "pk"))
    if not documents:
        raise Http404
    back = reverse("documents", args=[process.public_id])
    form = ArrangeForm(request.POST or None, documents=documents)
    return form_page(
        request,
        frame(request, process, "documents"),
        form,
        partial(arrange_documents, process),
        facts=form.facts,
        heading=_("Names and order of the documents"),
        lead=_(
            "The next set of documents has these names and this order. A new name makes a new version of the document "
            "with the same text. Sets that are locked stay as they are. Nobody gets a mail, and nothing becomes "
            "public. A document is left out of the next set by its tick when the set is locked."
        ),
        submit=_("Save names and order"),
        done=_("Names and order are saved."),
        to=back,
        cancel_url=back,
        over=NamesAndPlaces(process, dict.fromkeys(form.fields, "")),
    )


class NamesAndPlaces(WrittenOver):
    """What is written over: every document's name and place."""

    def stored(self) -> dict[str, Any]:
        """Names and places as the form takes them."""
        documents = Process.objects.get(pk=self.row.pk).documents.order_by("position", "pk")
        return dict(names_and_places([(document, document.title) for document in documents]))

    def read_again(self) -> None:
        """Names and places are looked up each time."""
