"""The addresses of the order's verbs: one call each, refusals as pages, nothing half done."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from chejian.accounts.models import ApprovalRequest
from chejian.core.replay import new_key
from chejian.workorders import services
from chejian.workorders.models import OrderPaper, WorkOrder
from chejian.workorders.tasks import make_order_paper
from tests.factories import catalog
from tests.factories.accounts import client_of
from tests.factories.workorders import Shop, add_job, add_part, authorise, brought_to, make_order

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true"}
SIGNED = (
    "data:image/png;base64,"
)


def drawn() -> str:
    """A signature as the canvas sends it."""
    import base64

    picture = Image.new("RGBA", (600, 160), (0, 0, 0, 0))
    for x in range(60, 500):
        for y in range(70, 76):
            picture.putpixel((x, y + x % 17), (20, 20, 20, 255))
    kept = BytesIO()
    picture.save(kept, "PNG")
    return SIGNED + base64.b64encode(kept.getvalue()).decode()


def url(order: WorkOrder, tail: str) -> str:
    return f"/work-orders/{order.pk}/{tail}"


def post(person, order, tail, data=None, headers=None):
    return client_of(person).post(url(order, tail), data or {}, headers=headers or {})


def test_the_whole_way_through_the_addresses() -> None:
    shop = Shop()
    part = shop.stocked(10)
    operation = catalog.make_operation()
    order = make_order(shop, odometer=100)
    assert post(shop.adviser, order, "jobs/", {"choice": f"o{operation.pk}"}).status_code == 302
    assert post(shop.adviser, order, "jobs/", {"choice": f"p{part.pk}"}, SCRIPT).status_code == 200
    job, line = order.jobs.get(), order.part_lines.get()
    assert line.job == job
    assert post(shop.adviser, order, "receptions/").status_code == 302
    marks = '[{"panel": "bonnet", "x": 0.4212345, "y": 0.5, "kind": "scratch", "note": "8 cm"}]'
    answer = post(shop.adviser, order, "walkaround/", {
        "marks": marks, "belongings": "雨伞", "signature_image": drawn(), "signed_name": "王建华",
    })
    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.walkaround_settled
    assert order.walkaround.marks.get().x == Decimal("0.4212")
    answer = post(shop.adviser, order, "approvals/", {
        f"job_{job.pk}": "yes", "given_by": "王建华", "channel": "phone", "key": new_key(),
    }, SCRIPT)
    assert answer.status_code == 200
    assert "dialog:close" in answer["HX-Trigger"]
    assert post(shop.controller, order, "assignments/", {
        "jobs": [job.pk], "technicians": [shop.technician.pk],
    }).status_code == 302
    assert post(shop.technician, order, f"jobs/{job.pk}/clocks/").status_code == 302
    assert post(shop.adviser, order, "part-requests/").status_code == 302
    assert post(shop.storekeeper, order, f"part-lines/{line.pk}/issues/", {
        "quantity": "1", "key": str(new_key()),
    }).status_code == 302
    issue = line.issues.get()
    assert post(shop.storekeeper, order, f"part-issues/{issue.pk}/returns/",
                {"quantity": "1"}).status_code == 302
    assert post(shop.storekeeper, order, f"part-lines/{line.pk}/issues/").status_code == 302
    assert post(shop.technician, order, f"jobs/{job.pk}/pauses/", {
        "technician": shop.technician.pk, "reason": "吃饭",
    }).status_code == 302
    assert post(shop.technician, order, f"jobs/{job.pk}/completions/").status_code == 302
    assert post(shop.technician, order, "completions/").status_code == 302
    order.refresh_from_db()
    assert order.status == "pending_inspection"


def test_a_refusal_is_a_page_with_all_reasons_and_changes_nothing() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    answer = post(shop.technician, order, "completions/")
    assert answer.status_code == 422
    order.refresh_from_db()
    assert order.status == "in_progress"


def test_a_form_keeps_what_was_typed() -> None:
    shop = Shop()
    order = brought_to("received", shop, jobs=1)
    extra = add_job(order, shop)
    answer = post(shop.adviser, order, "approvals/", {
        f"job_{extra.pk}": "no", "given_by": "", "channel": "phone", "note": "再想想",
        "key": new_key(),
    }, SCRIPT)
    assert answer.status_code == 422
    assert "再想想" in answer.content.decode()
    assert order.authorisations.count() == 1


def test_a_line_is_split_and_struck_out() -> None:
    shop = Shop()
    order = make_order(shop)
    job = add_job(order, shop)
    line = add_part(job, shop, catalog.make_part())
    bad = post(shop.adviser, order, f"lines/p{line.pk}/shares/", {"share_customer": "60"})
    assert bad.status_code == 422
    assert not line.shares.exists()
    good = post(shop.adviser, order, f"lines/p{line.pk}/shares/",
                {"share_customer": "60", "share_maker": "40"})
    assert good.status_code == 302
    assert {share.payer: share.rate for share in line.shares.all()} == {
        "customer": Decimal("0.6"), "maker": Decimal("0.4")
    }
    assert post(shop.adviser, order, f"lines/p{line.pk}/cancellations/").status_code == 302
    assert post(shop.adviser, order, f"lines/j{job.pk}/cancellations/").status_code == 302
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_the_lookup_finds_labour_parts_and_words() -> None:
    shop = Shop()
    part, operation = shop.stocked(3, name="刹车片"), catalog.make_operation(name="更换刹车片")
    order = make_order(shop)
    rows = client_of(shop.adviser).get(url(order, "line-lookup/"), {"q": "刹车"}).json()["results"]
    assert [row["id"] for row in rows if row["id"][0] != "p"] == [f"o{operation.pk}", "w刹车"]
    assert client_of(shop.adviser).get(url(order, "line-lookup/")).json() == {"results": []}
    assert part.name == "刹车片"


def test_photos_are_cleaned_and_shown() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    kept = BytesIO()
    Image.new("RGB", (640, 480), (120, 130, 140)).save(kept, "JPEG")
    upload = SimpleUploadedFile("a.jpg", kept.getvalue(), "image/jpeg")
    answer = client_of(shop.technician).post(url(order, "photos/"), {"photo": upload},
                                             headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 200
    photo = order.photos.get()
    assert (photo.stage, photo.taken_by, photo.file.station_id) == (
        "repair", shop.technician, shop.station.pk
    )
    bad = SimpleUploadedFile("a.jpg", b"MZ not a picture", "image/jpeg")
    assert client_of(shop.technician).post(url(order, "photos/"), {"photo": bad}).status_code == 422
    assert order.photos.count() == 1


@pytest.mark.parametrize("kind", ["repair_order", "walkaround"])
def test_papers_are_queued_and_made_by_the_worker(kind: str) -> None:
    shop = Shop()
    order = brought_to("in_progress", shop, part=shop.stocked(), odometer=46_820,
                       concerns=[services.Said("刹车响", "冷车")])
    assert post(shop.adviser, order, "papers/", {"kind": kind}).status_code == 302
    paper = OrderPaper.objects.get(order=order)
    assert paper.status == "queued"
    make_order_paper(paper_id=paper.pk)
    paper.refresh_from_db()
    assert (paper.error, paper.status) == ("", "ready")
    assert paper.file is not None
    assert paper.file.size > 10_000


def test_hold_resume_reopen_void() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    assert post(shop.controller, order, "holds/", {"reason": "customer"}).status_code == 302
    assert post(shop.controller, order, "resumptions/").status_code == 302
    assert post(shop.adviser, order, "voids/", {"reason": "x"}).status_code == 403
    assert post(shop.manager, order, "voids/", {"reason": ""}).status_code == 422
    assert post(shop.manager, order, "voids/", {"reason": "客户改期"}).status_code == 302
    order.refresh_from_db()
    assert order.status == "cancelled"
    done = brought_to("completed", shop)
    answer = post(shop.manager, done, "reopenings/",
                  {"reason": "漏油", "jobs": [done.jobs.get().pk]})
    assert answer.status_code == 302
    assert done.jobs.get().status == "assigned"


def test_the_head_and_concerns() -> None:
    shop = Shop()
    order = make_order(shop)
    data = {"version": 1, "repair_type": order.repair_type_id, "priority": 1,
            "promised_at": "2026-12-01T17:30", "old_parts": "take", "contact_name": "王建华",
            "contact_phone": "13812345621", "remarks": "急用"}
    assert post(shop.adviser, order, "head/", data).status_code == 302
    assert post(shop.adviser, order, "head/", data | {"remarks": "别的"}).status_code == 409
    order.refresh_from_db()
    assert (order.priority, order.remarks, order.version) == (1, "急用", 2)
    assert timezone.localtime(order.promised_at).strftime("%H:%M") == "17:30"
    assert post(shop.adviser, order, "concerns/", {"text": "刹车响"}).status_code == 302
    said = order.concerns.get()
    assert post(shop.adviser, order, f"concerns/{said.pk}/",
                {"text": "刹车响", "diagnosis": "片薄"}).status_code == 302
    said.refresh_from_db()
    assert said.diagnosis == "片薄"
    assert post(shop.adviser, order, f"concerns/{said.pk}/removals/").status_code == 302
    assert not order.concerns.exists()


def test_a_declined_job_is_offered_again() -> None:
    shop = Shop()
    order = make_order(shop)
    job = add_job(order, shop)
    authorise(order, shop, approved=False)
    assert post(shop.adviser, order, f"jobs/{job.pk}/proposals/").status_code == 302
    job.refresh_from_db()
    assert job.status == "proposed"


def test_a_discount_above_the_limit_is_asked_for_on_a_form() -> None:
    shop = Shop()
    order = make_order(shop)
    line = add_part(add_job(order, shop), shop, catalog.make_part())
    tail = f"lines/p{line.pk}/discount-requests/"
    assert post(shop.adviser, order, tail, {"amount": "30", "reason": ""}).status_code == 422
    assert post(shop.adviser, order, tail, {"amount": "30", "reason": "老客户"}).status_code == 302
    asked = ApprovalRequest.objects.get()
    assert (asked.kind, asked.subject_id, asked.amount) == ("line_discount", line.pk, 30)
    assert post(shop.storekeeper, order, tail).status_code == 403
