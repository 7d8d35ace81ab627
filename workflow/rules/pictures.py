"""Pictures in a text: each is called by the digest of its bytes, and stands where Markdown has it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from django.utils.translation import gettext

NAME: Final = r"[0-9a-f]{64}\.(?:png|jpg|gif)"
"""What a text calls a picture: the SHA-256 of its bytes, and its kind."""

MARKUP: Final = rf"!\[(?:\\.|[^\[\]\\\n])*\]\({NAME}\)"
"""A picture as it stands in a text."""

_PICTURE: Final = re.compile(rf"!\[((?:\\.|[^\[\]\\\n])*)\]\(({NAME})\)")
_ESCAPED: Final = re.compile(r"\\(.)")
_TO_ESCAPE: Final = re.compile(r"[\\\[\]*_`~<&|]")

MEDIA_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}


def media_type_of(name: str) -> str:
    """The media type of a picture, by its name."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def names_in(texts: Iterable[str]) -> list[str]:
    """The pictures that stand in texts, each once, in their order."""
    return list(dict.fromkeys(name for text in texts for _words, name in _PICTURE.findall(text)))


def undescribed_in(text: str) -> list[str]:
    """The pictures of a text for which no words stand, each once, in their order."""
    return list(dict.fromkeys(name for words, name in _PICTURE.findall(text) if not words.strip()))


def described(text: str, words_for: Callable[[str], str]) -> str:
    """The text with words for its pictures that have none. words_for: those that were written for a picture, "" for
    none."""

    def with_words(match: re.Match[str]) -> str:
        words, name = match.groups()
        given = "" if words.strip() else " ".join(words_for(name).split())
        return f"![{_TO_ESCAPE.sub(_escape, given)}]({name})" if given else match[0]

    return _PICTURE.sub(with_words, text)


def is_name(text: str) -> bool:
    """Whether this is how a picture is called."""
    return re.fullmatch(NAME, text) is not None


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def in_words(words: str) -> str:
    """What stands for a picture where none can be shown, in the language spoken now. words: those of its author."""
    said = gettext("Picture: %(words)s") % {"words": words} if words else gettext("Picture")
    return f"[{said}]"


def found_in(text: str) -> dict[str, str]:
    """The pictures of a text by their names, each with the words of its author."""
    return {name: _plain(words) for words, name in _PICTURE.findall(text)}


def replaced(text: str, words_for: Callable[[str, str], str]) -> str:
    """The text with other words in the place of each picture. words_for: given its name and the words of its author."""
    return _PICTURE.sub(lambda match: words_for(match[2], _plain(match[1])), text)


def _plain(words: str) -> str:
    return _ESCAPED.sub(r"\1", words).strip()


def without_pictures(text: str) -> str:
    """A text in which the words of each picture stand in its place."""
    return replaced(text, lambda _name, words: in_words(words))
