"""Tables of the consultations floor, split by subject."""

from consultations.models.answers import Answer, AnswerFile, SectionComment
from consultations.models.rounds import Forward, HearingRound, InputNote, Invitation, Reminder, RoundMessage

__all__ = [
    "Answer",
    "AnswerFile",
    "Forward",
    "HearingRound",
    "InputNote",
    "Invitation",
    "Reminder",
    "RoundMessage",
    "SectionComment",
]
