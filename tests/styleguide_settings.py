"""Settings of `make styleguide`: the product's own, with the style page among its addresses."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.urls"
