#!/usr/bin/env python
"""The command line of Samråd: `python manage.py <command>`."""

import os
import sys


def main() -> None:
    """Run one management command with the settings of this installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.outages import told_in_a_sentence

    with told_in_a_sentence():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
