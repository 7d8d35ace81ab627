"""Addresses of the consultations floor: an officer's round under its stage, a party's answer under its link."""

from __future__ import annotations

from uuid import UUID

from django.urls import path, register_converter

from consultations.views import (
    answers,
    comparing,
    confirming,
    extending,
    launching,
    letters,
    lists,
    midround,
    notes,
    on_behalf,
    papers,
    parties,
    pasting,
    removing,
    replies,
    reply_requests,
    rounds,
    supplementary,
    unreached,
    writing,
)


class RoundAddress:
    """Which round an address means, as `HearingRound.address` writes it: the first of a stage, or by its number one
    that has been opened since. A view gets both."""

    regex = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:-(?:[2-9]|[1-9][0-9]))?"

    def to_python(self, value: str) -> tuple[UUID, int]:
        """The public id of the stage, and the number of the round in it."""
        return UUID(value[:36]), int(value[37:] or 1)

    def to_url(self, value: object) -> str:
        """As it was written: the stage alone means its first round."""
        return str(value)


register_converter(RoundAddress, "round")

STAGE = "processer/<uuid:process_id>/trin/<uuid:stage_id>/"
ROUND = "processer/<uuid:process_id>/trin/<round:stage_id>/hoering/"
PARTY = ROUND + "parter/<uuid:invitation_id>/"
ANSWER = ROUND + "svar/<uuid:answer_id>/"
REPLY = "svar/<uuid:link_id>/"

urlpatterns = [
    path(ROUND, rounds.round_status, name="round_status"),
    path(ROUND + "brev/", launching.round_prepare, name="round_prepare"),
    path(ROUND + "brev/hent/<slug:ending>/", papers.round_letter, name="round_letter"),
    path(ROUND + "send/", launching.round_launch, name="round_launch"),
    path(ROUND + "frist/", extending.round_extend, name="round_extend"),
    path(ROUND + "luk/", rounds.round_close, name="round_close"),
    path(ROUND + "aflys/", supplementary.round_cancel, name="round_cancel"),
    path(STAGE + "supplerende-hoering/", supplementary.supplementary_new, name="supplementary_new"),
    path(ROUND + "skriv/", midround.round_write, name="round_write"),
    path(ROUND + "parter/indbyd/", midround.round_invite, name="round_invite"),
    path(PARTY + "slip/", midround.party_release, name="party_release"),
    path(ROUND + "parter/", parties.round_parties, name="round_parties"),
    path(ROUND + "parter/hent/<slug:ending>/", lists.round_parties_list, name="round_parties_list"),
    path(ROUND + "parter/flere/", pasting.round_parties_many, name="round_parties_many"),
    path(ROUND + "parter/fjern/", removing.round_parties_remove, name="round_parties_remove"),
    path(ROUND + "parter/uden-om-mail/", unreached.round_contact_otherwise, name="round_contact_otherwise"),
    path(PARTY, parties.party, name="party"),
    path(PARTY + "ret/", parties.party_correct, name="party_correct"),
    path(PARTY + "fjern/", parties.party_remove, name="party_remove"),
    path(PARTY + "frist/", extending.party_extend, name="party_extend"),
    path(PARTY + "imoedekom/", extending.party_grant, name="party_grant"),
    path(PARTY + "afvis/", extending.party_refuse, name="party_refuse"),
    path(PARTY + "adresse/", parties.party_address, name="party_address"),
    path(PARTY + "uden-om-mail/", unreached.party_contact_otherwise, name="party_contact_otherwise"),
    path(PARTY + "brev/", letters.party_letter, name="party_letter"),
    path(PARTY + "indtast/", on_behalf.party_answer, name="party_answer"),
    path(PARTY + "bekraeft/", confirming.party_confirm, name="party_confirm"),
    path(PARTY + "svar/", answers.answer, name="answer"),
    path(ROUND + "svar/", answers.round_answers, name="round_answers"),
    path(ROUND + "svar/hent/<slug:ending>/", lists.round_answers_list, name="round_answers_list"),
    path(ANSWER + "hent/<slug:ending>/", papers.answer_paper, name="answer_paper"),
    path(ANSWER + "for-sent/", answers.answer_late, name="answer_late"),
    path(ANSWER + "behandling/", answers.answer_dispose, name="answer_dispose"),
    path(ANSWER + "filer/<uuid:file_id>/", answers.answer_file, name="answer_file"),
    path(ROUND + "input/", notes.round_notes, name="round_notes"),
    path(ROUND + "input/ny/", notes.note_new, name="note_new"),
    path(ROUND + "input/sammenfatning/", notes.round_summary, name="round_summary"),
    path(ROUND + "input/<uuid:note_id>/fil/", notes.note_file, name="note_file"),
    path(REPLY, replies.reply, name="reply"),
    path(REPLY + "dokumenter/<uuid:version_id>/", replies.reply_document, name="reply_document"),
    path(REPLY + "dokumenter/<uuid:version_id>/hent/<slug:ending>/", replies.reply_text, name="reply_text"),
    path(REPLY + "billeder/<str:picture>", replies.reply_picture, name="reply_picture"),
    path(REPLY + "filer/<uuid:file_id>/", replies.reply_file, name="reply_file"),
    path(REPLY + "hent/", papers.reply_papers, name="reply_papers"),
    path(REPLY + "sammenlign/", comparing.reply_compared, name="reply_compared"),
    path(REPLY + "kvittering/<int:number>/hent/<slug:ending>/", papers.reply_receipt_paper, name="reply_receipt_paper"),
    path(REPLY + "skriv/", writing.reply_write, name="reply_write"),
    path(REPLY + "ingen-bemaerkninger/", writing.reply_none, name="reply_none"),
    path(REPLY + "kvittering/<int:number>/", replies.reply_receipt, name="reply_receipt"),
    path(REPLY + "bekraeft/", confirming.reply_confirm, name="reply_confirm"),
    path(REPLY + "dato/", reply_requests.reply_promise, name="reply_promise"),
    path(REPLY + "svarer-ikke/", reply_requests.reply_decline, name="reply_decline"),
    path(REPLY + "videresend/", reply_requests.reply_forward, name="reply_forward"),
    path(REPLY + "overtag/", reply_requests.reply_claim, name="reply_claim"),
    path(REPLY + "tag-tilbage/<uuid:forward_id>/", reply_requests.reply_take_back, name="reply_take_back"),
]
