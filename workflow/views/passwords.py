"""How the owner of an account comes to a password: by a link in a mail, which they are sent or ask for."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from allauth.core import ratelimit
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflow.actions.accounts import ask_for_password, set_password
from workflow.actors import Actor
from workflow.forms.people import ForgottenPasswordForm, NewPasswordForm
from workflow.models import User
from workflow.policies import policy
from workflow.rules.offices import must_hold_token
from workflow.views.access import Visit
from workflow.views.deeds import key_of, new_key, press_form, press_of, status_of

ASKED: Final = "bedt"
"""In the address of the page that says what happens now."""


@policy("anonymous")
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: Visit) -> HttpResponse:
    """Ask for a link to a new password. The answer is the same whether the address is known or not."""
    form = ForgottenPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="reset_password", key=form.cleaned_data["email"].casefold()):
            return ratelimit.respond_429(request)
        ask_for_password(form.cleaned_data["email"], now=request.now)
        return redirect(f"{reverse('password_forgotten')}?{ASKED}=1")
    context = {"form": form, "is_asked": ASKED in request.GET}
    status = 422 if request.method == "POST" else 200
    return render(request, "workflow/password_forgotten.html", context, status=status)


@policy("anonymous")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_set(request: Visit, user_id: UUID, token: str) -> HttpResponse:
    """Choose a password by the link in a mail. Looking changes nothing."""
    user = User.objects.filter(public_id=user_id, is_active=True, erased_at=None).first()
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if user is not None:
        answer = press_form(
            request,
            form,
            partial(set_password, user, token),
            facts=lambda: {"password": form.cleaned_data["password1"]},
            press=press_of(request, Actor.of_user(user)),
            done=_("The password is chosen. Sign in with it."),
            to=reverse("account_login"),
        )
        if answer:
            return answer
    refusal = must_hold_token(user is not None and default_token_generator.check_token(user, token))
    status = 410 if refusal else status_of(form) if request.method == "POST" else 200
    context = {"form": form, "refusal": refusal, "account": user, "key": key_of(request) or new_key()}
    return render(request, "workflow/password_set.html", context, status=status)
