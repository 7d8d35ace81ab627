"""Addresses of the workflow floor. URL name = view name = template name."""

from django.urls import path

from workflow.views import bodies, documents, home, links, mails, processes, public, record, stages

PROCESS = "sager/<uuid:process_id>/"
STAGE = PROCESS + "faser/<uuid:stage_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("sager/", processes.processes, name="processes"),
    path("sager/ny/", processes.process_new, name="process_new"),
    path(PROCESS, processes.process, name="process"),
    path(PROCESS + "stilles-i-bero/", processes.process_suspend, name="process_suspend"),
    path(PROCESS + "genoptages/", processes.process_resume, name="process_resume"),
    path(PROCESS + "opgives/", processes.process_abandon, name="process_abandon"),
    path(PROCESS + "dokumenter/", documents.documents, name="documents"),
    path(PROCESS + "dokumenter/nyt/", documents.document_new, name="document_new"),
    path(PROCESS + "dokumenter/<uuid:document_id>/ny-udgave/", documents.version_new, name="version_new"),
    path(PROCESS + "dokumenter/laases/", documents.bundle_new, name="bundle_new"),
    path(PROCESS + "udgaver/<uuid:version_id>/", documents.document_version, name="document_version"),
    path(PROCESS + "filer/<uuid:file_id>/", documents.file, name="file"),
    path(PROCESS + "post/", mails.process_mails, name="process_mails"),
    path(PROCESS + "spor/", record.record, name="record"),
    path(STAGE, stages.stage, name="stage"),
    path(STAGE + "afsluttes/", stages.stage_complete, name="stage_complete"),
    path(STAGE + "sendes-tilbage/", stages.stage_return, name="stage_return"),
    path(STAGE + "udelades/", stages.stage_skip, name="stage_skip"),
    path(STAGE + "betingelser/<slug:gate_key>/", stages.gate, name="gate"),
    path("l/<uuid:link_id>/<str:token>/", links.link, name="link"),
    path("l/<path:rest>", links.link_cut, name="link_cut"),
    path("kode/", links.link_code, name="link_code"),
    path("post/", mails.mail_log, name="mail_log"),
    path("organer/", bodies.bodies, name="bodies"),
    path("offentligt/<uuid:process_id>/", public.process_public, name="process_public"),
]
