"""What nobody means and somebody sends: refused with a page, never an error, nothing written."""

from decimal import Decimal

import pytest
from django.utils import timezone

from chejian.billing.services.collection import Tender, take_deposit
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.core.event_words import event_words
from chejian.vehicles.services.odometer import EVENT_WORDS
from chejian.workorders import services
from chejian.workorders.models import Walkaround, WorkOrder
from tests.factories.accounts import client_of
from tests.factories.workorders import Shop, make_order

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["\x00", "a\x00b"])
def test_a_zero_byte_in_a_scan_is_refused(code: str) -> None:
    shop = Shop()
    answer = client_of(shop.storekeeper).post("/stores/scans/", {"code": code})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/stock/?q=%00", "/stock/?warehouse=%00", "/search/?q=%00"])
def test_a_zero_byte_in_a_search_is_no_error(path: str) -> None:
    assert client_of(Shop().storekeeper).get(path).status_code in (200, 422)


@pytest.mark.parametrize("path", ["/reception/?vehicle=²", "/stock/?warehouse=²",
                                  "/work-orders/?adviser=²", "/my-jobs/?technician=²"])
def test_a_raised_digit_is_no_number(path: str) -> None:
    assert client_of(Shop().manager).get(path).status_code in (200, 404, 422)


@pytest.mark.parametrize("day", ["0001-01-01T00:00", "0026-11-22T10:00", "9999-12-31T23:59"])
def test_a_slipped_year_is_refused(day: str) -> None:
    """The first of them would be kept and could never be read again, by any list."""
    shop = Shop()
    order = make_order(shop)
    client = client_of(shop.adviser)
    answer = client.post(f"/work-orders/{order.pk}/head/", {
        "version": order.version, "repair_type": order.repair_type_id, "priority": 3,
        "old_parts": "leave", "promised_at": day,
    })
    assert answer.status_code == 422
    assert "年份" in answer.content.decode()
    assert WorkOrder.objects.get(pk=order.pk).promised_at == order.promised_at
    sent = {"plate": "粤B12345", "promised_at": day}
    assert client.post("/reception/", sent).status_code == 422
    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize("text", ["修" * 10_000, "a\x00b"])
def test_a_text_that_does_not_fit_the_sheet_is_shown_again(text: str) -> None:
    shop = Shop()
    order = make_order(shop)
    answer = client_of(shop.adviser).post(
        f"/work-orders/{order.pk}/walkaround/", {"tyres": text, "wash": "on"})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode() or "error" in answer.content.decode()
    assert not Walkaround.objects.exists()


def test_the_audit_names_what_happens_to_odometers() -> None:
    kinds = [f"vehicle.odometer_{word}" for word in EVENT_WORDS.values()]
    assert all(str(event_words(kind)) != kind for kind in kinds)


def test_a_payments_number_leads_to_what_every_onlooker_may_open() -> None:
    ensure_chart()
    shop = Shop()
    order = make_order(shop)
    services.receive(order=order, by=shop.adviser, at=timezone.now())
    payment = take_deposit(order=order, tenders=[Tender("cash", Decimal(50))], by=shop.cashier,
                           at=timezone.now())
    reader = client_of(shop.storekeeper)
    answer = reader.get(f"/documents/{payment.number}/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, f"/work-orders/{order.pk}/")
