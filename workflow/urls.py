"""Addresses of the workflow floor. URL name = view name = template name."""

from django.urls import path

from workflow.views import (
    account,
    bodies,
    calls,
    deadlines,
    documents,
    doors,
    erasure,
    home,
    links,
    mails,
    matters,
    milestones,
    processes,
    public,
    publication,
    record,
    resuming,
    stages,
    starting,
    substitutes,
    taking_back,
)
from workflow.views.approvals import asking, body, objections, settling
from workflow.views.approvals import board as approvals
from workflow.views.approvals import on_behalf as decisions_on_behalf
from workflow.views.decisions import page as decisions
from workflow.views.decisions import papers
from workflow.views.submissions import board as submissions
from workflow.views.submissions import by_link as authority
from workflow.views.submissions import on_behalf as authority_on_behalf
from workflow.views.submissions import packages

PROCESS = "processer/<uuid:process_id>/"
STAGE = PROCESS + "trin/<uuid:stage_id>/"
DEADLINE = PROCESS + "frister/<uuid:deadline_id>/"
REQUEST = PROCESS + "afgoerelser/<uuid:request_id>/"
PACKAGE = PROCESS + "pakker/<uuid:package_id>/"
SENT = PROCESS + "fremsendelser/<uuid:request_id>/"
BY_LINK = "beslutning/<uuid:link_id>/"
BY_ACCOUNT = "mine/<uuid:request_id>/"
PUBLIC = "offentligt/<uuid:process_id>/"
AUTHORITY = "modtagelse/<uuid:link_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("demo/", doors.demo_doors, name="demo_doors"),
    path("demo/<slug:door_key>/", doors.demo_door, name="demo_door"),
    path("processer/", processes.processes, name="processes"),
    path("processer/ny/", starting.process_new, name="process_new"),
    path(PROCESS, processes.process, name="process"),
    path(PROCESS + "stilles-i-bero/", processes.process_suspend, name="process_suspend"),
    path(PROCESS + "genoptages/", resuming.process_resume, name="process_resume"),
    path(PROCESS + "opgives/", processes.process_abandon, name="process_abandon"),
    path(PROCESS + "opgaver/<slug:matter>/<uuid:subject_id>/", matters.matter_settle, name="matter_settle"),
    path(PROCESS + "sletning/", erasure.process_erasure, name="process_erasure"),
    path(PROCESS + "oplysninger/<slug:fact>/", deadlines.fact_set, name="fact_set"),
    path(DEADLINE + "flyttes/", deadlines.deadline_move, name="deadline_move"),
    path(DEADLINE + "ur-standses/", deadlines.clock_pause, name="clock_pause"),
    path(DEADLINE + "ur-gaar-igen/", deadlines.clock_resume, name="clock_resume"),
    path(PROCESS + "dokumenter/", documents.documents, name="documents"),
    path(PROCESS + "dokumenter/nyt/", documents.document_new, name="document_new"),
    path(PROCESS + "dokumenter/<uuid:document_id>/ny-udgave/", documents.version_new, name="version_new"),
    path(PROCESS + "dokumenter/laases/", documents.bundle_new, name="bundle_new"),
    path(
        PROCESS + "dokumenter/saet/<uuid:bundle_id>/fremlaegges/",
        documents.bundle_put_forward,
        name="bundle_put_forward",
    ),
    path(
        PROCESS + "dokumenter/saet/<uuid:bundle_id>/tages-tilbage/",
        taking_back.bundle_take_back,
        name="bundle_take_back",
    ),
    path(PROCESS + "udgaver/<uuid:version_id>/", documents.document_version, name="document_version"),
    path(PROCESS + "filer/<uuid:file_id>/", documents.file, name="file"),
    path(PROCESS + "offentliggoerelse/", publication.publication, name="publication"),
    path(PROCESS + "offentliggoerelse/<slug:thing>/", publication.publication_publish, name="publication_publish"),
    path(
        PROCESS + "offentliggoerelse/<uuid:item_id>/tages-tilbage/",
        publication.publication_withdraw,
        name="publication_withdraw",
    ),
    path(PROCESS + "post/", mails.process_mails, name="process_mails"),
    path(PROCESS + "spor/", record.record, name="record"),
    path(STAGE, stages.stage, name="stage"),
    path(STAGE + "afsluttes/", stages.stage_complete, name="stage_complete"),
    path(STAGE + "sendes-tilbage/", stages.stage_return, name="stage_return"),
    path(STAGE + "udelades/", stages.stage_skip, name="stage_skip"),
    path(STAGE + "betingelser/<slug:gate_key>/", stages.gate, name="gate"),
    path(STAGE + "afgoerelser/", approvals.approvals, name="approvals"),
    path(STAGE + "uden-om-mail/", asking.approvals_contact_otherwise, name="approvals_contact_otherwise"),
    path(STAGE + "ny-aftalepart/", asking.party_add, name="party_add"),
    path(REQUEST, body.approval, name="approval"),
    path(REQUEST + "registrer/", decisions_on_behalf.decision_on_behalf, name="decision_on_behalf"),
    path(REQUEST + "send-igen/", asking.request_resend, name="request_resend"),
    path(REQUEST + "uden-om-mail/", asking.request_contact_otherwise, name="request_contact_otherwise"),
    path(REQUEST + "adresse/", asking.request_readdress, name="request_readdress"),
    path(REQUEST + "spoerg-igen/", asking.request_ask_again, name="request_ask_again"),
    path(REQUEST + "forbehold/", settling.reservation_settle, name="reservation_settle"),
    path(REQUEST + "moede/", decisions_on_behalf.request_meeting, name="request_meeting"),
    path(REQUEST + "tilfoejelse/", decisions_on_behalf.addendum_on_behalf, name="addendum_on_behalf"),
    path(REQUEST + "protokol/", decisions_on_behalf.minutes_on_behalf, name="minutes_on_behalf"),
    path(REQUEST + "indsigelse/", objections.objection_on_behalf, name="objection_on_behalf"),
    path(PROCESS + "indsigelser/<uuid:objection_id>/", objections.objection, name="objection"),
    path(REQUEST + "filer/<uuid:file_id>/", body.approval_file, name="approval_file"),
    path(PROCESS + "opkald/<uuid:asked_id>/", calls.asked_calls, name="asked_calls"),
    path(STAGE + "fremsendelse/", submissions.submission, name="submission"),
    path(STAGE + "fremsendelse/ny-pakke/", packages.package_new, name="package_new"),
    path(PACKAGE, packages.package, name="package"),
    path(PACKAGE + "hent/", packages.package_file, name="package_file"),
    path(PACKAGE + "send/", packages.submission_send, name="submission_send"),
    path(SENT + "adresse/", submissions.submission_readdress, name="submission_readdress"),
    path(SENT + "kvittering/", authority_on_behalf.receipt_on_behalf, name="receipt_on_behalf"),
    path(SENT + "afgoerelse/", authority_on_behalf.ruling_on_behalf, name="ruling_on_behalf"),
    path(SENT + "filer/<uuid:file_id>/", submissions.submission_file, name="submission_file"),
    path(STAGE + "datoer/", milestones.milestones, name="milestones"),
    path(STAGE + "datoer/registrer/", milestones.milestone_record, name="milestone_record"),
    path(BY_LINK, decisions.decision_link, name="decision_link"),
    path(BY_LINK + "kvittering/", decisions.decision_receipt_link, name="decision_receipt_link"),
    path(BY_LINK + "tilfoejelse/", decisions.decision_addendum_link, name="decision_addendum_link"),
    path(BY_LINK + "protokol/", decisions.decision_minutes_link, name="decision_minutes_link"),
    path(BY_LINK + "moede/", decisions.decision_meeting_link, name="decision_meeting_link"),
    path(BY_LINK + "indsigelse/", decisions.decision_objection_link, name="decision_objection_link"),
    path(BY_LINK + "bilag/", papers.decision_papers_link, name="decision_papers_link"),
    path(BY_LINK + "dokumenter/<uuid:version_id>/", papers.decision_document_link, name="decision_document_link"),
    path(BY_LINK + "filer/<uuid:file_id>/", papers.decision_file_link, name="decision_file_link"),
    path(BY_ACCOUNT, decisions.decision_member, name="decision_member"),
    path(BY_ACCOUNT + "kvittering/", decisions.decision_receipt_member, name="decision_receipt_member"),
    path(BY_ACCOUNT + "tilfoejelse/", decisions.decision_addendum_member, name="decision_addendum_member"),
    path(BY_ACCOUNT + "protokol/", decisions.decision_minutes_member, name="decision_minutes_member"),
    path(BY_ACCOUNT + "moede/", decisions.decision_meeting_member, name="decision_meeting_member"),
    path(BY_ACCOUNT + "indsigelse/", decisions.decision_objection_member, name="decision_objection_member"),
    path(BY_ACCOUNT + "bilag/", papers.decision_papers_member, name="decision_papers_member"),
    path(
        BY_ACCOUNT + "dokumenter/<uuid:version_id>/",
        papers.decision_document_member,
        name="decision_document_member",
    ),
    path(BY_ACCOUNT + "filer/<uuid:file_id>/", papers.decision_file_member, name="decision_file_member"),
    path(AUTHORITY, authority.authority, name="authority"),
    path(AUTHORITY + "kvittering/", authority.authority_receipt, name="authority_receipt"),
    path(AUTHORITY + "afgoerelse/", authority.authority_ruling, name="authority_ruling"),
    path(AUTHORITY + "spoergsmaal/", authority.authority_question, name="authority_question"),
    path(AUTHORITY + "filer/<uuid:file_id>/", authority.authority_file, name="authority_file"),
    path(AUTHORITY + "pakker/<uuid:package_id>/", authority.authority_package, name="authority_package"),
    path("l/<uuid:link_id>/<str:token>/", links.link, name="link"),
    path("l/<path:rest>", links.link_cut, name="link_cut"),
    path("luk/<uuid:link_id>/", links.link_close, name="link_close"),
    path("kode/", links.link_code, name="link_code"),
    path("konto/", account.account, name="account"),
    path("opkald/", calls.calls, name="calls"),
    path("post/", mails.mail_log, name="mail_log"),
    path("post/<uuid:mail_id>/", mails.mail, name="mail"),
    path("organer/", bodies.bodies, name="bodies"),
    path("organer/<uuid:body_id>/kontakt/<uuid:office_id>/", bodies.body_contact, name="body_contact"),
    path(
        "organer/<uuid:body_id>/stedfortraeder/<uuid:office_id>/", substitutes.body_substitutes, name="body_substitutes"
    ),
    path("stedfortraeder/<uuid:substitute_id>/slut/", substitutes.substitute_end, name="substitute_end"),
    path(PUBLIC, public.process_public, name="process_public"),
    path(PUBLIC + "dokumenter/<uuid:item_id>/", public.public_text, name="public_text"),
    path(PUBLIC + "dokumenter/<uuid:item_id>/fil/", public.public_file, name="public_file"),
]
