"""Sends one mail through the real delivery, to see that server, sender and reply address are right."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from uuid6 import uuid7

from notifications import delivery, installation, outbox, rules
from notifications.states import MailState, Priority


class Command(BaseCommand):
    help = "Send a test mail to one address, through the same outbox and server as every other mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--reply-to", default="", help="the staffed mailbox answers go to")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if installation.is_held(now):
            raise CommandError(_("All mail is held: see `manage.py release_hold`."))
        subject_id = uuid7()
        letter = outbox.Letter(
            kind="test_mail",
            key=f"test_mail:{subject_id}",
            to=options["address"],
            to_name="",
            language=options["language"],
            subject_id=subject_id,
            reply_to=options["reply_to"],
            priority=Priority.WAITED_FOR,
        )
        try:
            with outbox.without_hints():
                outbox.enqueue([letter], now)
        except rules.ImpossibleLetter as error:
            raise CommandError(str(error)) from error
        delivery.deliver(now, timezone.now)
        [mail] = outbox.mails_under([letter])
        if mail.state != MailState.SENT:
            raise CommandError(
                _("The test mail is not sent (%(state)s): %(error)s")
                % {"state": mail.get_state_display(), "error": mail.last_error}
            )
        self.stdout.write(_("The server took the test mail for %(address)s.") % {"address": options["address"]})
