"""What a token of the API may be used for. A token never opens more than its person may do."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """An area of the API, to be read or to be written."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    VEHICLES_READ = "vehicles:read"
    VEHICLES_WRITE = "vehicles:write"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    EVENTS_READ = "events:read"


SCOPE_WORDS: dict[str, Promise] = {
    Scope.CUSTOMERS_READ: _("Read customers"),
    Scope.CUSTOMERS_WRITE: _("Change customers"),
    Scope.VEHICLES_READ: _("Read vehicles"),
    Scope.VEHICLES_WRITE: _("Change vehicles"),
    Scope.CATALOG_READ: _("Read parts and labour"),
    Scope.CATALOG_WRITE: _("Change parts and labour"),
    Scope.STOCK_READ: _("Read stock"),
    Scope.STOCK_WRITE: _("Receive goods, keep warehouses"),
    Scope.ORDERS_READ: _("Read work orders"),
    Scope.ORDERS_WRITE: _("Act on work orders"),
    Scope.MONEY_READ: _("Read settlements and payments"),
    Scope.MONEY_WRITE: _("Settle, collect, refund, decide requests"),
    Scope.FILES_READ: _("Download files"),
    Scope.FILES_WRITE: _("Upload files"),
    Scope.EVENTS_READ: _("Follow the events"),
}
