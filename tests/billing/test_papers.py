"""The settlement list is asked for with the settlement and says what the document says."""

import re
from decimal import Decimal as D

import pytest
from django.utils import timezone

from chejian.billing import paper_data, paper_source
from chejian.billing.models import Settlement
from chejian.billing.queries import customer_receivable
from chejian.billing.services.collection import Tender, collect
from chejian.billing.services.reversal import reverse_settlement
from chejian.billing.services.settlement import settle
from chejian.billing.tasks import make_settlement_list
from chejian.core import file_store
from chejian.workorders import services as work
from chejian.workorders.models import OrderPaper, WorkOrder
from tests.factories.workorders import Shop, brought_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def settled(shop: Shop) -> WorkOrder:
    order = brought_to("completed", shop, part=shop.stocked())
    work.set_discounts(order=order, order_discount=D("4.00"), round_off=D("0.40"),
                       by=shop.cashier, at=timezone.now())
    settle(order=order, by=shop.cashier, at=timezone.now())
    receivable = customer_receivable(order)
    assert receivable is not None
    collect(order=order, tenders=[Tender("wechat", receivable.amount)], by=shop.cashier,
            at=timezone.now())
    return order


def test_the_list_ties_to_the_document_and_says_how_it_was_paid(defaults: None) -> None:
    shop = Shop()
    order = settled(shop)
    settlement = Settlement.objects.get(order=order)
    data = paper_data.settlement_list(paper_source.settlement_list(settlement))
    assert data["number"] == settlement.number
    assert data["order_number"] == order.number
    assert data["payment"] == "微信"
    assert D(str(data["total"]).replace(",", "")) == settlement.payable
    assert (data["discount"], data["round_off"]) == ("−4.00", "−0.40")


def test_the_worker_makes_the_pdf(defaults: None) -> None:
    shop = Shop()
    order = settled(shop)
    paper = OrderPaper.objects.get(order=order, kind="settlement")
    assert paper.status == "queued"
    make_settlement_list(paper_id=paper.pk)
    paper.refresh_from_db()
    assert (paper.status, paper.error) == ("ready", "")
    assert paper.file is not None
    with file_store.open_file(paper.file.sha256) as stream:
        pdf = stream.read()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1


def test_a_reversal_has_a_paper_with_a_minus(defaults: None) -> None:
    shop = Shop()
    order = settled(shop)
    reverse_settlement(order=order, reason="付款方填错", by=shop.manager, at=timezone.now())
    made = Settlement.objects.get(order=order, kind="reversal")
    data = paper_data.settlement_list(paper_source.settlement_list(made))
    assert data["reverses"] == made.reverses.number
    assert str(data["total"]).startswith("−")
    paper = OrderPaper.objects.filter(order=order, kind="settlement").latest("pk")
    assert paper.subject_id == made.pk
