"""Customers and cars. They are the organisation's; what they brought counts by station."""

from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.core.formats import masked_phone
from chejian.core.lists.spec import Column, Kind, Rows, Viewer
from chejian.core.money import ZERO
from chejian.parties.models import Party
from chejian.reports.subjects import fields
from chejian.reports.subjects.fields import MONEY
from chejian.reports.subjects.subject import Subject, allowed, subject
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import WorkOrder


def _customers(viewer: Viewer) -> Rows:
    return Party.objects.visible_to(viewer.user).live().filter(is_customer=True)


def _vehicles(viewer: Viewer) -> Rows:
    return Vehicle.objects.visible_to(viewer.user).live()


def _orders_of(viewer: Viewer, link: str) -> "QuerySet[WorkOrder]":
    """Orders of the row at stations whose orders the person may see, without void ones."""
    here = allowed(viewer, P.VIEW_ORDERS)
    orders = WorkOrder.objects.visible_to(viewer.user).filter(station_id__in=here)
    return orders.filter(**{link: OuterRef("pk")}).exclude(status="cancelled").order_by()


def _business(link: str) -> list[Column]:
    """Visits, turnover and the last visit, each summed inside the row."""

    def visits(viewer: Viewer) -> Any:
        found = _orders_of(viewer, link).values(link).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(found), Value(0), output_field=IntegerField())

    def turnover(viewer: Viewer) -> Any:
        found = _orders_of(viewer, link).values(link).annotate(n=Sum("total")).values("n")
        return Coalesce(Subquery(found), Value(ZERO), output_field=MONEY)

    def latest(viewer: Viewer) -> Any:
        found = _orders_of(viewer, link).values(link).annotate(n=Max("opened_at")).values("n")
        return Subquery(found)

    return [
        fields.number("visits", pgettext_lazy("report", "Visits"), value=visits, total=True,
                      permission=P.VIEW_ORDERS),
        fields.money("turnover", pgettext_lazy("report", "Turnover"), value=turnover,
                     permission=P.VIEW_ORDERS),
        Column("latest", pgettext_lazy("report", "Last visit"), Kind.MOMENT, value=latest,
               nullable=True, permission=P.VIEW_ORDERS),
    ]


CUSTOMERS: Subject = subject(
    "customers", pgettext_lazy("report", "Customers"),
    note=pgettext_lazy("report", "Visits and turnover by level, tier and kind; new customers"),
    icon="users", rows=_customers, permissions=(P.VIEW_CUSTOMERS,), day="created", sort="-file",
    shown=("name", "phone", "kind", "price_level", "tier", "visits", "turnover", "latest"),
    identities={"name": "file"}, start="by=created:month&fig=count&chart=bar",
    sections=[
        (pgettext_lazy("report", "Customer"), [
            fields.text("name", pgettext_lazy("report", "Customer"), "name", sort="name_key",
                        more=("pk",), show=fields.linked("/customers/{}/"), plain=fields.first),
            fields.number("file", pgettext_lazy("report", "Customer file"), "pk", indexed=True),
            fields.text("phone", pgettext_lazy("report", "Customer's phone"), "phone",
                        mask=masked_phone, clear=P.SEE_PHONE),
            fields.choice("kind", pgettext_lazy("report", "Person or company"), "kind",
                          Party.Kind.choices),
            fields.choice("price_level", pgettext_lazy("report", "Price level"), "price_level",
                          Party.PriceLevel.choices),
            fields.text("tier", pgettext_lazy("report", "Member tier"), "member_tier"),
            fields.money("credit_limit", pgettext_lazy("report", "Credit limit"), "credit_limit"),
            fields.moment("created", pgettext_lazy("report", "On file since"), "created_at"),
        ]),
        (pgettext_lazy("report", "Business"), _business("customer")),
    ],
)

VEHICLES: Subject = subject(
    "vehicles", pgettext_lazy("report", "Vehicles"),
    note=pgettext_lazy("report", "Makes and series, age, papers that run out, visits"),
    icon="car", rows=_vehicles, permissions=(P.VIEW_CUSTOMERS,), day="created", sort="-file",
    shown=("plate", "make", "series", "owner", "odometer", "last_visit", "visits", "turnover"),
    identities={"owner": "owner_no"}, start="by=make&fig=count&fig=sum:turnover&chart=bar",
    sections=[
        (pgettext_lazy("report", "Vehicle"), [
            fields.code("plate", pgettext_lazy("report", "Plate"), "plate", more=("pk",),
                        show=fields.linked("/vehicles/{}/"), plain=fields.first),
            fields.number("file", pgettext_lazy("report", "Vehicle file"), "pk", indexed=True),
            *fields.vehicle_fields(""),
            fields.number("odometer", pgettext_lazy("report", "Reading (km)"), "odometer",
                          nullable=True),
            fields.date("registered", pgettext_lazy("report", "Registered on"), "registered_on",
                        nullable=True),
            fields.date("insured_until", pgettext_lazy("report", "Insured until"),
                        "insurance_until", nullable=True),
            fields.date("inspection_until", pgettext_lazy("report", "Inspection due"),
                        "inspection_until", nullable=True),
            fields.date("last_visit", pgettext_lazy("report", "Last seen on"), "last_visit_on",
                        nullable=True),
            fields.moment("created", pgettext_lazy("report", "On file since"), "created_at"),
        ]),
        (pgettext_lazy("report", "Owner"), [
            fields.text("owner", pgettext_lazy("report", "Owner"), "owner__name"),
            fields.number("owner_no", pgettext_lazy("report", "Customer file"), "owner_id",
                          nullable=True),
            fields.text("phone", pgettext_lazy("report", "Customer's phone"), "owner__phone",
                        mask=masked_phone, clear=P.SEE_PHONE),
        ]),
        (pgettext_lazy("report", "Business"), _business("vehicle")),
    ],
)
