"""The admin shows rows and nothing can be done there, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from notifications.admin import shown_columns
from tests.workflow.factories import a_body, an_office
from workflow.models import Body, Membership, User
from workflow.states import Role

FLOORS = ("consultations", "workflow", "notifications")
TABLES = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def administrator(settings: Any) -> Client:
    settings.DEMO = True
    user = User.objects.create_superuser("admin@example.dk", "secret-password", name="Adam Admin")
    Membership.objects.create(user=user, office=an_office(), role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _url(model: type[models.Model], page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def test_compare_tables_with_admin_shows_ours_and_no_librarys() -> None:
    import config.urls  # noqa: F401 - takes out what libraries registered

    assert set(admin.site._registry) == set(TABLES)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_read_list_of_a_table(model: type[models.Model], administrator: Client) -> None:
    assert administrator.get(_url(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_list_columns_hold_no_text_of_people_and_no_secret(model: type[models.Model]) -> None:
    shown = [field for field in model._meta.concrete_fields if field.attname in shown_columns(model)]

    assert not [field for field in shown if isinstance(field, models.TextField | models.JSONField | models.EmailField)]
    assert not [field for field in shown if isinstance(field, models.CharField) and not field.choices]


def test_change_anything_in_the_admin_is_forbidden(administrator: Client) -> None:
    body = a_body()

    for url in (
        _url(Body, "add"),
        _url(Body, "change", body.pk),
        _url(Body, "delete", body.pk),
        _url(Body, "history", body.pk),
    ):
        assert administrator.get(url).status_code == 403, url
        assert administrator.post(url, {"name": "Changed"}).status_code == 403, url
    chosen = {"action": "delete_selected", "_selected_action": [str(body.pk)], "post": "yes"}
    administrator.post(_url(Body, "changelist"), chosen)
    body.refresh_from_db()
    assert body.name == "Solrød Byråd"


def test_read_list_of_accounts_names_nobody(administrator: Client) -> None:
    User.objects.create_user("olga@example.dk", "secret-password", name="Olga Officer")

    page = administrator.get(_url(User, "changelist")).content.decode()

    assert "olga@example.dk" not in page
    assert "Olga Officer" not in page


def test_come_to_the_admin_as_officer_is_refused(settings: Any) -> None:
    settings.DEMO = True
    user = User.objects.create_user("officer@example.dk", "secret-password", name="Olga", is_staff=True)
    Membership.objects.create(user=user, office=an_office(), role=Role.SECRETARIAT)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(_url(Body, "changelist")).status_code == 403
