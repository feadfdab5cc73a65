"""Whose papers are looked at, and where the person may see money."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from chejian.accounts.access import Access
from chejian.accounts.permissions import P
from chejian.parties.models import Party
from chejian.parties.queries import party_ids
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import vehicle_ids
from chejian.workorders.models.past import MONEY_SEERS


@dataclass(frozen=True)
class Scope:
    """A customer or a car with all records merged into it. ``money``: stations whose sums show."""

    subject: Party | Vehicle
    ids: Sequence[int]
    money: Sequence[int]

    @property
    def orders(self) -> Q:
        """Live and past orders of the subject."""
        return Q(**{f"{self.key}__in": self.ids})

    @property
    def key(self) -> str:
        """The subject on an order."""
        return "customer_id" if isinstance(self.subject, Party) else "vehicle_id"

    @property
    def conditions(self) -> dict[str, str]:
        """The same for a plain statement with ``ids``, and which settlements (``s``) count.

        What the customer himself was charged; of a car what anybody was.
        """
        if isinstance(self.subject, Party):
            return {"orders": "customer_id = ANY(%(ids)s)", "joined": "",
                    "settlements": "s.party_id = ANY(%(ids)s)"}
        return {
            "orders": "vehicle_id = ANY(%(ids)s)",
            "joined": "JOIN workorders_workorder o ON o.id = s.order_id",
            "settlements": "o.vehicle_id = ANY(%(ids)s) "
                           "AND s.payer NOT IN ('internal', 'goodwill')",
        }


def money_stations(access: Access) -> list[int]:
    """Where the person sees all orders and what they cost."""
    return [
        pk for pk in access.stations_with(P.VIEW_ORDERS)
        if any(access.can_at(code, pk) for code in MONEY_SEERS)
    ]


def scope_of(request: Any, subject: Party | Vehicle) -> Scope:
    ids = party_ids(subject) if isinstance(subject, Party) else vehicle_ids(subject)
    return Scope(subject, ids, money_stations(request.user.access))
