"""The product's addresses and, besides, the style page; for `make styleguide`."""

from django.urls import path

from config.urls import handler400, handler403, handler404, handler429, handler500
from config.urls import urlpatterns as addresses
from tests.styleguide import styleguide

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

urlpatterns = [*addresses, path("styleguide", styleguide, name="styleguide")]
