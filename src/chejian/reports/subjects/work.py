"""What was done and used on orders: jobs, the shares of technicians, part lines."""

from django.db.models import ExpressionWrapper, F
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.core.lists.spec import Column, Rows, Viewer
from chejian.reports.subjects import fields
from chejian.reports.subjects.fields import EXACT, MONEY
from chejian.reports.subjects.subject import Section, Subject, allowed, subject
from chejian.workorders.models import Assignment, JobLine, PartLine

COUNTED = "f=status.not_in.draft,cancelled"


def _jobs(viewer: Viewer) -> Rows:
    return JobLine.objects.filter(order__station_id__in=_here(viewer))


def _shares(viewer: Viewer) -> Rows:
    return Assignment.objects.filter(job__order__station_id__in=_here(viewer))


def _parts(viewer: Viewer) -> Rows:
    return PartLine.objects.filter(order__station_id__in=_here(viewer))


def _here(viewer: Viewer) -> list[int]:
    """Stations where he may see all orders: what ``WorkOrder.visible_to`` asks, without its join.

    A technician, who sees only his own, asks nothing here.
    """
    return allowed(viewer, P.VIEW_ORDERS)


def _around(order: str) -> list[Section]:
    """Order, customer and car above a line."""
    return [
        (pgettext_lazy("report", "Order"), [
            *fields.order_fields(order), fields.station(f"{order}station"),
        ]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields(f"{order}customer__")),
        (pgettext_lazy("report", "Vehicle"), [
            fields.code("plate", pgettext_lazy("report", "Plate"), f"{order}plate"),
            *fields.vehicle_fields(f"{order}vehicle__"),
        ]),
    ]


def _job_fields(path: str) -> list[Column]:
    return [
        fields.text("job", pgettext_lazy("report", "Job"), f"{path}name"),
        fields.code("operation", pgettext_lazy("report", "Operation"), f"{path}operation__code"),
        fields.choice("job_status", pgettext_lazy("report", "Job status"), f"{path}status",
                      JobLine.Status.choices),
        fields.payer(f"{path}payer"),
        fields.yes_no("additional", pgettext_lazy("report", "Additional job"),
                      f"{path}additional"),
        fields.yes_no("rework", pgettext_lazy("report", "Rework"), f"{path}rework"),
        fields.moment("finished", pgettext_lazy("report", "Job finished"), f"{path}finished_at",
                      nullable=True),
    ]


JOBS: Subject = subject(
    "jobs", pgettext_lazy("report", "Jobs"),
    note=pgettext_lazy("report", "Labour by job, payer and type; flat-rate hours"),
    icon="wrench", rows=_jobs, permissions=(P.VIEW_ORDERS,), day="opened", sort="-line",
    shown=("number", "job", "job_status", "plate", "customer", "hours", "payable", "opened"),
    identities={"customer": "customer_no"},
    start=f"by=job&fig=count&fig=sum:payable&chart=bar&{COUNTED}&f=opened.period.this_month",
    sections=[
        (pgettext_lazy("report", "Job"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            *_job_fields(""),
            fields.quantity("hours", pgettext_lazy("report", "Flat-rate hours"), "flat_hours"),
            fields.money("amount", pgettext_lazy("report", "Before discount"), "amount"),
            fields.money("discount", pgettext_lazy("report", "Discount"), "discount"),
            fields.money("payable", pgettext_lazy("report", "After discount"), value=lambda viewer:
                         ExpressionWrapper(F("amount") - F("discount"), output_field=MONEY)),
        ]),
        *_around("order__"),
    ],
)

TECHNICIANS: Subject = subject(
    "technicians", pgettext_lazy("report", "Work of technicians"),
    note=pgettext_lazy("report", "Jobs, hours and labour by technician, by his share of each job"),
    icon="users", rows=_shares, permissions=(P.VIEW_ORDERS,), day="finished", sort="-line",
    shown=("technician", "number", "job", "job_status", "share", "hours", "payable", "finished"),
    identities={"customer": "customer_no"},
    start="by=technician&fig=sum:hours&fig=sum:payable&fig=count&chart=bar"
          "&f=finished.period.this_month",
    sections=[
        (pgettext_lazy("report", "Work"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.person("technician", pgettext_lazy("report", "Technician"), "technician"),
            fields.quantity("share", pgettext_lazy("report", "Share of the job"), "share"),
            fields.quantity("hours", pgettext_lazy("report", "Hours (by share)"),
                            value=lambda viewer: ExpressionWrapper(
                                F("job__flat_hours") * F("share"), output_field=EXACT)),
            fields.money("payable", pgettext_lazy("report", "Labour (by share)"),
                         value=lambda viewer: ExpressionWrapper(
                             (F("job__amount") - F("job__discount")) * F("share"),
                             output_field=EXACT)),
            *_job_fields("job__"),
        ]),
        *_around("job__order__"),
    ],
)

PARTS: Subject = subject(
    "parts", pgettext_lazy("report", "Parts on orders"),
    note=pgettext_lazy("report", "What was sold: quantity and amount by part"),
    icon="box", rows=_parts, permissions=(P.VIEW_ORDERS,), day="opened", sort="-line",
    shown=("number", "name", "brand", "plate", "customer", "quantity", "payable", "opened"),
    identities={"customer": "customer_no"},
    start=f"by=name&fig=sum:quantity&fig=sum:payable&chart=bar&{COUNTED}"
          "&f=cancelled.is.0&f=opened.period.this_month",
    sections=[
        (pgettext_lazy("report", "Part"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.text("name", pgettext_lazy("report", "Part name"), "name"),
            fields.code("part_number", pgettext_lazy("report", "Part number"), "number",
                        more=("part_id",), show=fields.linked("/parts/{}/"), plain=fields.first),
            fields.text("brand", pgettext_lazy("report", "Brand"), "brand"),
            fields.payer(),
            fields.yes_no("customer_supplied", pgettext_lazy("report", "Customer's own part"),
                          "customer_supplied"),
            fields.yes_no("cancelled", pgettext_lazy("report", "Struck out"), "cancelled"),
            fields.quantity("quantity", pgettext_lazy("report", "Quantity"), "quantity"),
            fields.quantity("issued", pgettext_lazy("report", "Issued"), "issued"),
            fields.money("amount", pgettext_lazy("report", "Before discount"), "amount"),
            fields.money("discount", pgettext_lazy("report", "Discount"), "discount"),
            fields.money("payable", pgettext_lazy("report", "After discount"), value=lambda viewer:
                         ExpressionWrapper(F("amount") - F("discount"), output_field=MONEY)),
            fields.cost("cost", pgettext_lazy("report", "Cost"), "cost", path="order__station_id"),
        ]),
        *_around("order__"),
    ],
)
