"""The one way from a screen to a file: at once where it is short, by the worker where it is long.

Called by the views of every list and report.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from chejian.accounts.export_models import ExportTemplate
from chejian.accounts.guards import StaffRequest
from chejian.accounts.services.exporting import (
    columns_of,
    record_export,
    request_export,
    table_of,
)
from chejian.core.exports import Format, Wanted, answer
from chejian.core.patience import patience

#: up to so many rows are written while the person waits
AT_ONCE = 2_000
SECONDS = 20


def download(
    request: StaffRequest, *, source: str, form: str, query: str,
    template: ExportTemplate | None = None,
) -> HttpResponse:
    """The file, or the page of the job that makes it.

    ``query`` is the address query of the list. A template decides columns, headings and format.
    """
    form = template.form if template else form
    form = form if form in Format else Format.XLSX
    columns = columns_of(template)
    keys = [column["key"] for column in columns]
    own = {column["key"]: column.get("label", "") for column in columns}
    station_id, now = request.station.station_id, timezone.now()
    wanted = Wanted(request.user, station_id, query, keys)
    with patience(SECONDS):
        table = table_of(wanted, source, own, now)
        if table.count <= AT_ONCE:
            file = answer(table, form)
            record_export(
                source=source, title=table.title, rows=table.count, station_id=station_id,
                by=request.user, at=now,
            )
            return file
    job = request_export(
        source=source, title=table.title, form=form, query=query, columns=columns,
        total=table.count, station_id=station_id, by=request.user, at=now,
    )
    return redirect("export_job", job.pk)
