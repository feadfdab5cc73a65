"""The living style page: every component of the kit once, for those who write pages."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chejian.core import styleguide_samples as samples

ICONS = Path(__file__).resolve().parent / "static" / "core" / "icons.svg"


def icon_names() -> list[str]:
    """Names of the sprite's symbols, in their order."""
    pieces = ICONS.read_text(encoding="utf-8").split('<symbol id="i-')[1:]
    return [piece.split('"', 1)[0] for piece in pieces]


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Open to anybody: it shows invented data only."""
    context: dict[str, Any] = {
        "icons": icon_names(),
        "form": samples.SampleForm(data=samples.WRONG),
        "soon": timezone.now() + samples.SOON,
        "late": timezone.now() - samples.LATE,
        **samples.context(),
    }
    return render(request, "core/styleguide.html", context)
