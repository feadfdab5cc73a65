"""What a posting view answers: back to where the person came from, with a word of success."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from chejian.core.errors import Text


def next_url(request: HttpRequest, fallback: str) -> str:
    """The form's ``next`` when it is an address of our own, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return fallback


def done(request: HttpRequest, text: Text, fallback: str = "/") -> HttpResponse:
    """Say ``text`` on the next page and go there; a script is told to go there too."""
    messages.success(request, str(text))
    target = next_url(request, fallback)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
