"""`manage.py reopen_account EMAIL`: sign-in as before, for a person who is back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.accounts import reopen_account
from workflow.management.arguments import account_of, actor_of, add_actor
from workflow.rules import Refused


class Command(BaseCommand):
    help = "A person is back: sign-in with the password of before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account")
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user = account_of(options["email"])
        try:
            reopen_account(user, actor=actor_of(options["actor"]), now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(_("The account of %(name)s is open again.") % {"name": user})
