"""Checks and fills one Word template, as a program of its own: `python -m workflow.readers.filling FOLDER`.

The folder holds template.docx and facts.json: {"values": {name: text, list of texts, or {"blocks": …}}, "title",
"author", "language", "made_at"}. Answers with one line of JSON: {"refused": why}, {"faults": [{"why", "name", "part",
"place", "words"}]}, or {"filled": true}, and then filled.docx lies there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from workflow.readers.document import Unreadable
from workflow.readers.limits import set_limits

OUTPUT: Final = 64 * 1024**2  # bytes: pictures of a letterhead with it


def main(folder: str) -> None:
    """Limits first, then the file: whatever it does, it does within them."""
    set_limits(OUTPUT)
    sys.stdout.write(json.dumps(_answer(Path(folder))) + "\n")


def _answer(folder: Path) -> dict[str, Any]:
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    try:
        # Each within the limits, as all that the file sets to work.
        from workflow.readers.templates.checking import faults_in, opened
        from workflow.readers.templates.writing import fill

        template = opened(folder / "template.docx")
        if faults := faults_in(template, facts["values"]):
            return {"faults": faults}
        fill(template, facts, folder / "filled.docx")
    except Unreadable as why:
        return {"refused": why.code}
    except (MemoryError, RecursionError, OverflowError):
        return {"refused": "too_much"}
    # A template may fail in any way while it is filled: what it reckons with is its own.
    except Exception as error:
        return {"faults": [{"why": "fails", "name": "", "part": "text", "place": 0, "words": str(error)[:200]}]}
    return {"filled": True}


if __name__ == "__main__":
    main(sys.argv[1])
