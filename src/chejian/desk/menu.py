"""The menu: which screens a person finds, by what he may do. Order follows the day's work."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.accounts.permissions import P


@dataclass(frozen=True)
class Entry:
    """A screen: its URL name, word, icon, and the permissions any of which opens it.

    Most screens are about the present station, and a right held there opens them; for those of
    the whole organisation (``anywhere``) it may be held at any.
    """

    name: str
    label: str | Promise
    icon: str
    permissions: tuple[str, ...] = ()
    count: str = ""
    kbd: str = ""
    anywhere: bool = False

    def opens_to(self, user: User, here: StationAccess | None) -> bool:
        if not self.permissions:
            return True
        if self.anywhere or here is None:
            return user.access.can_any(self.permissions)
        return not here.permissions.isdisjoint(self.permissions)


@dataclass(frozen=True)
class Section:
    label: str | Promise
    entries: Sequence[Entry]


MENU: tuple[Section, ...] = (
    Section(
        "",
        (
            Entry("home", pgettext_lazy("menu", "Home"), "home"),
            Entry("reception", _("Receive a car"), "car", (P.OPEN_ORDER,), kbd="F2"),
            Entry("my_jobs", _("My jobs"), "wrench", (P.WORK, P.LEAD_TEAM), count="my_jobs"),
        ),
    ),
    Section(
        pgettext_lazy("menu", "Documents"),
        (
            Entry("orders", _("Work orders"), "file", (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS),
                  count="open"),
            Entry("approvals", _("Approvals"), "check",
                  (P.APPROVE_DISCOUNT, P.APPROVE_REFUND, P.APPROVE_CREDIT, P.OVERRIDE_PRICE),
                  count="approvals", anywhere=True),
            Entry("queries", pgettext_lazy("menu", "Queries"), "columns",
                  (P.VIEW_ORDERS, P.COLLECT, P.SETTLE, P.VIEW_BOOKS, P.VIEW_STOCK,
                   P.VIEW_CUSTOMERS), anywhere=True),
        ),
    ),
    Section(
        _("Parts"),
        (
            Entry("stores", _("Issue parts"), "barcode", (P.ISSUE_PARTS,), count="requests"),
            Entry("stock", _("Stock"), "box", (P.VIEW_STOCK,)),
            Entry("receipts", pgettext_lazy("menu", "Receipts"), "truck", (P.RECEIVE_STOCK,)),
            Entry("parts", _("Parts and labour"), "tag", (P.VIEW_CATALOG,), anywhere=True),
        ),
    ),
    Section(
        pgettext_lazy("menu", "Accounts"),
        (
            Entry("cashier", _("Settle and collect"), "cash", (P.SETTLE, P.COLLECT),
                  count="to_settle"),
            Entry("settlement_list", _("Settlements and payments"), "receipt",
                  (P.SETTLE, P.COLLECT, P.VIEW_BOOKS)),
            Entry("trial_balance", pgettext_lazy("menu", "Books"), "chart", (P.VIEW_BOOKS,),
                  anywhere=True),
        ),
    ),
    Section(
        _("Customers"),
        (
            Entry("parties", pgettext_lazy("menu", "Customers"), "users", (P.VIEW_CUSTOMERS,),
                  anywhere=True),
            Entry("vehicles", _("Vehicles"), "car", (P.VIEW_CUSTOMERS,), anywhere=True),
            Entry("imports", _("Import"), "upload", (P.IMPORT_DATA,)),
            Entry("archives", _("Move out"), "download", (P.MOVE_OUT,)),
        ),
    ),
)

END: tuple[Entry, ...] = (
    Entry("help", _("Help"), "help"),
    Entry("settings", _("Settings"), "gear",
          (P.MANAGE_STAFF, P.MANAGE_ROLES, P.MANAGE_STATIONS, P.VIEW_AUDIT, P.EDIT_WAREHOUSES,
           P.EDIT_CATALOG)),
)

QUICK: tuple[Entry, ...] = (
    Entry("reception", _("Receive a car"), "car", (P.OPEN_ORDER,), kbd="F2"),
    Entry("new_party", _("New customer"), "users", (P.EDIT_CUSTOMERS,), anywhere=True),
    Entry("new_vehicle", _("New vehicle"), "car", (P.EDIT_CUSTOMERS,), anywhere=True),
    Entry("receipt_create", _("New receipt"), "truck", (P.RECEIVE_STOCK,)),
)


def may_open(name: str, user: User, here: StationAccess | None) -> bool:
    """Whether the screen with that URL name is one of the person's own."""
    entries = [*(entry for section in MENU for entry in section.entries), *END, *QUICK]
    return any(entry.opens_to(user, here) for entry in entries if entry.name == name)
