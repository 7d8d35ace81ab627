"""What templates can say with {% load samraad texts %}."""

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from workflow.models import Section
from workflow.states import Outcome, StageState
from workflow.templatetags.samraad import board_cell

NOW = datetime(2019, 2, 18, 9, 30, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    with override("da"):
        return Template("{% load samraad texts %}" + source).render(Context({"now": NOW, **context}))


def test_show_deadline_gives_a_time_element_with_the_instant():
    html = rendered("{% deadline at %}", at=datetime(2018, 3, 23, 11, 0, tzinfo=UTC))
    assert html == '<time datetime="2018-03-23T11:00:00+00:00">fredag den 23. marts 2018 kl. 12.00</time>'


def test_show_relative_days_uses_the_pages_own_instant():
    assert rendered("{% relative_days at %}", at=datetime(2019, 2, 21, 11, 0, tzinfo=UTC)) == "om 3 dage"


def test_show_nothing_for_a_date_that_is_not_there():
    assert rendered("{{ at|weekday_date }}{% deadline at %}{% relative_days at %}", at=None) == ""


def test_show_state_gives_its_label_and_tone():
    assert "badge-success" in rendered("{% state_badge state %}", state=StageState.COMPLETED)
    assert "badge-error" in rendered("{% state_badge state %}", state=Outcome.REJECTED)


def test_show_state_without_a_tone_is_neutral_and_escaped():
    html = rendered("{% state_badge 'odd' label %}", label="<b>")
    assert html == '<span class="badge badge-neutral">&lt;b&gt;</span>'


def test_show_badge_with_unknown_tone_is_refused():
    with pytest.raises(TemplateSyntaxError, match="knows no tone"):
        rendered("{% badge 'x' 'pink' %}")


def test_show_markdown_with_script_and_image_keeps_only_the_text():
    source = (
        "# Mål\n\n<script>alert(1)</script> **vigtigt** ![x](https://a.example/x.png) "
        "[bo](javascript:alert(1)) [ok](https://a.example/)"
    )
    html = rendered("{{ text|markdown:2 }}", text=source)
    assert "<h2>Mål</h2>" in html
    assert "<strong>vigtigt</strong>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="https://a.example/"' in html


def test_show_markdown_with_a_picture_says_what_it_shows():
    with override("da"):
        assert "[Billede: Kort over regionen]" in rendered(
            "{{ text|markdown }}", text="![Kort over regionen](image1.png)"
        )


def test_show_markdown_with_notes_numbers_them_as_the_text_does_and_links_both_ways():
    html = rendered("{{ text|markdown }}", text="Målet er ti procent.[^7]\n\n[^7]: Målt fra 2024.")

    (to_note,) = re.findall(r'href="#(fn-[^"]+)"', html)
    (back,) = re.findall(r'href="#(fnref-[^"]+)"', html)
    assert f'id="{to_note}"' in html
    assert f'id="{back}"' in html
    assert ">[7]</a>" in html
    assert 'value="7"' in html


def test_show_markdown_with_a_table_lets_it_scroll_by_itself():
    html = rendered("{{ text|markdown }}", text="| Mål | År |\n|---|---|\n| Ti procent | 2027 |")

    assert re.search(
        r'<div class="table-scroll" tabindex="0" role="group" aria-label="[^"]+"><table>.*</table></div>', html, re.S
    )


def test_show_markdown_with_lines_in_a_cell_breaks_there_and_nowhere_else_by_html():
    html = rendered("{{ text|markdown }}", text="| Mål |\n|---|\n| Et<br>To |\n\nTre \\<br> fire <hr>")

    assert re.search(r"<td>Et<br ?/?>\n?To</td>", html)
    assert "Tre &lt;br&gt; fire &lt;hr&gt;" in html


def test_show_document_deep_sections_have_their_headings_contents_and_lasting_addresses():
    parts = [(0, "", ""), (1, "1", "Vision"), (2, "1.1", "Mål"), (2, "1.2", "Midler"), (1, "2", "Økonomi")]
    sections = [Section(level=level, number=number, heading=heading, text="Ord.") for level, number, heading in parts]

    html = rendered("{% document_text sections top=3 %}", sections=sections)

    assert re.findall(r"<(h\d)>([^<]+)<", html) == [
        ("h3", "1 Vision"),
        ("h4", "1.1 Mål"),
        ("h4", "1.2 Midler"),
        ("h3", "2 Økonomi"),
    ]
    anchors = re.findall(r'<section class="document-section" id="([^"]+)"', html)
    assert anchors == [f"afsnit-{section.lineage_id.hex[-12:]}" for section in sections]
    assert re.findall(r'<a href="#(afsnit[^"]+)">', html) == anchors[1:]


def test_show_document_short_has_no_contents():
    sections = [Section(number="1", heading="Vision", text="Ord.")]

    assert "<nav" not in rendered("{% document_text sections %}", sections=sections)


def test_show_markdown_of_nothing_is_nothing():
    assert rendered("{{ text|markdown }}", text="") == ""


def test_show_board_puts_each_cell_under_its_column():
    board = {
        "columns": [{"label": "Part"}, {"label": "Svar"}, {"label": "Antal", "numeric": True}],
        "rows": [{"cells": [{"text": "Køge"}, {}, {"text": 0}]}],
    }
    html = rendered('{% include "components/board.html" with caption="Parter" columns=columns rows=rows %}', **board)
    assert 'data-title="Antal"' in html
    assert " board-blank" in html.split('data-title="Svar"')[0]
    assert html.count("board-blank") == 1


def test_show_path_with_branches_marks_them_as_parallel():
    stages = [
        [{"title": "A", "state": "done"}, {"title": "B", "state": "current"}],
        [{"title": "C", "state": "waiting"}],
    ]
    html = rendered('{% include "components/path.html" with steps=steps %}', steps=stages)
    assert html.count("path-row-parallel") == 1
    assert html.count('aria-current="step"') == 1
    assert "Samtidig" in html


def test_board_cell_shows_every_part_it_has_and_escapes_them() -> None:
    full = {
        "text": "<KL>",
        "url": "/a?b&c",
        "note": "<i>",
        "state": "bounced",
        "state_label": "<retur>",
        "badge": "Mangler",
        "tone": "error",
        "actions": [{"label": "Ret", "url": "/ret"}],
    }

    assert board_cell(full) == (
        '<div class="board-cell"><a href="/a?b&amp;c">&lt;KL&gt;</a>\n'
        '<span class="badge badge-error">&lt;retur&gt;</span>\n<span class="badge badge-error">Mangler</span>\n'
        '<span class="board-note">&lt;i&gt;</span>\n<span class="board-actions"><a href="/ret">Ret</a></span></div>'
    )
    assert board_cell({"text": "KL", "lang": "da"}) == '<div class="board-cell"><span lang="da">KL</span></div>'
    assert board_cell({"text": "KL", "url": "/kl", "lang": "da"}) == (
        '<div class="board-cell"><a href="/kl" lang="da">KL</a></div>'
    )
    assert board_cell({"text": 0}) == '<div class="board-cell"><span>0</span></div>'
    assert board_cell({"text": "", "tone": "error"}) == '<div class="board-cell"></div>'
