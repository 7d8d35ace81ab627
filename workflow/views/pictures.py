"""Pictures of texts on the pages where these are read: whoever may read a text may see its pictures, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.urls import reverse

from workflow.actions.files import open_file
from workflow.models import Process, VersionPicture
from workflow.rules.pictures import is_name, media_type_of
from workflow.templatetags.texts import ShownPicture
from workflow.views.access import Visit
from workflow.views.pages import process_page


@dataclass
class Pictures:
    """What a page shows the pictures of its texts with. rows: those its reader may see, asked for once, and only where
    a text has one. address: of a picture, by its name."""

    rows: QuerySet[VersionPicture]
    address: Callable[[str], str]

    def of(self, name: str) -> ShownPicture | None:
        """The picture of that name; None for one that is not there."""
        size = self._sizes.get(name)
        return ShownPicture(self.address(name), *size) if size else None

    @cached_property
    def _sizes(self) -> dict[str, tuple[int, int]]:
        return {name: (width, height) for name, width, height in self.rows.values_list("name", "width", "height")}


def pictures_of_process(process: Process) -> Pictures:
    """All pictures of a process, for its officers."""
    return Pictures(_of_process(process), lambda name: reverse("process_picture", args=[process.public_id, name]))


def send_picture(rows: QuerySet[VersionPicture], name: str) -> FileResponse:
    """A picture as the page shows it. rows: those its reader may see; 404 for any other."""
    # What is no name of a picture is asked of no table: a database takes no sign of every kind.
    row = None if not is_name(name) else rows.filter(name=name, file__erased_at=None).select_related("file").first()
    if row is None:
        raise Http404
    return FileResponse(open_file(row.file), content_type=media_type_of(name), filename=name)


@process_page("auditor", "GET")
def process_picture(request: Visit, process: Process, picture: str) -> FileResponse:
    """A picture of any text of the process."""
    return send_picture(_of_process(process), picture)


def _of_process(process: Process) -> QuerySet[VersionPicture]:
    return VersionPicture.objects.filter(version__document__process=process)
