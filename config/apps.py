"""The wiring as a Django app, so that its system checks are registered."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the system checks of the installation."""

    name = "config"
    verbose_name = "Samråd"

    def ready(self) -> None:
        """Load the checks."""
        from config import checks  # noqa: F401
