"""What every page may know about this installation and about the office of whoever is signed in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workflow.views.echo import echo_of


def installation(request: HttpRequest) -> dict[str, object]:
    """`demo` (bool: invented people, mails stay here), `oidc` and
    `password_sign_in` (how people sign in), `now` (the request's instant, aware UTC), `office_name`, `echo`
    (what was sent, for the pages of refusals).

    The name is that of the office of the person signed in, asked for when a page shows it; a view for guests
    passes its own.
    """
    return {
        "demo": settings.DEMO,
        "oidc": {"is_on": settings.OIDC_IS_ON, "name": settings.OIDC_NAME},
        "password_sign_in": settings.PASSWORD_SIGN_IN,
        "now": getattr(request, "now", None),
        "echo": SimpleLazyObject(lambda: echo_of(request)),
        "office_name": SimpleLazyObject(lambda: _office_name(request)),
    }


def _office_name(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return user.memberships.order_by("pk").values_list("office__name", flat=True).first() or ""
