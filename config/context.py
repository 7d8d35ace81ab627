"""What every page may know about this installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """`demo` (bool: invented people, mails stay here) and `now` (the request's instant, aware UTC)."""
    return {"demo": settings.DEMO, "now": getattr(request, "now", None)}
