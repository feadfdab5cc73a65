"""The query builder: start, question with its figures, the rows behind them, kept queries."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts import listing
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.forms.sharing import SharingForm
from chejian.accounts.guards import StaffRequest, staff
from chejian.core.answers import done
from chejian.core.lists import asking
from chejian.core.patience import TookTooLong
from chejian.reports import presenting, services
from chejian.reports.chart import draw
from chejian.reports.models import SavedQuery
from chejian.reports.queries import queries_for
from chejian.reports.question import Question, read_question
from chejian.reports.ready import READY
from chejian.reports.running import PATIENCE, SHOWN, run
from chejian.reports.subjects import ALL, SUBJECTS
from chejian.reports.subjects.subject import Subject

ASKERS = tuple(sorted({code for subject in ALL for code in subject.spec.permissions}))


@require_GET
@staff(*ASKERS)
def queries(request: StaffRequest) -> HttpResponse:
    """Kept queries, ready-made ones, and what can be asked about."""
    open_to = {subject.key: subject for subject in ALL if subject.open_to(request.user)}
    context = {
        "kept": [
            (one, open_to[one.subject], one.may_change(request.user))
            for one in queries_for(request.user) if one.subject in open_to
        ],
        "ready": [(one, open_to[one.subject]) for one in READY if one.subject in open_to],
        "subjects": list(open_to.values()),
    }
    return render(request, "reports/queries.html", context)


def _subject(request: StaffRequest, key: str) -> Subject:
    found = SUBJECTS.get(key)
    if found is None:
        raise Http404
    if not found.open_to(request.user):
        raise PermissionDenied
    return found


def _kept(request: StaffRequest) -> SavedQuery | None:
    """The saved query that was opened; it stays beside the question while that is changed."""
    pk = request.GET.get("saved", "")
    if not pk.isdecimal() or len(pk) > 9:
        return None
    return queries_for(request.user).filter(pk=int(pk)).first()


@require_GET
@staff(*ASKERS)
def query(request: StaffRequest, subject: str) -> HttpResponse:
    """The builder: form, conditions, chart and figures."""
    found = _subject(request, subject)
    station_id = request.station.station_id
    asked = request.GET or QueryDict(found.start)
    question = read_question(found, request.user, station_id, asked)
    address = asking.sent_to(question.asked)
    if address is None and request.GET.get("apply") == "query":
        address = presenting.clean_address(question)
    if address is not None:
        return redirect(address)
    kept = _kept(request)
    panel = presenting.panel_of(question)
    form = _sharing_form(request, kept) if panel.panel == "save" else None
    return _page(request, question, {"form": form, "kept": kept, "list": panel})


def _sharing_form(
    request: StaffRequest, kept: SavedQuery | None, data: Any = None
) -> SharingForm:
    initial = {} if kept is None else {
        "name": kept.name, "visibility": kept.visibility, "role": kept.role_id,
        "station": kept.station_id,
    }
    return SharingForm(data, user=request.user, initial=initial)


def _page(
    request: StaffRequest, question: Question, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context |= {
        "subject": question.subject, "question": question, "spec": question.subject.spec,
        "question_text": question.asked.question.lstrip("?"), "shown": SHOWN,
        "rows_address": presenting.rows_address(question), "problem": "", "chart": None,
        **presenting.choices_of(question),
    }
    kept = context["kept"]
    context["may_change"] = kept is not None and kept.may_change(request.user)
    try:
        result = run(question)
    except TookTooLong as error:
        context |= {"problem": str(error), "seconds": PATIENCE}
    else:
        context |= {
            "heads": presenting.heads_of(question), "rows": presenting.rows_of(result),
            "totals": presenting.totals_of(result), "more": result.more, "chart": draw(result),
        }
    return render(request, "reports/query.html", context, status=status)


@require_GET
@staff(*ASKERS)
def query_rows(request: StaffRequest, subject: str) -> HttpResponse:
    """The rows behind a query: a list like any other."""
    found = _subject(request, subject)
    builder = reverse("query", args=[subject])
    return listing.show(request, found.spec, "reports/rows.html", builder=builder)


@require_POST
@staff(*ASKERS)
def query_keeping(request: StaffRequest, subject: str) -> HttpResponse:
    """Keep the question as a new query."""
    return _keep(request, _subject(request, subject), None)


@staff()
def saved_query(request: StaffRequest, pk: int) -> HttpResponse:
    """Open a kept query; posting changes it."""
    kept = get_object_or_404(queries_for(request.user), pk=pk)
    subject = _subject(request, kept.subject)
    if request.method == "POST":
        if not kept.may_change(request.user):
            raise PermissionDenied
        return _keep(request, subject, kept)
    address = reverse("query", args=[kept.subject])
    return redirect(f"{address}?{kept.question}&saved={kept.pk}")


@require_POST
@staff()
def saved_query_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(queries_for(request.user), pk=pk)
    services.delete_query(query=kept, by=request.user, at=timezone.now())
    return done(request, _("Query deleted."), reverse("queries"))


def _keep(request: StaffRequest, subject: Subject, kept: SavedQuery | None) -> HttpResponse:
    text = request.POST.get("question", "").replace("\x00", "")
    form = _sharing_form(request, kept, request.POST)
    if form.is_valid():
        made = attempt(form, lambda: services.save_query(
            query=kept, subject=subject.key, question=text, by=request.user, at=timezone.now(),
            **form.cleaned_data,
        ))
        if made is not None:
            return done(request, _("Query kept."), reverse("saved_query", args=[made.pk]))
    asked = QueryDict(text, mutable=True)
    asked["panel"] = "save"
    question = read_question(subject, request.user, request.station.station_id, asked)
    context = {"form": form, "kept": kept, "list": presenting.panel_of(question)}
    return _page(request, question, context, status=422)
