"""The catalogues of translated text: compiled with Babel, because `msgfmt` is not on every machine.

`python -m config.messages compile` (part of `make setup`) and `python -m config.messages check`.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("config", "consultations", "workflow", "notifications", "templates")
METHODS = {".py": "python", ".html": "config.messages:extract_template", ".txt": "config.messages:extract_template"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LANGUAGES = ("da",)  # English is the language of the source


def catalogues() -> list[Path]:
    """Every .po file of the product."""
    folders = [ROOT / "locale", *(ROOT / app / "locale" for app in SOURCE_FOLDERS)]
    return sorted(path for folder in folders for path in folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues() -> int:
    """Write the .mo file beside each .po file that is newer; returns how many were written."""
    count = 0
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        draft = target.with_suffix(".mo.new")
        draft.write_bytes(compiled.getvalue())
        draft.replace(target)
        count += 1
    return count


def extract_template(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's way into a Django template: Django itself turns the template into Python calls of gettext."""
    # In brackets, Python's tokenizer does not mind the indentation of the page.
    source = f"({templatize(file.read().decode())})"
    yield from extract_python(BytesIO(source.encode()), keywords, comment_tags, options)


def source_texts() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Every text of the product that asks for translation: (where, text or (singular, plural), context)."""
    for folder in SOURCE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            method = METHODS.get(path.suffix)
            if method is None or "migrations" in path.parts:
                continue
            with path.open("rb") as file:
                for line, text, _comments, context in extract(method, file, keywords=KEYWORDS):
                    where = f"{path.relative_to(ROOT)}:{line}"
                    yield where, tuple(text) if isinstance(text, list | tuple) else text, context


class _AsWritten(Catalog):
    """A catalogue that keeps every entry of its file; Babel joins two with one text and says nothing."""

    entries: list[Message]

    def __setitem__(self, key: Any, message: Message) -> None:
        self.entries.append(message)


def _translations(language: str) -> Iterator[tuple[Path, Message]]:
    """Each entry of the catalogues of `language`, with the file it stands in."""
    for path in catalogues():
        if path.parent.parent.name == language:
            catalogue = _AsWritten()
            catalogue.entries = []
            with path.open("rb") as file:
                PoFileParser(catalogue, abort_invalid=True).parse(file)
            yield from ((path, message) for message in catalogue.entries if message.id)


def _key(text: str | tuple[str, ...] | list[str], context: str | None) -> tuple[str, str | None]:
    return (text if isinstance(text, str) else text[0]), context


def missing(language: str) -> list[str]:
    """Each text that the catalogues of `language` lack, leave empty or mark as doubtful, with where it stands and the
    catalogue to write it in."""
    translated = set()
    for _path, message in _translations(language):
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if not message.fuzzy and all(strings):
            translated.add(_key(message.id, message.context))
    lacking = []
    for where, text, context in source_texts():
        key = _key(text, context)
        if key[0] and key not in translated:
            folder = where.split("/")[0]
            home = f"{folder}/locale" if (ROOT / folder / "locale").is_dir() else "locale"
            lacking.append(f"{where}: {key[0]!r} is to be written in {home}/{language}/LC_MESSAGES/django.po")
    return lacking


def superfluous(language: str) -> list[str]:
    """Each entry of the catalogues of `language` that nothing asks for, or that stands twice: of two, one is never
    read. What a package asks for stands below `#:` and the package's name."""
    asked = {_key(text, context) for _where, text, context in source_texts()}
    first_places: dict[tuple[str, str | None], str] = {}
    found = []
    for path, message in _translations(language):
        key = _key(message.id, message.context)
        place = str(path.relative_to(ROOT))
        if key in first_places:
            found.append(f"{place}: {key[0]!r} stands in {first_places[key]} already; take one of them out")
        elif key not in asked and all("/" in file for file, _line in message.locations):
            found.append(f"{place}: {key[0]!r} is asked for nowhere; take it out")
        first_places.setdefault(key, place)
    return found


def main(arguments: list[str]) -> int:
    """`compile`, or `check` (exit status 1 when a text lacks its translation or a translation its text)."""
    if arguments == ["compile"]:
        compile_catalogues()
        return 0
    if arguments == ["check"]:
        faults = [line for language in LANGUAGES for line in (*missing(language), *superfluous(language))]
        print("\n".join(faults))
        return 1 if faults else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
