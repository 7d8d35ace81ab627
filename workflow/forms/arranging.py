"""The form for the names and the order of a process's documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.actions.arranging import NamedDocument
from workflow.forms.fields import LineField
from workflow.models import Document


class ArrangeForm(forms.Form):
    """Each document's name and its place among the others."""

    def __init__(self, *args: Any, documents: Sequence[Document], **kwargs: Any) -> None:
        """documents: all of the process, in their order."""
        super().__init__(*args, **kwargs)
        self.documents = documents
        places = [(str(place), str(place)) for place in range(1, len(documents) + 1)]
        for number, document in enumerate(documents, start=1):
            names = {"number": number}
            self.fields[f"title-{document.public_id}"] = LineField(
                label=_("Name of document %(number)d") % names, max_length=200, initial=document.title
            )
            self.fields[f"place-{document.public_id}"] = forms.ChoiceField(
                label=_("Place of document %(number)d") % names, choices=places, initial=str(number)
            )

    def facts(self) -> dict[str, Any]:
        """What `arrange_documents` is told: those that were given another place stand there, the others around them."""
        chosen = {document: int(self.cleaned_data[f"place-{document.public_id}"]) for document in self.documents}
        arranged = [document for number, document in enumerate(self.documents, 1) if chosen[document] == number]
        for document in sorted(set(self.documents) - set(arranged), key=lambda one: (chosen[one], one.position)):
            arranged.insert(chosen[document] - 1, document)
        named = [NamedDocument(one, self.cleaned_data[f"title-{one.public_id}"]) for one in arranged]
        return {"arranged": named}
