"""The style page: every component with invented data.

`make styleguide` serves it beside the product's own addresses, in development only; no installation knows it.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.http import require_safe

from workflow.forms.fields import DayField, LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.policies import policy
from workflow.states import Outcome, RequestState, StageState

PAGE = Path(__file__).with_name("styleguide.html")
NOW = datetime(2019, 2, 18, 9, 30, tzinfo=UTC)
DEADLINE = datetime(2019, 2, 28, 11, 0, tzinfo=UTC)  # 12.00 in Copenhagen


class SampleForm(FilesForm):
    """One field of each kind the product uses."""

    subject = LineField(label="Emne", max_length=200, help_text="Står i mailens emnefelt, efter sagsnummeret.")
    email = LineField(label="Mailadresse", max_length=254, required=False)
    deadline_on = DayField(label="Svarfrist", help_text="Skriv dag, måned og år, fx 28/02/2019.")
    outcome = forms.ChoiceField(
        label="Afgørelse",
        choices=[("", "Vælg"), ("approved", "Godkendt"), ("rejected", "Afvist"), ("postponed", "Udsat")],
    )
    kind = forms.ChoiceField(
        label="Hvad vil I svare?",
        help_text="Vælg ét. Svaret kan rettes indtil fristen.",
        widget=forms.RadioSelect,
        choices=[("remarks", "Vi har bemærkninger"), ("no_remarks", "Vi har ingen bemærkninger")],
    )
    parties = forms.MultipleChoiceField(
        label="Hvem får brevet?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("all", "Alle"), ("unanswered", "Dem, der ikke har svaret")],
    )
    text = WordsField(label="Bemærkninger", max_length=1000, rows=4, required=False)
    minutes = ReceivedFileField(label="Protokoludskrift", required=False)
    confirmed = forms.BooleanField(label="Jeg svarer på organets vegne")


def _path() -> list[list[dict[str, Any]]]:
    return [
        [{"title": "Opstart og procesplan", "state": "done", "who": "DAS", "when": "21. december 2017"}],
        [{"title": "Administrativt udkast", "state": "done", "who": "Sekretariatet", "when": "15. juni 2018"}],
        [
            {
                "title": "Tidlig inddragelse",
                "state": "done",
                "who": "PIU, ældreråd, handicapråd",
                "when": "12. december",
            },
            {"title": "Behandling i SKU", "state": "returned", "who": "SKU", "attempt": 2, "when": "14. december 2018"},
        ],
        [
            {
                "title": "Høring",
                "state": "current",
                "who": "60 parter",
                "when": "frist 28. februar 2019",
                "url": "#gates",
            }
        ],
        [{"title": "Hvidbog og tilretning", "state": "waiting", "who": "Sekretariatet"}],
        [{"title": "SKU godkender", "state": "waiting", "who": "SKU", "when": "24. april 2019"}],
        [{"title": "Politisk godkendelse", "state": "waiting", "who": "17 byråd og regionsrådet", "is_overdue": True}],
        [
            {"title": "Fremsendelse til SST", "state": "waiting", "when": "30. juni 2019"},
            {"title": "Ikrafttræden", "state": "waiting", "when": "1. juli 2019"},
        ],
        [{"title": "Endelig godkendelse i SKU", "state": "skipped"}],
    ]


def _board() -> dict[str, Any]:
    columns = [
        {"label": "Part"},
        {"label": "Svar"},
        {"label": "Sendt"},
        {"label": "Næste påmindelse"},
        {"label": "Bemærkninger", "numeric": True},
    ]
    rows = [
        ("Køge Kommune, ældreråd", "submitted", "Svar modtaget", "15. januar 2019", "", 4, ""),
        ("Greve Kommune, handicapråd", "asked", "Åbnet", "15. januar 2019", "21. februar 2019", 0, ""),
        ("Praksisplanudvalget", "bounced", "Mail kom retur", "15. januar 2019", "", 0, "error"),
        ("Lolland Kommune", "submitted", "Ingen bemærkninger", "15. januar 2019", "", 0, ""),
        ("Danske Patienter", "late", "For sent", "15. januar 2019", "", 2, "warning"),
    ]
    return {
        "columns": columns,
        "rows": [
            {
                "tone": tone,
                "cells": [
                    {"text": name, "url": "#board", "note": "hoering@part.example"},
                    {"state": state, "state_label": label},
                    {"text": sent},
                    {"text": reminder},
                    {"text": count},
                ],
            }
            for name, state, label, sent, reminder, count, tone in rows
        ],
    }


def _gates() -> list[dict[str, Any]]:
    return [
        {"title": "Udkastet er låst", "is_open": True, "reason": "Version 3 er låst 11. januar 2019."},
        {
            "title": "Alle 18 parter har godkendt",
            "is_open": False,
            "reason": "Fire byråd har ikke afgjort sagen endnu.",
            "done": 14,
            "total": 18,
            "missing": [
                {"label": "Faxe Byråd", "url": "#gates"},
                {"label": "Guldborgsund Byråd", "url": "#gates"},
                "Slagelse Byråd",
                "Stevns Kommunalbestyrelse",
            ],
            "actions": [{"label": "Send påmindelse", "url": "#gates"}, {"label": "Fortsæt alligevel", "url": "#gates"}],
        },
        {
            "title": "Protokoludskrifter er modtaget",
            "is_open": True,
            "overridden": "Anna Holm gik videre uden to udskrifter: de er lovet til fredag.",
        },
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "at": NOW - timedelta(minutes=20),
            "title": "Svar modtaget fra Køge Kommune, ældreråd",
            "who": "Personligt link",
            "tone": "success",
            "url": "#timeline",
        },
        {
            "at": NOW - timedelta(hours=2),
            "title": "Mail til Praksisplanudvalget kom retur",
            "text": "Adressen findes ikke.",
            "tone": "error",
        },
        {
            "at": NOW - timedelta(days=3),
            "title": "Fristen er forlænget for Greve Kommune",
            "text": "Fra 28. februar til 7. marts 2019: byrådet mødes 5. marts.",
            "who": "Anna Holm",
            "tone": "warning",
        },
        {
            "at": NOW - timedelta(days=34),
            "title": "Høringen er sendt til 60 parter",
            "who": "Anna Holm",
            "tone": "info",
        },
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {
            "title": "Afgør et svar, der kom for sent",
            "url": "#tasks",
            "why": "Danske Patienter svarede to dage efter fristen.",
            "process": "2018-4711 · Sundhedsaftale 2019–2023",
            "due_at": date(2019, 2, 16),
            "is_overdue": True,
        },
        {
            "title": "Ret en mailadresse",
            "url": "#tasks",
            "why": "Mailen til Praksisplanudvalget kom retur.",
            "process": "2018-4711 · Sundhedsaftale 2019–2023",
            "due_at": date(2019, 2, 19),
        },
        {
            "title": "Lås udkastet",
            "url": "#tasks",
            "why": "Styregruppen har godkendt version 2.",
            "process": "2019-0102 · Samarbejdsaftale om IV-behandling",
            "badge": "Ny",
            "tone": "info",
        },
    ]


MARKDOWN = """# Fælles mål
Borgere skal opleve **sammenhæng** på tværs af region, kommuner og almen praksis.

* lighed i sundhed
* færre genindlæggelser

[Læs mere](https://example.dk/)
"""


@policy("anonymous")
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once. `?refused=1` shows the form as it is when it was refused."""
    typed = {"email": "ikke en adresse"} if "refused" in request.GET else None
    form = SampleForm(typed, matter="styleguide")
    if "message" in request.GET:
        messages.success(request, "Høringen er sendt til 60 parter.")
    context = {
        "now": NOW,
        "form": form,
        "sample_deadline": DEADLINE,
        "was_at": DEADLINE - timedelta(days=7),
        "trail": [
            {"label": "Sager", "url": "#"},
            {"label": "Sundhedsaftale 2019–2023", "url": "#"},
            {"label": "Høring"},
        ],
        "actions": [
            {"label": "Skriv til parterne", "url": "#", "variant": "primary"},
            {"label": "Forlæng frist", "url": "#"},
        ],
        "facts": ["60 parter", "44 dage inklusive begge"],
        "tabs": [
            {"label": "Overblik", "url": "#", "current": True, "count": None},
            {"label": "Parter", "url": "#", "count": 60},
            {"label": "Svar", "url": "#", "count": 23},
            {"label": "Dokumenter", "url": "#", "count": 2},
        ],
        "tiles": [
            {"value": 60, "label": "Inviteret", "url": "#"},
            {"value": 23, "label": "Svar i tide", "tone": "success"},
            {"value": 2, "label": "For sent", "tone": "warning", "note": "Skal afgøres"},
            {"value": 1, "label": "Mail kom retur", "tone": "error"},
        ],
        "steps": _path(),
        "gates": _gates(),
        "timeline": _timeline(),
        "tasks": _tasks(),
        "board": _board(),
        "files": [
            {
                "name": "Sundhedsaftale 2019–2023, høringsudkast",
                "url": "#",
                "note": "Skal godkendes · version 3",
                "kind": "PDF",
                "size": 1_248_000,
                "badge": "Låst",
                "tone": "success",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            },
            {"name": "Høringsbrev", "url": "#", "note": "Følger med", "kind": "Word", "size": 48_200},
        ],
        "summary": [
            {"label": "Sagsnummer", "value": "2018-4711"},
            {"label": "Svarfrist", "value": "torsdag den 28. februar 2019 kl. 12.00", "change_url": "#"},
            {"label": "Kontakt", "value": "hoering@region.example", "url": "mailto:hoering@region.example"},
            {"label": "Kvittering", "value": "K-2019-000123", "note": "Modtaget 15. februar 2019 kl. 10.12"},
        ],
        "states": [*StageState, *RequestState, *Outcome],
        "page": Paginator(list(range(400)), 20).page(7),
        "markdown_text": MARKDOWN,
    }
    page = engines["django"].from_string(PAGE.read_text(encoding="utf-8"))
    return HttpResponse(page.render(context, request))
