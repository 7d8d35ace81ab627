"""The language button is a submit of the form in progress: the page comes back in the other language, words and all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from workflow.forms.language_switch import going_over_with

BUTTON = "switch_language"


class SwitchLanguageMiddleware:
    """After the policy has been asked. A form sent with the button does no deed: the page is read anew, in the language
    chosen, and its form begins with `request.carried`, which is what was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if language := getattr(request, "chosen_language", ""):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """The page in the language chosen; None for whatever else was sent."""
        language = request.POST.get(BUTTON, "") if request.method == "POST" else ""
        if language not in dict(settings.LANGUAGES):
            return None
        translation.activate(language)
        page: Any = request
        page.LANGUAGE_CODE = page.chosen_language = language
        page.carried, files = request.POST, request.FILES
        # From here on no view can take it for a deed.
        page.method = page.META["REQUEST_METHOD"] = "GET"
        page.POST, page._files = QueryDict(), MultiValueDict()
        with going_over_with(page.carried, files):
            answered: HttpResponseBase = view(page, *args, **kwargs)
        return answered
