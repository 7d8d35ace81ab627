"""Blocks of a paper as plain text: what an agenda system's field keeps of them."""

from __future__ import annotations

from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Facts, Gap, Signature
from workflow.reports.papers.plain import as_plain

TEXT = """## Formål

Første linje
anden *linje* med **fede** ord og en note[^1].

1. det første
2. det andet
   - herunder

| Mål | Antal |
|---|---|
| Færre | 12 |

> Citat

```
  som det
    står
```

[^1]: Noten.
"""


def test_write_as_plain_text_keeps_headings_lists_and_tables() -> None:
    assert as_plain(blocks_of(TEXT)) == (
        "Formål\n\n"
        "Første linje\nanden linje med fede ord og en note.\n\n"
        "1. det første\n2. det andet\n   – herunder\n\n"
        "Mål\tAntal\nFærre\t12\n\n"
        "  Citat\n\n"
        "  som det\n    står"
    )


def test_write_as_plain_text_what_is_not_known_stands_in_brackets() -> None:
    blocks = (
        Gap("Økonomi: skrives af sekretariatet"),
        Facts((("Sag", "A-1"),)),
        Signature("Venlig hilsen", ("Maria",)),
    )

    assert as_plain(blocks) == "[Økonomi: skrives af sekretariatet]\n\nSag: A-1\n\nVenlig hilsen\nMaria"
