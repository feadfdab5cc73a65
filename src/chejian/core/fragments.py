"""Rendering one named block of a page alone, as HTMX asks for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_token_lazy

from chejian.core.once import form_key


def render_block(
    request: HttpRequest, template: str, block: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with the block ``block`` of the Jinja2 page ``template``.

    The page's top-level imports and sets do not run: a block uses globals and its context only.
    """
    page = engines["jinja2"].env.get_template(template)  # type: ignore[attr-defined]
    whole = page.new_context(
        {
            "request": request,
            **form_key(request),
            "csrf_token": csrf_token_lazy(request),
            **context,
        }
    )
    return HttpResponse("".join(page.blocks[block](whole)), status=status)
