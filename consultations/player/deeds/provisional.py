"""Answers given with a reservation, and made final: by a party with its link, or entered by an officer for it."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from pydantic import Field

from consultations.actions.answers import confirm_answer, record_answer_on_behalf, submit_answer
from consultations.player.asked import invitation_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.answers import WrittenAnswer
from consultations.player.deeds.base import EithersDeed
from consultations.player.times import Day
from consultations.player.values import Flag
from consultations.states import Road


class Provisional(EithersDeed, WrittenAnswer, do="provisional", about=invitation_of_turn):
    """Answers provisionally, until a council or committee has decided; entered by an officer it came by mail."""

    since: ClassVar[int] = 2

    provisional_on: Day = Field(alias="until", description="the day by which it is made final")
    knows_of_summing_up: Flag = Field(
        False, alias="late", description="sent though the answers are summed up before that day"
    )

    def play(self, play: Play) -> object:
        invitation, actor = self.subject(play)
        content = self.content(play, invitation)
        if play.is_officers:
            deed = partial(record_answer_on_behalf, invitation, content, road=Road.EMAIL, received_at=play.now)
            return play.call(deed, self)
        return play.call(partial(submit_answer, invitation, received_at=play.now), self, content=content, actor=actor)


class Confirm(EithersDeed, do="confirm", about=invitation_of_turn):
    """Makes a provisional answer final as it stands."""

    since: ClassVar[int] = 2

    def play(self, play: Play) -> object:
        invitation, actor = self.subject(play)
        return play.call(partial(confirm_answer, invitation, received_at=play.now), self, actor=actor)
