"""The catalogues of translated text: compiled with Babel, because `msgfmt` is not on every machine.

`python -m config.messages compile` (part of `make setup`) and `python -m config.messages missing`.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("config", "consultations", "workflow", "notifications", "templates")
LANGUAGES = ("da",)  # English is the language of the source


def catalogues() -> list[Path]:
    """Every .po file of the product."""
    folders = [ROOT / "locale", *(ROOT / app / "locale" for app in SOURCE_FOLDERS)]
    return sorted(path for folder in folders for path in folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues() -> int:
    """Write the .mo file beside each .po file that is newer; returns how many were written."""
    written = 0
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
        written += 1
    return written
