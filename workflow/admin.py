"""The workflow floor's tables, to look at only."""

from notifications.admin import register_tables

register_tables("workflow")
