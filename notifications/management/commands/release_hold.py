"""Lets this installation send mail for this database, after a person has decided what happens to the waiting mails."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import installation


class Command(BaseCommand):
    help = "Let this installation send the mail of this database (after a restore, a move or a copy)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="why; kept with the installation")
        choices = parser.add_mutually_exclusive_group(required=True)
        choices.add_argument(
            "--send-waiting", action="store_true", help="the waiting mails are to be sent from here (a move)"
        )
        choices.add_argument(
            "--withdraw-waiting",
            action="store_true",
            help="they were sent, or will be, by the installation this database comes from (a restore, a copy)",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        hold = installation.hold()
        if hold is None:
            self.stdout.write(_("Mail is not held; nothing to release."))
            return
        self.stdout.write(
            _("Mail is held (%(reason)s). %(number)s mails wait.") % {"reason": hold.reason, "number": hold.waiting}
        )
        if not options["yes"]:
            question = (
                _("Withdraw them, and send new mail from here? Type yes: ")
                if options["withdraw_waiting"]
                else _("Send them, and new mail, from here? Type yes: ")
            )
            if input(question).strip().lower() not in ("yes", "ja"):
                raise CommandError(_("Nothing was released."))
        try:
            withdrawn = installation.release(options["reason"], now, withdraw_waiting=options["withdraw_waiting"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Mail leaves from here. %(number)s mails were withdrawn.") % {"number": withdrawn})
