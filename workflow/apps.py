"""Wiring of the workflow floor."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def guard_history(sender: Any, **kwargs: Any) -> None:
    """After migrations the triggers that keep history are put in place again."""
    from workflow.models import guards

    guards.install(connections[kwargs["using"]])


class WorkflowConfig(AppConfig):
    """Guards the history, and registers the gates this floor answers for."""

    name = "workflow"
    verbose_name = _("Workflow")

    def ready(self) -> None:
        """Fill the registries and listen to the end of migrations."""
        from workflow.gates import general

        general.register_gates()
        post_migrate.connect(guard_history, sender=self)
