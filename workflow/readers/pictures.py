"""Pictures of a document: which of them are carried, and what each is called in the text. Knows no Django.

A picture goes by the SHA-256 of its bytes, so that the same one is one picture wherever it stands, and the digest of a
text holds its pictures too.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workflow.readers.document import FoundPicture

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflow.readers.archive import Archive

MOST: Final = 300
"""So many different pictures are carried of one file."""
LARGEST: Final = 8 * 1024**2
"""Bytes of one picture."""
MOST_BYTES: Final = 20 * 1024**2
"""Bytes of all of them: a page that shows them is read over a telephone."""
LARGEST_AREA: Final = 30_000_000
"""Dots of one picture: laid out it takes four bytes of memory for each."""
MOST_AREA: Final = 200_000_000
"""Dots of all of them."""

_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))
_COLOURS: Final = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "CMYK"))  # what pages, PDF and Word all show alike


class _NotCarried(Exception):
    """Why a picture stays behind, by the name it is counted under."""


@dataclass(slots=True)
class Pictures:
    """The pictures of one document, as its reader comes upon them. lost: counts those that are not carried."""

    lost: Counter[str]
    found: dict[str, FoundPicture] = field(default_factory=dict)
    _bytes: int = 0
    _area: int = 0
    _known: dict[str, str] = field(default_factory=dict)

    def name_of(self, archive: Archive, part: str) -> str:
        """What a picture is called in the text: by its digest where it is carried. Where it is not, as the file calls
        it, and it is named as lost. part: where it lies in the file."""
        content = archive.beginning(part, LARGEST + 1)
        digest = hashlib.sha256(content).hexdigest()
        try:
            if digest not in self._known:
                self._known[digest] = self._take(content, digest)
        except _NotCarried as why:
            self.lost[str(why)] += 1
            return posixpath.basename(part)
        return self._known[digest]

    def _take(self, content: bytes, digest: str) -> str:
        kind = next((kind for head, kind in _KINDS if content.startswith(head)), "")
        if not kind:
            raise _NotCarried("other_pictures" if content else "damaged_pictures")
        if len(self.found) == MOST or len(content) > min(LARGEST, MOST_BYTES - self._bytes):
            raise _NotCarried("large_pictures")
        width, height = _looked_at(content, MOST_AREA - self._area)
        self._bytes += len(content)
        self._area += width * height
        name = f"{digest}.{kind}"
        self.found[name] = FoundPicture(name, width, height, b64encode(content).decode())
        return name


def _looked_at(content: bytes, area_left: int) -> tuple[int, int]:
    """Width and height of a picture that opens to its end. How many dots it has is asked before any is unpacked."""
    # Only where there are pictures, and within the limits.
    from PIL import Image, ImageFile, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = LARGEST_AREA
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF")) as image:
            width, height = image.size
            if width * height > min(LARGEST_AREA, area_left):
                raise _NotCarried("large_pictures")
            if image.mode not in _COLOURS:
                raise _NotCarried("other_pictures")
            _unpack(image)
    except (MemoryError, Image.DecompressionBombError) as error:
        raise _NotCarried("large_pictures") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise _NotCarried("damaged_pictures") from error
    return width, height


def _unpack(image: Image) -> None:
    # A photograph is read at an eighth of its size, which takes as much less memory.
    image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()
