"""Wiring of the workflow floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """Registers the checks of the gates this floor answers for."""

    name = "workflow"
    verbose_name = _("Workflow")

    def ready(self) -> None:
        """Fill the registries."""
        from workflow.gates import general

        general.register_gates()
