"""Wiring of the mail floor: its kinds, the mail services' signal, and a new database's first identity."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def bind_new_database(sender: Any, **kwargs: Any) -> None:
    """After the first migration the database belongs to this installation."""
    from notifications import installation

    if kwargs.get("using") == "default":
        installation.bind_if_fresh()


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Mail")

    def ready(self) -> None:
        """Register the test mail, listen to mail services and to the end of migrations."""
        from notifications import kinds, tracking

        kinds.register(kinds.TEST_MAIL)
        tracking.connect()
        post_migrate.connect(bind_new_database, sender=self)
