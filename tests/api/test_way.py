"""A car's whole way through the shop, over the API alone, each step by its own person."""

import base64
import io
from decimal import Decimal

import pytest
from PIL import Image, ImageDraw

from chejian.workorders.models import WorkOrder
from tests.api.client import program
from tests.factories import catalog, inventory
from tests.factories.workorders import Shop, brought_to, repair_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def made(response, status: int = 201):
    assert response.status_code == status, response.content.decode()
    return response.json()


def signature() -> str:
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((10, 60, 280, 80), fill=(0, 0, 0, 255), width=4)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def photo() -> io.BytesIO:
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 120, 90)).save(kept, "JPEG")
    kept.seek(0)
    kept.name = "车.jpg"
    return kept


def test_from_the_counter_to_the_exit(defaults) -> None:
    shop = Shop()
    adviser, controller = program(shop.adviser), program(shop.controller)
    technician, keeper = program(shop.technician), program(shop.storekeeper)
    inspector, cashier = program(shop.inspector), program(shop.cashier)
    part = catalog.make_part(retail_price=Decimal(100))
    inventory.stock(part, shop.warehouse, 5, by=shop.storekeeper)

    customer = made(adviser.post("/customers", {"name": "王建华", "phone": "13800001234"}))
    assert customer["phone"] == "138 **** 1234"
    car = made(adviser.post("/vehicles", {"plate": "浙B12345", "owner_id": customer["id"]}))
    order = made(adviser.post("/work-orders", {
        "vehicle_id": car["id"], "odometer": 42_000, "repair_type_id": repair_type().pk,
        "concerns": [{"text": "刹车异响", "when": "低速"}],
    }))
    base = f"/work-orders/{order['id']}"
    assert (order["status"], order["customer_name"]) == ("draft", "王建华")
    assert order["contact_phone"] == "13800001234"
    concern = order["concerns"][0]
    at = f"{base}/concerns/{concern['id']}"
    assert made(technician.put(at, {"diagnosis": "片薄"}), 404)
    made(adviser.put(at, {"diagnosis": "前片已薄"}, If_Match=f'"{concern["etag"]}"'), 200)
    job = made(adviser.post(f"{base}/jobs", {"name": "更换前刹车片", "flat_hours": "1.2"}))
    line = made(adviser.post(f"{base}/jobs/{job['id']}/part-lines",
                             {"part_id": part.pk, "quantity": 2}))
    assert (line["amount"], line["cost"]) == ("200.00", None)
    made(adviser.post(f"{base}/receptions"))
    sheet = made(adviser.put(f"{base}/walkaround", {
        "marks": [{"panel": "hood", "x": 0.25, "y": "0.5", "kind": "scratch"}],
        "signature": signature(), "signed_name": "王建华",
    }), 200)
    assert (sheet["signed_name"], sheet["marks"][0]["x"]) == ("王建华", "0.2500")
    answer = made(adviser.post(f"{base}/approvals", {
        "answers": [{"job_id": job["id"], "approved": True}], "given_by": "王建华",
        "channel": "phone",
    }))
    assert Decimal(answer["amount"]) == Decimal(job["amount"]) + 200
    made(controller.post(f"{base}/assignments", {
        "job_ids": [job["id"]], "technicians": [{"technician_id": shop.technician.pk}],
    }))
    one = f"{base}/jobs/{job['id']}"
    assert made(technician.post(f"{one}/clocks"))["status"] == "working"
    asked = made(technician.post(f"{base}/part-requests"))
    assert asked["jobs"][0]["part_lines"][0]["requests"][0]["quantity"] == "2.000"
    issued = made(keeper.post(f"{base}/part-lines/{line['id']}/issues", {"quantity": 2}))
    assert issued["cost"] is not None
    shot = made(technician.upload(f"{base}/photos", {"photo": photo(), "stage": "repair"}))
    made(technician.post(f"{one}/pauses", {"reason": "午休"}))
    made(technician.post(f"{one}/clocks"))
    made(technician.post(f"{one}/completions"))
    made(technician.post(f"{base}/completions"))
    made(inspector.post(f"{base}/inspections", {
        "verdict": "passed", "items": [{"name": "制动", "passed": True, "measured": "60"}],
    }))
    settled = made(cashier.post(f"{base}/settlements"))
    owed = settled["items"][0]["open_amount"]
    assert owed == settled["items"][0]["payable"]
    paid = made(cashier.post(f"{base}/payments",
                             {"tenders": [{"method": "wechat", "amount": owed}]}))
    assert (paid["amount"], paid["parts"][0]["method"]) == (owed, "wechat")
    over = made(adviser.post(f"{base}/deliveries", {
        "odometer_out": 42_010, "collected_by": "王建华", "papers": ["settlement", "keys"],
    }))
    assert (over["status"], over["cleared"]) == ("delivered", True)
    assert WorkOrder.objects.get(pk=order["id"]).status == "delivered"

    file = f"/files/{shot['file_id']}"
    assert made(adviser.get(file), 200)["content_type"] == "image/jpeg"
    bytes_ = adviser.get(f"{file}/content", Range="bytes=0-3")
    assert (bytes_.status_code, len(b"".join(bytes_.streaming_content))) == (206, 4)


def test_the_ways_that_turn_back(defaults) -> None:
    """Hold and resume, a failed inspection, reopening, reversing, voiding: each by its person."""
    shop = Shop()
    technician, inspector = program(shop.technician), program(shop.inspector)
    manager, cashier = program(shop.manager), program(shop.cashier)

    def after(who, order: WorkOrder, deed: str, body: dict | None = None) -> str:
        made(who.post(f"/work-orders/{order.pk}/{deed}", body))
        return WorkOrder.objects.values_list("status", flat=True).get(pk=order.pk)

    working = brought_to("in_progress", shop)
    assert after(technician, working, "holds", {"reason": "customer"}) == "on_hold"
    assert after(technician, working, "resumptions") == "in_progress"
    failed = brought_to("pending_inspection", shop)
    verdict = {"verdict": "failed", "reason": "异响仍在"}
    assert after(inspector, failed, "inspections", verdict) == "in_progress"
    done = brought_to("completed", shop)
    assert after(manager, done, "reopenings", {"reason": "漏项"}) == "in_progress"
    settled = brought_to("completed", shop)
    assert after(cashier, settled, "settlements") == "settled"
    assert after(manager, settled, "reversals", {"reason": "开错抬头"}) == "completed"
    given_up = brought_to("received", shop)
    assert after(manager, given_up, "voids", {"reason": "客户不修了"}) == "cancelled"
