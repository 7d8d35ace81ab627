"""`manage.py revoke_role EMAIL --office KEY [--role ROLE|--body KEY]`: take a place in an office away, or all."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.offices import revoke_places
from workflow.management.arguments import account_of, actor_of, add_actor, add_place, office_of, place_of, place_words
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Take a role or seat away; without --role and --body every place the account has in the office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account")
        parser.add_argument("--office", required=True, help="the office's key")
        add_place(parser, required=False)
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user, office = account_of(options["email"]), office_of(options["office"])
        try:
            taken = revoke_places(
                user, office, place=place_of(options), actor=actor_of(options["actor"]), now=timezone.now()
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("Taken from %(name)s in %(office)s: %(places)s.")
            % {"name": user, "office": office.name, "places": ", ".join(place_words(row) for row in taken)}
        )
