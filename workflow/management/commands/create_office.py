"""`manage.py create_office --key KEY --name TEXT --case-prefix TEXT --reply-to ADDRESS`: found a secretariat."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.bodies import REGIONS_EN, region_code
from workflow.actions.offices import create_office
from workflow.management.arguments import actor_of, add_actor
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Found a secretariat. Its definitions and people come after it: load_definition, add_user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--key", required=True, help="by which commands name the office, such as sjaelland")
        parser.add_argument("--name", required=True)
        parser.add_argument("--case-prefix", required=True, help="stands first in every case number")
        parser.add_argument(
            "--reply-to", required=True, metavar="ADDRESS", help="a staffed mailbox; mails answer to it"
        )
        parser.add_argument(
            "--region",
            default="",
            choices=sorted(region_code(name) for name in REGIONS_EN),
            help="whose bodies fill the lists of its processes; leave it out for the whole country",
        )
        parser.add_argument("--postal-address", default="")
        parser.add_argument("--telephone", default="", help="a number that is answered; guests are told it")
        parser.add_argument("--contact-person", default="", help="whom guests ask for, such as the head of the office")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="of all its days and clock times")
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            office = create_office(
                key=options["key"],
                name=options["name"],
                case_prefix=options["case_prefix"],
                reply_to=options["reply_to"],
                region_code=options["region"],
                postal_address=options["postal_address"],
                telephone=options["telephone"],
                contact_person=options["contact_person"],
                language=options["language"],
                time_zone=options["time_zone"],
                actor=actor_of(options["actor"]),
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("%(office)s is set up; commands name it %(key)s.") % {"office": office.name, "key": office.key}
        )
