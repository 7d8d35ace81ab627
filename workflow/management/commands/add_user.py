"""`manage.py add_user EMAIL --name TEXT --office KEY --role ROLE|--body KEY`: an account with its first place."""

import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.accounts import admit_user
from workflow.links import page_address
from workflow.management.arguments import actor_of, add_actor, add_place, office_of, place_of, place_words
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Give a person an account and a role in an office, or a seat in a body. Asks for the first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the login")
        parser.add_argument("--name", required=True)
        parser.add_argument("--office", required=True, help="the office's key")
        add_place(parser, required=True)
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        office = office_of(options["office"])
        place = place_of(options)
        assert place is not None  # the parser insists on one
        actor = actor_of(options["actor"])
        try:
            user = admit_user(
                office,
                place,
                email=options["email"],
                name=options["name"],
                password=first_password(is_piped=options["password_stdin"]),
                language=options["language"],
                actor=actor,
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(
            _("%(name)s has an account and a place in %(office)s: %(place)s. Sign in at %(address)s.")
            % {
                "name": user.name,
                "office": office.name,
                "place": place_words(place),
                "address": page_address("account_login"),
            }
        )


def first_password(*, is_piped: bool) -> str:
    """The password, from standard input or typed twice unseen; on the command line others could read it."""
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError(_("Give the password on standard input with --password-stdin, or run this in a terminal."))
    password = getpass(_("Password: "))
    if getpass(_("The same again: ")) != password:
        raise CommandError(_("The two passwords differ. Nothing was done; run it again."))
    return password
