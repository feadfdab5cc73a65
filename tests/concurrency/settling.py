"""A cashier in a process of his own, to be killed: settles the orders named, one after the other.

Every order has its own replay key, so that he may be started again on the same list.
"""

import os
import sys
import uuid

import django


def key_of(order_id: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"settlement of {order_id}")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chejian.settings")
    django.setup()
    from django.utils import timezone

    from chejian.accounts.models import User
    from chejian.billing.services.settlement import settle
    from chejian.workorders.models import WorkOrder

    cashier = User.objects.get(pk=int(sys.argv[1]))
    for name in sys.argv[2:]:
        order = WorkOrder.objects.select_related("station").get(pk=int(name))
        settle(order=order, by=cashier, at=timezone.now(), key=key_of(order.pk))
        print(order.pk, flush=True)


if __name__ == "__main__":
    main()
