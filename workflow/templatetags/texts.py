"""How texts are shown: Markdown as clean HTML, a document with its contents. Templates come in by {% load texts %}."""

import hashlib
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Protocol
from uuid import UUID

import nh3
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from workflow.models import Section
from workflow.rules.dialect import MARKDOWN
from workflow.rules.pictures import in_words

register = template.Library()

CONTENTS_FROM: Final = 4
"""A document of so many headings or more is shown with its contents."""

_TAGS: Final = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "hr", "table"} | {
    *("thead", "tbody", "tr", "th", "td"),
    *("h2", "h3", "h4", "h5", "h6"),
    *("sup", "section", "span", "s", "img"),
}
_ATTRIBUTES: Final = {
    "a": {"href", "id", "class"},
    "ol": {"start", "class"},
    "li": {"id", "class", "value"},
    "sup": {"class"},
    "section": {"class"},
    "span": {"class"},
    "img": {"src", "alt", "width", "height", "loading", "class"},
}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that a page shows. width, height: in dots."""

    address: str
    width: int
    height: int


class PicturesOfPage(Protocol):
    """The pictures that whoever reads a page may see."""

    def of(self, name: str) -> ShownPicture | None:
        """The picture that a text calls so; None for one that is not among them."""


def _footnote_number(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """The number by which the text knows the note, also where the section is shown by itself."""
    return f"[{_number_of(tokens[index])}]"


def _footnote_opened(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    number = _number_of(tokens[index])
    anchor = f"{env['docId']}-{tokens[index].meta['id'] + 1}"
    value = f' value="{number}"' if number.isascii() and number.isdigit() else ""
    return f'<li id="fn-{anchor}" class="footnote-item"{value}>'


def _number_of(token: Token) -> str:
    return str(token.meta.get("label") or token.meta["id"] + 1)


def _picture(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """A picture that the page may show is shown; any other stands there by its words, whatever it names."""
    words = renderer.renderInlineAsText(tokens[index].children, options, env)
    pictures: PicturesOfPage | None = env.get("pictures")
    picture = pictures.of(str(tokens[index].attrs.get("src", ""))) if pictures else None
    if picture is None:
        return format_html('<span class="picture-left-out">{}</span>', in_words(words))
    return format_html(
        '<img class="picture" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        picture.address,
        words or _("Picture that nobody has described"),
        picture.width,
        picture.height,
    )


MARKDOWN.add_render_rule("footnote_caption", _footnote_number)
MARKDOWN.add_render_rule("footnote_open", _footnote_opened)
MARKDOWN.add_render_rule("image", _picture)


@register.filter
def markdown(text: str | None, top: int = 3) -> SafeString:
    """{{ section.text|markdown:4 }}: Markdown as clean HTML, with tables and footnotes; "# " becomes level `top`."""
    return _as_html(text, top, None)


@register.simple_tag(takes_context=True)
def text_with_pictures(context: template.Context, text: str | None, top: int = 3) -> SafeString:
    """{% text_with_pictures section.text 4 %}: as `markdown`, with the pictures that the view has given the page
    (`pictures`)."""
    return _as_html(text, top, context.get("pictures"))


def _as_html(text: str | None, top: int, pictures: PicturesOfPage | None) -> SafeString:
    if not text:
        return mark_safe("")
    # By the text, so that the notes of two sections on one page have addresses of their own.
    env = {"docId": hashlib.sha256(text.encode()).hexdigest()[:8], "pictures": pictures}
    tokens = MARKDOWN.parse(text, env)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + int(top) - 1)}"
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, env)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # Where two columns share one head, the second has none: a head without words would be read aloud as one.
    clean = clean.replace("<th></th>", "<td></td>")
    # A table wider than the page scrolls by itself, with the keyboard too. No landmark: a text has many, and one name.
    label = _("Table")
    scroll = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}">'
    clean = clean.replace("<table>", f"{scroll}<table>")
    clean = clean.replace("</table>", "</table></div>")
    return mark_safe(f'<div class="prose">{clean}</div>')  # noqa: S308 – nh3 has just cleaned it


@register.filter
def section_anchor(lineage_id: UUID) -> str:
    """{{ section.lineage_id|section_anchor }}: the section's address on a page, the same in every later version."""
    return f"afsnit-{lineage_id.hex[-12:]}"


@register.inclusion_tag("workflow/parts/document_text.html", takes_context=True)
def document_text(
    context: template.Context,
    sections: Iterable[Section],
    top: int = 2,
    language: str = "",
    contents: bool = True,
    remark_url: str = "",
) -> dict[str, Any]:
    """{% document_text version.sections.all top=3 language=process.language %}: a document to be read: its contents,
    and its sections, each under an address that lasts; its pictures are those that the view has given the page. top:
    the level of its uppermost headings on the page. contents: whether a long one has its contents before it.
    remark_url: the page on which remarks to its sections are written, each at the section's address; "" for none."""
    rows = list(sections)
    has_contents = contents and sum(bool(section.heading) for section in rows) >= CONTENTS_FROM
    shown = [
        {
            "section": section,
            "tag": f"h{min(6, top + max(section.level, 1) - 1)}",
            "below": min(6, top + max(section.level, 1)),
            "indent": min(section.level, 4),
            "ends_part": has_contents and (following is None or following.level <= 1),
        }
        for section, following in zip_longest(rows, rows[1:])
    ]
    return {
        "sections": shown,
        "has_contents": has_contents,
        "language": language,
        "remark_url": remark_url,
        "pictures": context.get("pictures"),
    }
