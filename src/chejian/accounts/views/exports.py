"""Long exports of a person, and saved templates of columns."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.downloads import download
from chejian.accounts.export_models import ExportJob, ExportTemplate
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.forms.sharing import TemplateForm
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.queries.exports import exports_of, templates_for
from chejian.accounts.services import exporting as verbs
from chejian.core import exports
from chejian.core.answers import done
from chejian.core.exports import Heading, Source, Wanted, file_answer
from chejian.core.fragments import render_block

TONES = {"waiting": "grey", "running": "blue", "done": "green", "failed": "red", "expired": "grey"}
LAST = 999


@require_GET
@staff()
def export_jobs(request: StaffRequest) -> HttpResponse:
    """The person's exports, and the templates he may use."""
    rows = list(templates_for(request.user))
    labels = {
        name: found.label for name in {one.source for one in rows}
        if (found := exports.source(name)) is not None and _may_open(request, found)
    }
    context = {
        "jobs": exports_of(request.user), "tones": TONES,
        "templates": [
            (one, labels[one.source], one.may_change(request.user))
            for one in rows if one.source in labels
        ],
    }
    return render(request, "accounts/exports.html", context)


def _may_open(request: StaffRequest, source: Source) -> bool:
    """Whether the list itself is open to the person: a shared template of it is no way in."""
    try:
        source.headings(Wanted(request.user, request.station.station_id))
    except PermissionDenied:
        return False
    return True


@staff()
def export_create(request: StaffRequest, source: str) -> HttpResponse:
    """A file of the list as the address shows it; long ones are left to the worker.

    Looked at, it offers the templates of that list.
    """
    found = _source(source)
    if request.method != "POST":
        return _by_template(request, source, found)
    chosen = request.POST.get("template", "")
    template = None
    if chosen.isdecimal():
        template = get_object_or_404(templates_for(request.user, source), pk=int(chosen))
    return download(
        request, source=source, form=request.POST.get("format", ""),
        query=request.GET.urlencode(), template=template,
    )


def _by_template(request: StaffRequest, name: str, source: Source) -> HttpResponse:
    """The templates of one list, each a button that writes what the address asks for."""
    query = request.GET.urlencode()
    wanted = Wanted(request.user, request.station.station_id, query)
    source.headings(wanted)  # refuses who may not see the list
    context = {
        "source": source, "name": name, "query": query, "back": source.back(wanted),
        "templates": templates_for(request.user, name),
    }
    return render(request, "accounts/export_choice.html", context)


def _source(name: str) -> Source:
    found = exports.source(name)
    if found is None:
        raise Http404
    return found


def _job(request: StaffRequest, pk: int) -> ExportJob:
    return get_object_or_404(ExportJob.objects.visible_to(request.user), pk=pk)


@require_GET
@staff()
def export_job(request: StaffRequest, pk: int) -> HttpResponse:
    """How far one export is, then the way to its file."""
    job = _job(request, pk)
    context = {"job": job, "tone": TONES[job.status], "back": _back(request, job)}
    return render(request, "accounts/export.html", context)


def _back(request: StaffRequest, job: ExportJob) -> str:
    found = exports.source(job.source)
    if found is None:
        return reverse("export_jobs")
    return found.back(Wanted(request.user, job.station_id, job.query))


@require_GET
@staff()
def export_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The piece that asks again; the page is loaded anew when the work is over."""
    job = _job(request, pk)
    answer = render_block(request, "accounts/export.html", "progress", {"job": job})
    if not job.busy:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
@staff()
def export_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The file of a finished export: for its owner alone, and only until it expires."""
    job = _job(request, pk)
    now = timezone.now()
    if job.status != ExportJob.Status.DONE or job.expires_at is None or job.expires_at <= now:
        raise Http404
    try:
        file = verbs.place_of(job).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return file_answer(file, job.title, job.form)


@staff()
def new_template(request: StaffRequest, source: str) -> HttpResponse:
    """A template of the columns of one list."""
    return _template_page(request, source, None)


@staff()
def export_template(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a template, or look at one that somebody shares."""
    template = get_object_or_404(templates_for(request.user), pk=pk)
    return _template_page(request, template.source, template)


@require_POST
@staff()
def export_template_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(templates_for(request.user), pk=pk)
    verbs.delete_export_template(template=template, by=request.user, at=timezone.now())
    return done(request, _("Template deleted."), reverse("export_jobs"))


def _template_page(
    request: StaffRequest, name: str, template: ExportTemplate | None
) -> HttpResponse:
    source = _source(name)
    wanted = Wanted(request.user, request.station.station_id, request.GET.get("query", ""))
    offered = source.headings(wanted)
    sent = request.method == "POST"
    may_change = template is None or template.may_change(request.user)
    if sent and not may_change:
        raise PermissionDenied
    form = TemplateForm.of(template, request.POST if sent else None, request.user)
    columns = _posted(request, offered) if sent else verbs.columns_of(template)
    if sent and form.is_valid():
        made = attempt(form, lambda: verbs.save_export_template(
            template=template, source=name, columns=columns, by=request.user,
            at=timezone.now(), **form.cleaned_data,
        ))
        if made is not None:
            return done(request, _("Template saved."), reverse("export_jobs"))
    context = {
        "form": form, "source": source, "template": template,
        "lines": _lines(offered, columns),
        "may_change": may_change,
        "back": source.back(wanted),
    }
    return render(request, "accounts/export_template.html", context, status=422 if sent else 200)


def _posted(request: StaffRequest, offered: Any) -> list[dict[str, str]]:
    """Chosen columns in the order of their numbers; equal numbers stay as they stand."""
    chosen = []
    for place, head in enumerate(offered):
        if request.POST.get(f"take_{head.key}"):
            typed = request.POST.get(f"order_{head.key}", "")
            number = int(typed) if typed.isdecimal() and len(typed) <= 3 else LAST
            label = request.POST.get(f"label_{head.key}", "").replace("\x00", "").strip()
            chosen.append((number, place, {"key": head.key, "label": label}))
    return [column for _number, _place, column in sorted(chosen, key=lambda one: one[:2])]


def _lines(offered: Any, columns: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The chosen columns first, in their order, then the others."""
    heads: dict[str, Heading] = {head.key: head for head in offered}
    chosen = [
        {"key": one["key"], "ours": heads[one["key"]].label, "label": one.get("label", ""),
         "taken": True, "number": number}
        for number, one in enumerate(columns, 1) if one["key"] in heads
    ]
    taken = {one["key"] for one in chosen}
    rest = [
        {"key": head.key, "ours": head.label, "label": "", "taken": False, "number": ""}
        for head in offered if head.key not in taken
    ]
    return [*chosen, *rest]
