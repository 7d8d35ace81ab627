"""The pictures that stand in a version's text: kept with it, the bytes of each once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from workflow.actions.files import store_file
from workflow.models import DocumentVersion, Section, VersionPicture
from workflow.readers import FoundPicture
from workflow.rules.pictures import media_type_of, names_in


def keep_pictures(
    version: DocumentVersion, sections: Iterable[Section], given: Iterable[FoundPicture], *, now: datetime
) -> None:
    """Give a new version the pictures that its text names, in the transaction of the deed that writes it.

    given: those that came with the text; all others are looked for in the earlier versions of the process. One that is
    in neither, or whose bytes are not what its name says, has its words alone.
    """
    names = names_in(section.text for section in sections)
    if not names:
        return
    process = version.document.process
    rows = VersionPicture.objects.filter(version__document__process=process, name__in=names)
    known = {row.name: row for row in rows.select_related("file").order_by("id")}
    came = {picture.name: picture for picture in given if picture.name not in known}
    for name in names:
        row = known.get(name)
        if row is not None and row.file.erased_at is None:
            _give(version, name, row)
        elif (picture := came.get(name)) is not None and name.startswith(sha256(picture.content).hexdigest()):
            file = store_file(process.office, name, picture.content, now=now, media_type=media_type_of(name))
            _give(version, name, VersionPicture(file=file, width=picture.width, height=picture.height))


def _give(version: DocumentVersion, name: str, like: VersionPicture) -> None:
    VersionPicture.objects.create(version=version, name=name, file=like.file, width=like.width, height=like.height)
