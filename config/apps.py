"""The wiring as a Django app, so that its system checks are registered."""

import gc

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the system checks of the installation and readies the process."""

    name = "config"
    verbose_name = "Samråd"

    def ready(self) -> None:
        """Load the checks, and spare what was loaded with them from being searched for garbage again and again."""
        from config import checks  # noqa: F401

        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
