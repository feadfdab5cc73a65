"""Where a browser listens for live screens, and the policy that lets it connect there alone."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PORT = re.compile(r":\d+$")


def events_address(request: HttpRequest) -> str:
    """A setting, else the request's own host on the port of the events."""
    if settings.EVENTS_URL:
        return f"{settings.EVENTS_URL.rstrip('/')}/events"
    return f"{request.scheme}://{PORT.sub('', request.get_host())}:{settings.EVENTS_PORT}/events"


def events_origin(request: HttpRequest) -> str:
    """The same as a source of a policy: scheme, host and port; empty for the page's own origin."""
    parts = urlsplit(events_address(request))
    if not parts.netloc:
        return ""
    if "[" in parts.netloc:  # the grammar of policies has no numbers of IPv6
        return f"{parts.scheme}://*:{parts.port}"
    return f"{parts.scheme}://{parts.netloc}"


class LivePolicyMiddleware:
    """Adds the events' origin to ``connect-src``, unless a view has set a policy of its own.

    Stands below Django's policy middleware, which writes the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        origin = events_origin(request)
        if origin and not hasattr(response, "_csp_config"):
            policy = settings.SECURE_CSP
            sources = [*policy["connect-src"], origin]
            response._csp_config = {**policy, "connect-src": sources}  # type: ignore[attr-defined]
        return response
