"""Sign-in of officers through the identity provider of their authority (OpenID Connect, code flow with PKCE).

Authlib speaks with the provider; who comes in is said by `workflow.actions.identities`. A new client for every sign-in,
so that the provider's keys are those of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import requests
import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from joserfc.errors import JoseError

from workflow.actions.identities import account_of_identity
from workflow.models import User
from workflow.policies import policy
from workflow.rules import Refused
from workflow.rules.identities import Identity
from workflow.views.access import BY_PROVIDER, Visit

log = structlog.get_logger(__name__)

SECONDS: Final = 10  # that the provider may take for each answer
METHOD: Final = "openid"
_NEXT: Final = "openid_next"
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures with a key that only the provider has; whatever it says, none at all and a shared key are out."""
_UNTRUE: Final = (AuthlibBaseError, JoseError)
_DOWN: Final = (requests.RequestException, RuntimeError, ValueError, KeyError, TypeError)
"""It does not answer, or not as a provider does."""

_TRY_AGAIN: Final = _("The sign-in at the provider was not finished, or this page was opened a second time. Try again.")
_NO_ANSWER: Final = _(
    "The provider of your authority does not answer, or not as it should. Try again in a while, or sign in with a "
    "password if you have one."
)


@policy("anonymous")
@never_cache
@require_safe
def openid_start(request: Visit) -> HttpResponseBase:
    """Go to the provider, and remember in the session where to come back to."""
    _insist_on()
    if not _may_ask_again(request):
        return ratelimit.respond_429(request)
    if request.user.is_authenticated:
        return redirect("/")
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    request.session[_NEXT] = target if is_ours else "/"
    try:
        return _client().authorize_redirect(request, settings.BASE_URL + reverse("openid_callback"))
    except (*_UNTRUE, *_DOWN) as error:
        log.warning("openid_start_failed", error=type(error).__name__)
        return _refused(request, _NO_ANSWER, 502)


@policy("anonymous")
@never_cache
@require_safe
def openid_callback(request: Visit) -> HttpResponseBase:
    """Back from the provider: whom its word signs in comes in. A word that has been used signs nobody in again."""
    _insist_on()
    if not _may_ask_again(request):
        return ratelimit.respond_429(request)
    try:
        # Authlib holds state, nonce, signature, issuer, audience and the hour against what was asked and what it knows.
        identity = _identity(_client().authorize_access_token(request)["userinfo"])
    except _UNTRUE as error:
        log.warning("openid_refused", error=type(error).__name__)
        return _refused(request, _TRY_AGAIN, 403)
    except _DOWN as error:
        log.warning("openid_failed", error=type(error).__name__)
        return _refused(request, _NO_ANSWER, 502)
    try:
        user = account_of_identity(identity, now=request.now)
    except Refused as refused:
        return _refused(request, refused.refusal.text, 403)
    return _signed_in(request, user)


def _insist_on() -> None:
    if not settings.OIDC_IS_ON:
        raise Http404


def _may_ask_again(request: Visit) -> bool:
    # The library's own door leaves out what is only looked at, and each of these looks asks the provider.
    return bool(ratelimit.consume(request, app="allauth.account", action=METHOD, limit_get=True))


def _client() -> DjangoOAuth2App:
    """The provider as it says it is now. Raises what `_DOWN` and `_UNTRUE` name."""
    client = OAuth().register(
        "provider",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )
    metadata = client.load_server_metadata()
    if metadata["issuer"] != settings.OIDC_ISSUER:
        raise ValueError("the provider has another name for itself")
    metadata["id_token_signing_alg_values_supported"] = _ALGORITHMS
    return client


def _identity(claims: Mapping[str, Any]) -> Identity:
    # Only what is signed in the token counts, and only the word true: "true" in quotation marks is none.
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_verified=claims.get("email_verified") is True,
    )


def _signed_in(request: Visit, user: User) -> HttpResponseBase:
    target = request.session.pop(_NEXT, "/")
    if settings.OIDC_SECOND_FACTOR:
        record_authentication(request, user, METHOD)
        return perform_login(request, user, email_verification="none", redirect_url=target)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, METHOD)
    request.session[BY_PROVIDER] = settings.OIDC_ISSUER
    return redirect(target)


def _refused(request: Visit, why: str | Promise, status: int) -> HttpResponse:
    return render(request, "account/openid_refused.html", {"why": why, "code": status}, status=status)
