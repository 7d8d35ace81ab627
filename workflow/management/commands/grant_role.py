"""`manage.py grant_role EMAIL --office KEY --role ROLE|--body KEY`: one more place for an account."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.offices import grant_role, grant_seat
from workflow.management.arguments import account_of, actor_of, add_actor, add_place, office_of, place_of, place_words
from workflow.models import Body
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Let an account act for an office in a role, or for a body. Again changes the days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account")
        parser.add_argument("--office", required=True, help="the office's key")
        add_place(parser, required=True)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="such as 2027-01-01")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY", help="this day included")
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user, office, place = account_of(options["email"]), office_of(options["office"]), place_of(options)
        actor, first, last = actor_of(options["actor"]), options["first"], options["last"]
        assert place is not None  # the parser insists on one
        try:
            if isinstance(place, Body):
                grant_seat(user, office, place, valid_from=first, valid_to=last, actor=actor, now=timezone.now())
            else:
                grant_role(user, office, place, valid_from=first, valid_to=last, actor=actor, now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("%(name)s has a place in %(office)s: %(place)s.")
            % {"name": user, "office": office.name, "place": place_words(place)}
        )
