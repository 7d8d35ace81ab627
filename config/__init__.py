"""Wiring: settings, addresses, queue, schedule, servers and system checks. It may import all; nobody imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
