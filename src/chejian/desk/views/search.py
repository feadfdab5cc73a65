"""The finder: a fragment as one types, a page without JavaScript."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.core.fragments import render_block
from chejian.desk.finding import Answer, find


@require_GET
@staff()
def search(request: StaffRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:80]
    answer = find(query, request.user, request.station.station_id) if query else Answer()
    context = {"query": query, "answer": answer}
    if request.htmx and not request.htmx.boosted:
        return render_block(request, "desk/search.html", "results", context)
    return render(request, "desk/search.html", context)
