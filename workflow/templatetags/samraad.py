"""How pages and mails show things: dates in words, states, icons, Markdown. Templates come in by {% load samraad %}."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Paginator
from django.forms import BaseForm, BaseFormSet
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from workflow import dates
from workflow.models import Bundle
from workflow.rules import documents
from workflow.rules.notation import OtherWeekday, read_day

register = template.Library()

# ── Days and times ────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def weekday_date(moment: date | datetime | None, zone: str = dates.COPENHAGEN) -> str:
    """{{ day|weekday_date }} → "fredag den 23. marts 2018"; empty for nothing."""
    return dates.weekday_date(moment, zone) if moment else ""


@register.filter
def short_date(moment: date | datetime | None, zone: str = dates.COPENHAGEN) -> str:
    """{{ day|short_date }} → "23. marts 2018"; empty for nothing."""
    return dates.short_date(moment, zone) if moment else ""


@register.filter
def set_name(bundle: Bundle | None) -> str:
    """{{ bundle|set_name }} → "Version 2"; empty for none."""
    return documents.set_name(bundle) if bundle else ""


@register.filter
def clock_time(moment: datetime | None, zone: str = dates.COPENHAGEN) -> str:
    """{{ instant|clock_time:process.time_zone }} → "12.00"; empty for nothing."""
    return dates.clock_time(moment, zone) if moment else ""


@register.filter
def deadline_words(moment: datetime | None, zone: str = dates.COPENHAGEN) -> str:
    """{{ instant|deadline_words }} → "fredag den 23. marts 2018 kl. 12.00", plain text for mails and attributes."""
    return dates.deadline_words(moment, zone) if moment else ""


@register.simple_tag
def deadline(moment: datetime | None, zone: str = dates.COPENHAGEN, language: str | None = None) -> str:
    """{% deadline instant zone=process.time_zone language="en" %}: the same words inside a <time> element."""
    if moment is None:
        return ""
    words = dates.deadline_words(moment, zone, language)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.simple_tag(takes_context=True)
def relative_days(
    context: template.Context,
    moment: date | datetime | None,
    now: date | datetime | None = None,
    zone: str = dates.COPENHAGEN,
) -> str:
    """{% relative_days instant %} → "om 3 dage". `now` is the page's own instant unless it is given, as mails must."""
    if moment is None:
        return ""
    return dates.relative_days(moment, now or context["now"], zone)


# ── States ────────────────────────────────────────────────────────────────────────────────────────────────────

TONES = ("neutral", "info", "success", "warning", "error")
STATE_TONES = {
    "neutral": (
        "waiting",
        "listed",
        "skipped",
        "withdrawn",
        "noted",
        "ruled",
        "closed",
        "cancelled",
        "late_filed",
        "replaced",
        "step",
    ),
    "info": ("open", "running", "asked", "sent", "draft", "claimed", "queued"),
    "success": (
        "completed",
        "approved",
        "approved_with_remarks",
        "submitted",
        "late_accepted",
        "acknowledged",
        "locked",
        "decided",
    ),
    "warning": (
        "returned",
        "suspended",
        "postponed",
        "referred_back",
        "approved_with_reservation",
        "fallen",
        "late",
    ),
    "error": ("rejected", "accession_declined", "bounced", "failed", "abandoned"),
}
TONE_OF_STATE = {state: tone for tone, states in STATE_TONES.items() for state in states}


@register.simple_tag
def badge(text: str, tone: str = "neutral") -> str:
    """{% badge "3 mangler" "warning" %}: a small label; tone is neutral, info, success, warning or error."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"badge knows no tone {tone!r}; it knows {', '.join(TONES)}")
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


@register.simple_tag
def state_badge(state: Any, label: str = "") -> str:
    """{% state_badge request.state request.get_state_display %}: a state in words, with the tone that goes with it.

    What has no tone in STATE_TONES is neutral. A member of an enum brings its own label.
    """
    value = str(getattr(state, "value", state))
    return badge(label or str(getattr(state, "label", value)), TONE_OF_STATE.get(value, "neutral"))


# ── Icons and text ────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> str:
    """{% icon "check" %}: an icon of the design system, hidden from screen readers unless it has a label."""
    source = static("vendor/dkfds/img/all-svg-icons.svg") + "#" + name
    if label:
        return format_html(
            '<svg class="icon-svg {}" role="img" aria-label="{}" focusable="false"><use href="{}"></use></svg>',
            css,
            label,
            source,
        )
    return format_html(
        '<svg class="icon-svg {}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', css, source
    )


# ── Page furniture ────────────────────────────────────────────────────────────────────────────────────────────

MAIN_NAVIGATION = (
    ("home", _("My work")),
    ("processes", _("Processes")),
    ("mail_log", _("Sent mails")),
    ("bodies", _("Contacts")),
)
OF_ADMINISTRATORS = (("office", _("The office")),)


@register.simple_tag(takes_context=True)
def main_navigation(context: template.Context) -> list[dict[str, Any]]:
    """The secretariat's pages as [{url, label, current, active}]: `current` is this very page, `active` its section.

    Who has no part in an office is shown the first only.
    """
    request = context["request"]
    path = request.path
    is_reader = bool(getattr(request, "places", None) and request.places.reads_of)
    entries = []
    is_administrator = bool(getattr(request, "places", None) and request.places.admin_of)
    pages = (*MAIN_NAVIGATION, *OF_ADMINISTRATORS * is_administrator) if is_reader else MAIN_NAVIGATION[:1]
    for name, label in pages:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = path == url
        entries.append(
            {
                "url": url,
                "label": label,
                "current": current,
                "active": current or (url != "/" and path.startswith(url)),
            }
        )
    return entries


@register.filter
def joined(items: Iterable[Any], separator: str = ", ") -> str:
    """{{ names|joined:" · " }}: the words that are there, the empty ones left out."""
    return separator.join(str(item) for item in items if item not in (None, ""))


@register.filter
def page_numbers(paginator: Paginator[Any], number: int) -> Iterable[int | str]:
    """The page numbers to show around `number`, with an ellipsis where some are left out."""
    return paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)


@register.filter
def beside(columns: Iterable[Any], cells: Iterable[Any]) -> list[tuple[Any, Any]]:
    """{% for column, cell in columns|beside:row.cells %}: each column with the cell that stands in it."""
    return [({"numeric": False, **column}, cell) for column, cell in zip(columns, cells, strict=True)]


@register.filter
def says_something(cell: dict[str, Any]) -> bool:
    """Whether a cell of the board shows anything; a phone leaves out the others."""
    return any(cell.get(part) not in (None, "", []) for part in ("text", "state", "badge", "note", "actions"))


@register.simple_tag
def board_cell(cell: dict[str, Any]) -> str:
    """{% board_cell cell %}: what stands in a cell of board.html, described there.

    Not a template: a board of a hundred rows has six hundred cells, and rendering them would be half of its page.
    """
    text, actions = cell.get("text"), cell.get("actions")
    language = format_html(' lang="{}"', cell["lang"]) if cell.get("lang") else ""
    parts: list[str] = []
    if cell.get("url"):
        parts.append(format_html('<a href="{}"{}>{}</a>', cell["url"], language, text))
    elif text or text == 0:
        parts.append(format_html("<span{}>{}</span>", language, text))
    if cell.get("state"):
        parts.append(state_badge(cell["state"], cell.get("state_label", "")))
    if cell.get("badge"):
        parts.append(badge(cell["badge"], cell.get("tone") or "neutral"))
    if cell.get("note"):
        language = format_html(' lang="{}"', cell["note_lang"]) if cell.get("note_lang") else ""
        parts.append(format_html('<span class="board-note"{}>{}</span>', language, cell["note"]))
    if actions:
        links = format_html_join("", '<a href="{}">{}</a>', ((action["url"], action["label"]) for action in actions))
        parts.append(format_html('<span class="board-actions">{}</span>', links))
    # Each part is escaped where it was made; escaping it again is a tenth of the page of a hundred rows.
    return mark_safe('<div class="board-cell">' + "\n".join(parts) + "</div>")  # noqa: S308 – see above


# ── Form fields ───────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def control_kind(field: forms.BoundField) -> str:
    """How the design system lays the field out: "group" (several controls), "checkbox" (one), else "single"."""
    if field.use_fieldset:
        return "group"
    return "checkbox" if getattr(field.field.widget, "input_type", "") == "checkbox" else "single"


@register.filter
def is_optional(field: forms.BoundField) -> bool:
    """Whether the field may always be left empty: not one of several of which one is needed (the form's `one_of`)."""
    return not field.field.required and field.name not in getattr(field.form, "one_of", ())


@register.filter
def focus_id(field: forms.BoundField) -> str:
    """The id of the control to jump to from the error summary: the first one of a group."""
    if field.use_fieldset and field.subwidgets:
        return str(field.subwidgets[0].id_for_label)
    return str(field.id_for_label or field.auto_id)


@register.filter
def iso_day(typed: str | None) -> str:
    """The day as "2019-02-28" from any form in which a date may be typed; empty when it is none."""
    try:
        day = read_day(typed or "")
    except OtherWeekday:
        return ""
    return day.isoformat() if day else ""


# ── What a page turned down ───────────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def fault_in_title(context: template.Context) -> str:
    """{% fault_in_title %} → "Fejl: " where the page gives a form back that was refused, or names a refusal; else
    nothing. A screen reader says the title first."""
    values = context.flatten()
    if values.get("refusal") or any(_is_refused(value) for value in values.values()):
        return format_html("{} ", _("Error:"))
    return ""


def _is_refused(value: object) -> bool:
    # By its type: asking a lazy value for its class would fetch it.
    if issubclass(type(value), BaseForm):
        return bool(value.is_bound and value.errors)  # type: ignore[attr-defined]
    if issubclass(type(value), BaseFormSet):
        return bool(value.is_bound and any(value.errors))  # type: ignore[attr-defined]
    return False
