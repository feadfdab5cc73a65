"""Every permission of the product, and the default sets of the roles (domain.md 2.2).

A role is a set of codes that an administrator may change; these are only where it starts.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class P(StrEnum):
    """Permission codes. The part before the dot groups them on the matrix screen."""

    VIEW_ORDERS = "orders.view"
    VIEW_OWN_ORDERS = "orders.view_own"
    OPEN_ORDER = "orders.open"
    EDIT_ORDER = "orders.edit"
    AUTHORISE = "orders.authorise"
    DISPATCH = "orders.dispatch"
    WORK = "orders.work"
    WORK_ANY = "orders.work_any"
    LEAD_TEAM = "orders.lead_team"
    INSPECT = "orders.inspect"
    DELIVER = "orders.deliver"
    REOPEN = "orders.reopen"
    VOID = "orders.void"
    REQUEST_PARTS = "parts.request"
    ISSUE_PARTS = "parts.issue"
    SETTLE = "money.settle"
    COLLECT = "money.collect"
    APPROVE_DISCOUNT = "money.approve_discount"
    APPROVE_REFUND = "money.approve_refund"
    APPROVE_CREDIT = "money.approve_credit"
    REVERSE_SETTLEMENT = "money.reverse"
    OVERRIDE_PRICE = "money.override_price"
    SEE_COST = "money.see_cost"
    VIEW_BOOKS = "money.view_books"
    CLOSE_PERIOD = "money.close_period"
    VIEW_CUSTOMERS = "customers.view"
    EDIT_CUSTOMERS = "customers.edit"
    MERGE_CUSTOMERS = "customers.merge"
    SEE_PHONE = "customers.see_phone"
    SEE_IDENTITY = "customers.see_identity"
    SET_CREDIT = "customers.set_credit"
    VIEW_CATALOG = "catalog.view"
    EDIT_CATALOG = "catalog.edit"
    EDIT_PRICES = "catalog.edit_prices"
    VIEW_STOCK = "stock.view"
    RECEIVE_STOCK = "stock.receive"
    EDIT_WAREHOUSES = "stock.warehouses"
    IMPORT_DATA = "system.import"
    MOVE_OUT = "system.move_out"
    MANAGE_STAFF = "system.staff"
    MANAGE_ROLES = "system.roles"
    MANAGE_STATIONS = "system.stations"
    VIEW_AUDIT = "system.audit"


LABELS: dict[str, Promise] = {
    P.VIEW_ORDERS: _("See all work orders"),
    P.VIEW_OWN_ORDERS: _("See own work orders"),
    P.OPEN_ORDER: _("Receive cars and open work orders"),
    P.EDIT_ORDER: _("Edit jobs and part lines"),
    P.AUTHORISE: _("Record the customer's approval"),
    P.DISPATCH: _("Dispatch and reassign"),
    P.WORK: _("Work on own jobs"),
    P.WORK_ANY: _("Start and finish any job"),
    P.LEAD_TEAM: _("Dispatch and run the jobs of the own team"),
    P.INSPECT: _("Final inspection"),
    P.DELIVER: _("Deliver cars"),
    P.REOPEN: _("Reopen completed orders"),
    P.VOID: _("Void orders"),
    P.REQUEST_PARTS: _("Request parts"),
    P.ISSUE_PARTS: _("Issue and take back parts"),
    P.SETTLE: _("Settle"),
    P.COLLECT: _("Collect, refund, deposits"),
    P.APPROVE_DISCOUNT: _("Approve discounts above the limit"),
    P.APPROVE_REFUND: _("Approve refunds"),
    P.APPROVE_CREDIT: _("Approve credit over the limit"),
    P.REVERSE_SETTLEMENT: _("Reverse settlements"),
    P.OVERRIDE_PRICE: _("Override prices"),
    P.SEE_COST: _("See cost and margin"),
    P.VIEW_BOOKS: _("See the books"),
    P.CLOSE_PERIOD: _("Close periods"),
    P.VIEW_CUSTOMERS: _("See customers and vehicles"),
    P.EDIT_CUSTOMERS: _("Edit customers and vehicles"),
    P.MERGE_CUSTOMERS: _("Merge duplicates"),
    P.SEE_PHONE: _("See whole phone numbers"),
    P.SEE_IDENTITY: _("See identity numbers"),
    P.SET_CREDIT: _("Set credit limits"),
    P.VIEW_CATALOG: _("See parts and labour"),
    P.EDIT_CATALOG: _("Edit parts and labour"),
    P.EDIT_PRICES: _("Change list prices"),
    P.VIEW_STOCK: _("See stock"),
    P.RECEIVE_STOCK: _("Receive stock"),
    P.EDIT_WAREHOUSES: _("Edit warehouses and bins"),
    P.IMPORT_DATA: _("Import data"),
    P.MOVE_OUT: _("Move everything out"),
    P.MANAGE_STAFF: _("Manage staff"),
    P.MANAGE_ROLES: _("Manage roles"),
    P.MANAGE_STATIONS: _("Manage stations"),
    P.VIEW_AUDIT: _("See the audit log"),
}

GROUPS: dict[str, Promise] = {
    "orders": _("Work orders"),
    "parts": _("Parts counter"),
    "money": _("Money"),
    "customers": _("Customers and vehicles"),
    "catalog": _("Catalogue"),
    "stock": _("Stock"),
    "system": _("System"),
}


@dataclass(frozen=True)
class RoleDefault:
    """Where a role starts: its name, codes and limits (decisions.md, Scope and people)."""

    code: str
    name: str
    permissions: frozenset[str]
    discount_limit: Decimal = Decimal(0)
    round_off_limit: Decimal = Decimal(0)
    home: str = "desk"


def _set(*codes: P) -> frozenset[str]:
    return frozenset(str(code) for code in codes)


_FIVE, _TWENTY = Decimal("0.05"), Decimal("0.20")
_LOOK = (P.VIEW_ORDERS, P.VIEW_CUSTOMERS, P.VIEW_CATALOG, P.VIEW_STOCK)

DEFAULT_ROLES: tuple[RoleDefault, ...] = (
    RoleDefault(
        "service_adviser", "服务顾问",
        _set(*_LOOK, P.OPEN_ORDER, P.EDIT_ORDER, P.AUTHORISE, P.REQUEST_PARTS, P.SETTLE, P.DELIVER,
             P.EDIT_CUSTOMERS, P.MERGE_CUSTOMERS, P.SEE_PHONE),
        _FIVE, Decimal(10),
    ),
    RoleDefault(
        "workshop_controller", "车间调度",
        _set(*_LOOK, P.DISPATCH, P.WORK_ANY, P.REQUEST_PARTS),
    ),
    RoleDefault(
        "technician", "技师",
        _set(P.VIEW_OWN_ORDERS, P.WORK, P.REQUEST_PARTS, P.VIEW_CATALOG), home="phone",
    ),
    RoleDefault(
        "team_leader", "班组长",
        _set(*_LOOK, P.WORK, P.LEAD_TEAM, P.REQUEST_PARTS),
    ),
    RoleDefault("inspector", "质检", _set(P.VIEW_ORDERS, P.VIEW_CATALOG, P.INSPECT)),
    RoleDefault(
        "storekeeper", "库管",
        _set(P.VIEW_ORDERS, P.VIEW_CATALOG, P.EDIT_CATALOG, P.VIEW_STOCK, P.ISSUE_PARTS,
             P.RECEIVE_STOCK, P.EDIT_WAREHOUSES, P.SEE_COST),
    ),
    RoleDefault(
        "purchaser", "采购",
        _set(P.VIEW_CATALOG, P.EDIT_CATALOG, P.VIEW_STOCK, P.RECEIVE_STOCK, P.SEE_COST),
    ),
    RoleDefault(
        "cashier", "收银/财务",
        _set(P.VIEW_ORDERS, P.VIEW_CUSTOMERS, P.VIEW_CATALOG, P.VIEW_STOCK, P.SETTLE, P.COLLECT,
             P.SEE_COST, P.VIEW_BOOKS, P.SEE_PHONE, P.CLOSE_PERIOD),
        _FIVE, Decimal(10),
    ),
    RoleDefault("warranty_clerk", "索赔员", _set(*_LOOK, P.REQUEST_PARTS)),
    RoleDefault(
        "customer_care", "客服", _set(P.VIEW_ORDERS, P.VIEW_CUSTOMERS, P.SEE_PHONE),
    ),
    RoleDefault(
        "station_manager", "站长",
        frozenset(str(code) for code in P) - {P.MANAGE_ROLES, P.MANAGE_STATIONS, P.COLLECT, P.WORK},
        _TWENTY, Decimal(200),
    ),
    RoleDefault(
        "head_office", "总部",
        _set(*_LOOK, P.SEE_COST, P.VIEW_BOOKS, P.APPROVE_CREDIT, P.EDIT_CATALOG, P.EDIT_PRICES,
             P.MANAGE_STAFF, P.MANAGE_STATIONS, P.VIEW_AUDIT),
    ),
    RoleDefault(
        "administrator", "管理员",
        _set(P.MANAGE_STAFF, P.MANAGE_ROLES, P.MANAGE_STATIONS, P.IMPORT_DATA, P.MOVE_OUT,
             P.VIEW_AUDIT),
    ),
)
