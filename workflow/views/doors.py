"""Going in by a door of the demo: signed in as its officer, at the stage under way. It exists in a demo only."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workflow.policies import policy
from workflow.queries.doors import doors
from workflow.queries.processes import open_stages
from workflow.stage_kinds import page_of_stage
from workflow.views.access import Visit
from workflow.views.pages import url_of_process, url_of_stage

BACKEND = "django.contrib.auth.backends.ModelBackend"


@policy("anonymous")
@require_safe
def demo_doors(request: Visit) -> HttpResponse:
    """Choose where to begin: also for who has gone in somewhere already."""
    if not settings.DEMO:
        raise Http404
    return render(request, "workflow/demo_doors.html", {"doors": doors()})


@policy("anonymous")
@require_POST
def demo_door(request: Visit, door_key: str) -> HttpResponse:
    """Sign in as the officer behind a door and go to the stage under way; of several, the first.

    Whoever comes to a demo may sign in as any of its people, with the password it prints: a press spares the typing.
    """
    door = next((one for one in doors() if one.key == door_key), None) if settings.DEMO else None
    if door is None:
        raise Http404
    login(request, door.officer, backend=BACKEND)
    stage = next(iter(open_stages(door.process)), None)
    return redirect((page_of_stage(stage) or url_of_stage(stage)) if stage else url_of_process(door.process))
