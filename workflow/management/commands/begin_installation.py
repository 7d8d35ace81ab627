"""`manage.py begin_installation …`: the first office of an empty installation and its first administrator, who chooses
a password by the link that is printed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.bodies import REGIONS_EN, region_code
from workflow.actions.first_steps import begin_installation
from workflow.mails.accounts import DAYS_TO_CHOOSE, password_address
from workflow.rules import Refused
from workflow.rules.slugs import danish_slug


class Command(BaseCommand):
    help = "Found the first office with its first administrator. Prints, once, the link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, metavar="NAME", help="what the office is called")
        parser.add_argument("--case-prefix", required=True, help="stands first in every case number")
        parser.add_argument(
            "--reply-to", required=True, metavar="ADDRESS", help="a staffed mailbox; mails answer to it"
        )
        parser.add_argument("--name", required=True, help="the administrator's name")
        parser.add_argument("--email", required=True, help="the administrator's login")
        parser.add_argument("--key", default="", help="by which commands name the office; made of its name otherwise")
        parser.add_argument(
            "--region",
            default="",
            choices=sorted(region_code(name) for name in REGIONS_EN),
            help="whose bodies fill the lists of its processes; leave it out for the whole country",
        )
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            office, user = begin_installation(
                key=options["key"] or danish_slug(options["office"])[:40].strip("-"),
                name=options["office"],
                case_prefix=options["case_prefix"],
                reply_to=options["reply_to"],
                region_code=options["region"],
                language=options["language"],
                admin_name=options["name"],
                admin_email=options["email"],
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("%(office)s is set up; commands name it %(key)s.") % {"office": office.name, "key": office.key}
        )
        # Printed once: a link made by another run of a command would be another one.
        self.stdout.write(
            _(
                "%(name)s administers it and is an officer there. Choose a password here within %(days)d days; the "
                "link works once:\n%(link)s"
            )
            % {"name": user.name, "days": DAYS_TO_CHOOSE, "link": password_address(user)}
        )
