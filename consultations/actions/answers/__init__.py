"""Writing, sending and judging answers."""

from consultations.actions.answers.confirming import confirm_answer
from consultations.actions.answers.drafts import remove_file, save_draft
from consultations.actions.answers.judging import decide_late, dispose_answer
from consultations.actions.answers.sending import answer_by_key, record_answer_on_behalf, submit_answer
from consultations.actions.answers.versions import AnswerContent

__all__ = [
    "AnswerContent",
    "answer_by_key",
    "confirm_answer",
    "decide_late",
    "dispose_answer",
    "record_answer_on_behalf",
    "remove_file",
    "save_draft",
    "submit_answer",
]
