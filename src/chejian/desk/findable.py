"""What the search box finds: the kinds of results, in the order of their groups."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P


@dataclass(frozen=True)
class Kind:
    """One group of results: its word, icon, URL name, its list, and who may see it."""

    code: str
    label: str | Promise
    icon: str
    url: str
    list_url: str
    permissions: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("order", _("Work orders"), "file", "order", "orders", (P.VIEW_ORDERS,)),
    Kind("vehicle", _("Vehicles"), "car", "vehicle", "vehicles", (P.VIEW_CUSTOMERS,)),
    Kind(
        "party", pgettext_lazy("menu", "Customers"), "users", "party", "parties",
        (P.VIEW_CUSTOMERS,),
    ),
    Kind("part", _("Parts"), "box", "part", "parts", (P.VIEW_CATALOG,)),
    Kind("past_order", _("Orders of the old system"), "clock", "past_order", "past_orders",
         (P.VIEW_ORDERS,)),
)
