"""Every address of the installation. Each declares who may use it; an undeclared one is refused."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config import about, openid, views
from config.accounts import sign_in

OWN_FLOORS = ("consultations", "workflow", "notifications")

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests  # asked for by allauth
handler500 = views.server_error

# The admin shows our own tables, read-only; what libraries register there could be written to.
for model in [model for model in admin.site._registry if model._meta.app_label not in OWN_FLOORS]:
    admin.site.unregister(model)

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    path("was", about.accessibility_statement, name="accessibility_statement"),
    path("privatliv", about.privacy, name="privacy"),
    path("robots.txt", about.robots, name="robots"),
    path(".well-known/security.txt", about.security_txt, name="security_txt"),
    path("language/", set_language, name="set_language"),
    # Accounts are given, so only these of the sign-in pages exist: no sign-up, no change of address.
    path("account/login/", sign_in, name="account_login"),
    path("account/openid/", openid.openid_start, name="openid_start"),
    path("account/openid/tilbage/", openid.openid_callback, name="openid_callback"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("", include("consultations.urls")),
    path("", include("workflow.urls")),
    path("", include("notifications.urls")),
]
