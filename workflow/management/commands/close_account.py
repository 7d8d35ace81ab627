"""`manage.py close_account EMAIL`: no sign-in any more; name and deeds stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.accounts import close_account
from workflow.management.arguments import account_of, actor_of, add_actor
from workflow.rules import Refused


class Command(BaseCommand):
    help = "A person has left: no sign-in any more. What they did stays theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account")
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user = account_of(options["email"])
        try:
            close_account(user, actor=actor_of(options["actor"]), now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(_("The account of %(name)s is closed.") % {"name": user})
