"""The frame of every page knows whether a form stands in its middle. Templates come in by {% load frame %}."""

import re

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString

from workflow.forms.language_switch import words_going_over

register = template.Library()

FORM_IN_PROGRESS = "in-progress"
"""The id that the first form of a page is given, for the language buttons at its head send it."""

_FIRST_FORM = re.compile(r'<form(?=[^>]*\sclass="deed-form)(?![^>]*\sid=)')


@register.tag
def page_frame(parser: Parser, token: Token) -> template.Node:
    """{% page_frame %}head{% middle %}middle{% endpage_frame %}: the head is told by `form_in_progress` whether the
    middle has a form, and by which id. A form that came back from a press is marked: its words are saved nowhere."""
    head = parser.parse(("middle",))
    parser.delete_first_token()
    middle = parser.parse(("endpage_frame",))
    parser.delete_first_token()
    return PageFrame(head, middle)


class PageFrame(template.Node):
    """Head and middle, the middle rendered first."""

    child_nodelists = ("head", "middle")

    def __init__(self, head: NodeList, middle: NodeList) -> None:
        self.head, self.middle = head, middle

    def render(self, context: template.Context) -> SafeString:
        request = context.get("request")
        is_unsaved = words_going_over() is not None or (request is not None and request.method == "POST")
        start = f'<form id="{FORM_IN_PROGRESS}"{" data-unsaved" if is_unsaved else ""}'
        middle, found = _FIRST_FORM.subn(start, self.middle.render(context), count=1)
        with context.push(form_in_progress=FORM_IN_PROGRESS if found else ""):
            head = self.head.render(context)
        return SafeString(head + middle)
