"""The tables as the administrator may look at them: rows by id, state and time. Nothing is changed here.

Floors above come in for `LookOnly`.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse

PLAIN = (
    models.AutoField,
    models.UUIDField,
    models.BooleanField,
    models.DateField,
    models.TimeField,
    models.IntegerField,
)
"""Columns that cannot hold a name, an address or a secret. A text column is shown when its values are from a list."""


class LookOnly(admin.ModelAdmin[Any]):
    """A list of rows: public ids, states, numbers and times; references as plain numbers. No page of a single row, for
    its heading would name the person."""

    actions = None
    list_display_links = None
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The columns that are safe to show."""
        return tuple(shown_columns(self.model))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may add a row here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may change a row here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may delete a row here."""
        return False

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """No page of a single row."""
        raise PermissionDenied

    history_view = delete_view = change_view


def shown_columns(model: type[models.Model]) -> list[str]:
    """The names of a model's columns that hold no personal text and no secret."""
    names = []
    for field in model._meta.concrete_fields:
        is_listed = isinstance(field, models.CharField) and bool(field.choices)
        if isinstance(field, (models.ForeignKey, *PLAIN)) or is_listed:
            names.append(field.attname)
    return names


def register_tables(app_label: str) -> None:
    """Show every table of a floor."""
    for model in apps.get_app_config(app_label).get_models():
        admin.site.register(model, LookOnly)


register_tables("notifications")
