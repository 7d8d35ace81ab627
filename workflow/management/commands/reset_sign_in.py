"""`manage.py reset_sign_in EMAIL`: a new password, and the second factor anew, for whoever lost password or phone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.accounts import reset_sign_in
from workflow.management.arguments import account_of, actor_of, add_actor
from workflow.management.commands.add_user import first_password
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Password forgotten or phone lost: asks for a new password; the next sign-in sets up the second factor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user, actor = account_of(options["email"]), actor_of(options["actor"])
        try:
            reset_sign_in(
                user, password=first_password(is_piped=options["password_stdin"]), actor=actor, now=timezone.now()
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("%(name)s signs in with the new password and sets up two-step sign-in anew.") % {"name": user}
        )
