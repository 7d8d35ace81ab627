"""Files that are ZIPs inside (Word, spreadsheets) and ZIPs of papers: the same content gives the same bytes."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, Final

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold: the bytes must not depend on the clock
_FIRST: Final = "[Content_Types].xml"  # programs look for it at the beginning


def packed_anew(content: bytes) -> bytes:
    """The same members, sorted, with one date for all of them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    return packed(sorted(members, key=lambda member: (member[0] != _FIRST, member[0])))


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP of these files, in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            add_member(archive, name, content)
    return target.getvalue()


def add_member(archive: zipfile.ZipFile, name: str, content: bytes | BinaryIO) -> None:
    """Put a file into a ZIP under a name; neither the clock nor the machine shows in it."""
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # as on Unix, whatever this runs on
    info.external_attr = 0o644 << 16
    if isinstance(content, bytes):
        archive.writestr(info, content)
    else:
        with archive.open(info, "w") as member:
            shutil.copyfileobj(content, member)
