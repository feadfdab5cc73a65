"""Where a browser listens for live screens, and the policy that lets it connect there alone."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

PORT = re.compile(r":\d+$")


def events_address(request: HttpRequest) -> str:
    """A setting, else the request's own host on the port of the events."""
    if settings.EVENTS_URL:
        return f"{settings.EVENTS_URL.rstrip('/')}/events"
    return f"{request.scheme}://{PORT.sub('', request.get_host())}:{settings.EVENTS_PORT}/events"


def events_origin(request: HttpRequest) -> str:
    """The same as a source of a policy: scheme, host and port; empty for the page's own origin."""
    return _origin(events_address(request))


@lru_cache(maxsize=64)
def _origin(address: str) -> str:
    parts = urlsplit(address)
    if not parts.netloc:
        return ""
    if "[" in parts.netloc:  # the grammar of policies has no numbers of IPv6
        return f"{parts.scheme}://*:{parts.port}"
    return f"{parts.scheme}://{parts.netloc}"


class LivePolicyMiddleware:
    """Adds the events' origin to ``connect-src``, unless a view has set a policy of its own.

    Stands below Django's policy middleware, which leaves a header that is there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        origin = events_origin(request)
        if origin and not hasattr(response, "_csp_config"):
            response.headers.setdefault(str(CSP.HEADER_ENFORCE), policy_with(origin))
        return response


@lru_cache(maxsize=64)
def policy_with(origin: str) -> str:
    """The header for pages that listen there: the same for every page."""
    policy = settings.SECURE_CSP
    return build_policy({**policy, "connect-src": [*policy["connect-src"], origin]})
