"""The demo's one password is public, so it only ever opens a demo on the machine it runs on."""

import ipaddress

from django.http import HttpRequest

from chejian.accounts.models import Organisation

DEMO_PASSWORD = "chejian-demo"  # noqa: S105 - shown on the login page of a demo


def is_demo() -> bool:
    return Organisation.objects.filter(is_demo=True).exists()


def is_local(request: HttpRequest) -> bool:
    """Whether the browser runs on this very machine."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
