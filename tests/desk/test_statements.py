"""The verbs of the day keep their number of statements, through their forms.

Session, person, permissions, begin, commit and the key against double submits are counted with it.
"""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chejian.billing.queries import customer_receivable
from chejian.catalog.services import TemplateJob, TemplatePart, save_template
from chejian.core.models import Event
from chejian.workorders.models import WorkOrder
from tests.desk.test_reception import typed
from tests.factories import catalog, parties, vehicles
from tests.factories import workorders as make
from tests.factories.accounts import client_of

CREATE, ISSUE, SETTLE, COLLECT = 22, 20, 26, 18


def posted(client: Client, address: str, form: dict[str, Any]) -> int:
    """Statements of one post that went well."""
    with CaptureQueriesContext(connection) as seen:
        response = client.post(address, form)
    assert response.status_code == 302, response.content.decode()[:2000]
    return len(seen.captured_queries)


def kinds(order: WorkOrder) -> list[str]:
    rows = Event.objects.filter(subject_type="workorders.WorkOrder", subject_id=order.pk)
    return list(rows.order_by("id").values_list("kind", flat=True))


def template(shop: make.Shop, parts: int) -> int:
    wanted = [TemplatePart(catalog.make_part(), Decimal(1)) for _ in range(parts)]
    made = save_template(
        name=f"保养 {parts}", jobs=[TemplateJob(catalog.make_operation(), wanted)], by=shop.manager,
        at=make.timezone.now(),
    )
    return made.pk


@pytest.mark.parametrize("parts", [1, 4, 20])
def test_an_order_is_made_in_as_many_statements_for_one_part_as_for_twenty(
    shop: make.Shop, parts: int
) -> None:
    car = vehicles.make_vehicle("粤B55555", owner=parties.make_party("李娜"))
    client, form = client_of(shop.adviser), typed(
        vehicle=car.pk, name="", phone="", templates=template(shop, parts),
        waived_reason="客户赶时间",
    )
    client.get("/")

    assert posted(client, "/reception/", form) <= CREATE

    order = WorkOrder.objects.get()
    assert (order.status, order.part_lines.count(), order.walkaround_settled) == (
        "received", parts, True)
    assert order.proposed_total == sum(
        (row.amount for row in [*order.jobs.all(), *order.part_lines.all()]), Decimal(0)
    )
    assert kinds(order) == [
        "order.opened", "walkaround.recorded", "walkaround.waived", "job.added",
        *["part.added"] * parts, "order.received",
    ]


def test_issuing_one_line_asks_for_that_line_only(shop: make.Shop) -> None:
    order = make.make_order(shop)
    job = make.add_job(order, shop)
    lines = [make.add_part(job, shop, shop.stocked(), 2) for _ in range(5)]
    make.services.receive(order=order, by=shop.adviser, at=make.timezone.now())
    make.authorise(order, shop)
    client = client_of(shop.storekeeper)
    client.get("/")

    form = {"key": uuid.uuid4(), "line": lines[0].pk, "quantity": "1"}
    assert posted(client, f"/stores/{order.pk}/issues/", form) <= ISSUE

    assert [line.issued for line in order.part_lines.order_by("id")] == [1, 0, 0, 0, 0]
    assert kinds(order)[-1] == "part.issued"


@pytest.mark.parametrize("jobs", [1, 6])
def test_settling_and_collecting_do_not_grow_with_the_lines(shop: make.Shop, jobs: int) -> None:
    order = make.brought_to("completed", shop, jobs=jobs, part=shop.stocked())
    client = client_of(shop.cashier)
    client.get("/")

    assert posted(client, f"/work-orders/{order.pk}/settlements/", {"key": uuid.uuid4()}) <= SETTLE
    receivable = customer_receivable(order)
    assert receivable is not None
    paid = {"key": uuid.uuid4(), "cash": receivable.open_amount}
    assert posted(client, f"/work-orders/{order.pk}/payments/", paid) <= COLLECT

    order.refresh_from_db()
    assert (order.status, order.cleared) == ("settled", True)
    assert kinds(order)[-4:] == [
        "order.settled", "order.billed", "order.cleared", "payment.collected"]
