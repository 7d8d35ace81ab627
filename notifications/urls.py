"""The addresses of mail: the demo's mailbox, and the webhooks of mail services."""

from django.urls import URLPattern, URLResolver, include, path

from notifications import tracking, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<uuid:public_id>/", views.mailbox_mail, name="mailbox_mail"),
    path("mailbox/<uuid:public_id>/html/", views.mailbox_html, name="mailbox_html"),
    path("mail/webhooks/", include((tracking.webhook_addresses(), "anymail"))),
]
