"""What the lists of a round share: a hundred rows to a page, found and counted by the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise

from consultations.forms.lists import ListSearchForm
from workflow.views.access import Visit

PER_PAGE: Final = 100


def page_of_list(
    request: Visit, rows: Callable[[str, str], QuerySet[Any]], *, filters: type[TextChoices], everything: str | Promise
) -> dict[str, Any]:
    """One page of a list for its template: `page`, and the search it came by.

    rows: the rows that match a filter and words, either may be "". A page that is not there gives the nearest one.
    """
    search = ListSearchForm(request.GET, filters=filters, everything=everything)
    page = Paginator(rows(search.which, search.words), PER_PAGE).get_page(request.GET.get("page"))
    return {"search": search, "page": page}
