"""Makes one PDF of many, as a program of its own, for some of them are foreign. What it works on lies in a folder:

`python -m workflow.readers.joining lay FOLDER NAME …` opens each foreign NAME.pdf and writes NAME.laid.pdf, which can
be laid in; a line of JSON for each says how many pages it has, or why it cannot be laid in.
`python -m workflow.readers.joining join FOLDER` reads plan.json and writes whole.pdf.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from workflow.readers.document import Unreadable
from workflow.readers.limits import set_limits

PROCESSOR: Final = 120  # seconds: some thousand papers
OUTPUT: Final = 2 * 1024**3  # bytes


def main(step: str, folder: str, *names: str) -> None:
    """Limits first, then the files: whatever they do, they do within them."""
    if step == "lay":
        set_limits(OUTPUT)
        for name in names:
            sys.stdout.write(json.dumps({"name": name, **_lay(Path(folder), name)}) + "\n")
            sys.stdout.flush()
    else:
        set_limits(OUTPUT, PROCESSOR)
        # Within the limits, as all that the files set to work.
        from workflow.readers.pdf.joined import join

        join(Path(folder))


def _lay(folder: Path, name: str) -> dict[str, object]:
    import pikepdf

    from workflow.readers.pdf.laid import laid

    try:
        with pikepdf.open(folder / f"{name}.pdf", access_mode=pikepdf.AccessMode.stream) as pdf:
            laid(pdf)
            pages = len(pdf.pages)
            if not pages:
                return {"why": "damaged"}
            pdf.save(folder / f"{name}.laid.pdf", encryption=False, deterministic_id=True)
    except pikepdf.PasswordError:
        return {"why": "locked"}
    except Unreadable as why:
        return {"why": why.code}
    # Damaged files fail in many ways, in a library that is not written in Python.
    except Exception:
        return {"why": "damaged"}
    return {"pages": pages}


if __name__ == "__main__":
    main(*sys.argv[1:])
