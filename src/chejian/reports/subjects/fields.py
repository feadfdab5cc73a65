"""Shorthand for fields, and the sections that several subjects share."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, DecimalField, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import RepairClass, RepairType
from chejian.core.errors import Text
from chejian.core.formats import masked_phone
from chejian.core.lists.spec import Choices, Column, Kind, Viewer
from chejian.parties.models import Party
from chejian.reports.subjects.subject import allowed
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import Payer, WorkOrder

MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=20, decimal_places=2)
EXACT: "DecimalField[Any, Any]" = DecimalField(max_digits=20, decimal_places=4)


def text(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.TEXT, path, **more)


def code(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.CODE, path, **more)


def money(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.MONEY, path, total=True, **more)


def quantity(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.QUANTITY, path, total=True, **more)


def number(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.NUMBER, path, **more)


def date(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.DATE, path, **more)


def moment(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.MOMENT, path, **more)


def choice(key: str, label: Text, path: str, choices: Any, **more: Any) -> Column:
    return Column(key, label, Kind.CHOICE, path, choices=choices, **more)


def yes_no(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.BOOL, path, **more)


def person(key: str, label: Text, path: str, **more: Any) -> Column:
    """A colleague: written by name, told apart by id."""
    return Column(
        key, label, Kind.PERSON, f"{path}__name", filter=f"{path}_id", choices=people,
        sort=f"{path}__name_key", **more,
    )


def people(viewer: Viewer) -> Choices:
    """Everybody who ever worked here: old documents name people who have left."""
    return list(User.objects.get_queryset().order_by("name_key", "pk").values_list("pk", "name"))


def stations(viewer: Viewer) -> Choices:
    return [(here.station_id, here.name) for here in viewer.user.access.stations.values()]


def station(path: str = "station") -> Column:
    return choice("station", pgettext_lazy("report", "Station"), f"{path}__name", stations,
                  filter=f"{path}_id")


def linked(address: str) -> Callable[[Any, Any], str]:
    """How a number leads to its page: ``address`` with ``{}`` for the second value, an id."""

    def show(value: Any, pk: Any) -> str:
        if pk is None:
            return str(value or "")
        return Markup('<a class="bold" href="{}">{}</a>').format(address.format(pk), value or "—")

    return show


def first(value: Any, *more: Any) -> Any:
    """What is exported of a cell that shows more."""
    return value


def order_number(path: str = "", key: str = "number") -> Column:
    """The number of the order, leading to its page."""
    return code(
        key, pgettext_lazy("report", "Order number"), f"{path}number", more=(f"{path}id",),
        show=linked("/work-orders/{}/"), plain=first,
    )


def where_held(
    codes: Sequence[str], expression: Any, *, path: str = "station_id", field: Any = MONEY
) -> Callable[[Viewer], Any]:
    """The value where the person holds any of the codes at the row's station, else nothing."""

    def value(viewer: Viewer) -> Any:
        whole = F(expression) if isinstance(expression, str) else expression
        return Case(
            When(Q(**{f"{path}__in": allowed(viewer, *codes)}), then=whole),
            # with its type: held nowhere, only this is left, and a bare NULL has no sum
            default=Cast(Value(None), field), output_field=field,
        )

    return value


def cost(
    key: str, label: Text, expression: Any, *, path: str = "station_id", **more: Any
) -> Column:
    """A figure of cost: hidden altogether without the permission, empty for other stations."""
    return money(
        key, label, value=where_held((P.SEE_COST,), expression, path=path), nullable=True,
        permission=P.SEE_COST, **more,
    )


def repair_types(viewer: Viewer) -> Choices:
    return list(RepairType.objects.values_list("pk", "name"))


def repair_classes(viewer: Viewer) -> Choices:
    return list(RepairClass.objects.values_list("pk", "name"))


def order_fields(path: str) -> list[Column]:
    """The order behind a line or a payment."""
    return [
        order_number(path),
        choice("status", pgettext_lazy("report", "Order status"), f"{path}status",
               WorkOrder.Status.choices),
        choice("type", pgettext_lazy("report", "Repair type"), f"{path}repair_type__name",
               repair_types, filter=f"{path}repair_type_id"),
        choice("class", pgettext_lazy("report", "Repair class"), f"{path}repair_class__name",
               repair_classes, filter=f"{path}repair_class_id", nullable=True),
        person("adviser", pgettext_lazy("report", "Adviser"), f"{path}adviser"),
        moment("opened", pgettext_lazy("report", "Opened at"), f"{path}opened_at"),
        moment("settled", pgettext_lazy("report", "Settled at"), f"{path}settled_at",
               nullable=True),
    ]


def customer_fields(path: str) -> list[Column]:
    """The customer above a row; the phone is masked for all, and asked for only by who may."""
    return [
        text("customer", pgettext_lazy("report", "Customer"), f"{path}name"),
        number("customer_no", pgettext_lazy("report", "Customer file"), f"{path}id"),
        text("phone", pgettext_lazy("report", "Customer's phone"), f"{path}phone",
             mask=masked_phone, clear=P.SEE_PHONE),
        choice("customer_kind", pgettext_lazy("report", "Person or company"), f"{path}kind",
               Party.Kind.choices),
        choice("price_level", pgettext_lazy("report", "Price level"), f"{path}price_level",
               Party.PriceLevel.choices),
        text("tier", pgettext_lazy("report", "Member tier"), f"{path}member_tier"),
    ]


def vehicle_fields(path: str) -> list[Column]:
    return [
        text("make", pgettext_lazy("report", "Make"), f"{path}make"),
        text("series", pgettext_lazy("report", "Series"), f"{path}series"),
        text("car_model", pgettext_lazy("report", "Model"), f"{path}model"),
        number("model_year", pgettext_lazy("report", "Model year"), f"{path}model_year",
               nullable=True),
        choice("powertrain", pgettext_lazy("report", "Powertrain"), f"{path}powertrain",
               Vehicle.Powertrain.choices),
    ]


def part_fields(path: str) -> list[Column]:
    return [
        code("part_number", pgettext_lazy("report", "Part number"), f"{path}number",
             more=(f"{path}id",), show=linked("/parts/{}/"), plain=first),
        text("part_name", pgettext_lazy("report", "Part name"), f"{path}name"),
        text("brand", pgettext_lazy("report", "Brand"), f"{path}brand"),
    ]


def payer(path: str = "payer") -> Column:
    return choice("payer", pgettext_lazy("report", "Payer"), path, Payer.choices)
