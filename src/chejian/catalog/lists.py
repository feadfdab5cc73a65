"""The lists of parts and of labour operations."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.catalog import queries
from chejian.catalog.models import LabourOperation, Part, TaxRate
from chejian.core.errors import Text
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer


def _parts(viewer: Viewer) -> Rows:
    return Part.objects.visible_to(viewer.user)


def _find_part(rows: Rows, words: str) -> tuple[Rows, bool]:
    return queries.matching(rows, words), False


def _brands(viewer: Viewer) -> Choices:
    return [(brand, brand) for brand in queries.brands()]


def _rates(viewer: Viewer) -> Choices:
    return list(TaxRate.objects.order_by("pk").values_list("pk", "name"))


def _price(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.MONEY, path, **({"hidden": True, "nullable": True} | more))


def active_tabs(all_of_them: Text) -> tuple[Tab, ...]:
    return (
        Tab("yes", pgettext_lazy("catalogue", "In use"), Q(active=True)),
        Tab("no", _("Inactive"), Q(active=False)),
        Tab("all", all_of_them),
    )


def _void(active: bool) -> str:
    return "" if active else "void"


PARTS = ListSpec(
    name="parts", title=_("Parts"), address="parts", permissions=(P.VIEW_CATALOG,), rows=_parts,
    columns=(
        Column("name", _("Name"), path="name", wide=True, sort="name_key", indexed=True),
        Column("number", pgettext_lazy("part", "Number"), Kind.CODE, "number", indexed=True),
        Column("spec", _("Specification"), path="spec"),
        Column("brand", _("Brand"), Kind.CHOICE, "brand", choices=_brands, quick=True,
               nullable=True),
        Column("origin", _("Origin"), Kind.CHOICE, "origin", choices=Part.Origin.choices,
               quick=True, nullable=True),
        Column("unit", _("Unit"), path="unit"),
        _price("price", _("Retail price"), "retail_price", hidden=False, nullable=False),
        _price("member", _("Member price"), "member_price"),
        _price("contract", _("Contract price"), "contract_price"),
        _price("wholesale", _("Wholesale price"), "wholesale_price"),
        _price("claim", _("Claim price"), "claim_price"),
        Column("safety", _("Safety stock"), Kind.QUANTITY, "safety_stock", hidden=True),
        Column("fits", _("Fits"), path="fitment", hidden=True),
        Column("barcode", _("Barcode"), Kind.CODE, "barcode", hidden=True),
        Column("tax", _("Tax rate"), Kind.CHOICE, "tax_rate__name", filter="tax_rate_id",
               choices=_rates, hidden=True),
        Column("created", _("Created"), Kind.MOMENT, "created_at", hidden=True),
        Column("remarks", _("Remarks"), path="remarks", hidden=True),
    ),
    sort="name", link="/parts/{}/", named_by="name", local=False, tab_key="active",
    tabs=active_tabs(_("All parts")), tone=(("active",), _void),
    search=_find_part, search_label=_("Number, name, pinyin, OE number"),
    empty=(_("No parts yet"),
           _("Bring them in from a file of the old system, or enter the first one.")),
)


def _operations(viewer: Viewer) -> Rows:
    return LabourOperation.objects.visible_to(viewer.user)


def _find_operation(rows: Rows, words: str) -> tuple[Rows, bool]:
    return queries.operations_matching(rows, words), False


OPERATIONS = ListSpec(
    name="operations", title=pgettext_lazy("catalogue", "Labour"), address="operations",
    permissions=(P.VIEW_CATALOG,), rows=_operations,
    columns=(
        Column("name", _("Name"), path="name", wide=True, sort="name_key", indexed=True),
        Column("code", _("Code"), Kind.CODE, "code", indexed=True),
        Column("hours", _("Flat-rate hours"), Kind.QUANTITY, "flat_hours"),
        Column("fixed", _("Fixed price"), Kind.MONEY, "fixed_price", nullable=True),
        Column("skill", pgettext_lazy("labour", "Skill"), path="skill"),
        Column("tax", _("Tax rate"), Kind.CHOICE, "tax_rate__name", filter="tax_rate_id",
               choices=_rates, hidden=True),
    ),
    sort="code", link="/labour/{}/", link_permission=P.EDIT_CATALOG, named_by="name",
    local=False, tab_key="active",
    tabs=active_tabs(_("All operations")), tone=(("active",), _void),
    search=_find_operation, search_label=_("Code, name, pinyin"),
    empty=(_("No operations yet"),
           _("Enter the jobs the shop does most, with their flat-rate hours.")),
)
