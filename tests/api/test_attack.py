"""What a careless program and a hostile one send: foreign ids, odd bodies, contradictions."""

import io
import json
from typing import Any

import pytest
from PIL import Image

from chejian.accounts.models import ApiToken
from chejian.accounts.permissions import P
from chejian.core.models import StoredFile
from chejian.parties.models import Contact, Party
from chejian.workorders.models import Authorisation, WorkOrder
from tests.api.client import BASE, Program, program
from tests.api.table import OPS, ROWS
from tests.api.test_walk import OPERATIONS, picture
from tests.factories import accounts
from tests.walk.world import Place, World, undone

pytestmark = pytest.mark.django_db


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture(scope="module")
def boss(world: World) -> Program:
    """May everything here, and only look there."""
    user = accounts.make_user(None)
    accounts.make_role("all_here", permissions=[str(one) for one in P])
    accounts.make_role("looks_there", permissions=[
        P.VIEW_ORDERS, P.VIEW_CUSTOMERS, P.VIEW_CATALOG, P.VIEW_STOCK, P.VIEW_BOOKS,
    ])
    accounts.assign(user, "all_here", world.here.station)
    accounts.assign(user, "looks_there", world.there.station)
    made = program(user)
    ApiToken.objects.update(per_minute=1_000_000)
    return made


@pytest.fixture(scope="module")
def sole(world: World) -> Program:
    """May everything, and has no other station."""
    user = accounts.make_user(None)
    accounts.make_role("sole", permissions=[str(one) for one in P])
    accounts.assign(user, "sole", world.here.station)
    made = program(user)
    ApiToken.objects.update(per_minute=1_000_000)
    return made


# --- the same key ------------------------------------------------------------------------------
#: what the rows of the walk do not allow, and the rule that says so; the others are carried out
NOT_CARRIED_OUT: dict[str, str] = {
    "undo_customer_merge": "cannot_unmerge", "undo_vehicle_merge": "cannot_unmerge",
    "resume_order": "refused", "finish_order": "refused", "propose_job": "refused",
    "print_certificate": "bad_inspection", "assign_jobs": "clock_running",
    "start_clock": "not_assigned", "pause_clock": "not_assigned",
    "request_missing": "bad_value", "request_part": "too_many", "deliver_order": "refused",
    "correct_order": "nothing_to_correct", "set_discounts": "discount_too_large",
    "collect_on_account": "nothing_to_collect", "refund_payment": "not_free",
}


def keyed() -> list[str]:
    return [
        name for name, (_method, _path, told) in OPERATIONS.items()
        if any(one["name"] == "Idempotency-Key" for one in told["parameters"])
    ]


def send(one: Program, name: str, place: Place, key: str) -> Any:
    op, (method, path, _told) = OPS[name], OPERATIONS[name]
    at = {**ROWS, **op.rows}
    url = path.format(**{part: place.rows[row] for part, row in at.items()})
    if op.upload:
        return one.upload(url, {op.upload: picture()}, Idempotency_Key=key)
    return one.ask(method.upper(), url, op.body(place.rows) if op.body else {},
                   Idempotency_Key=key)


def test_whatever_is_sent_again_with_its_key_gets_the_first_answer(
    world: World, sole: Program
) -> None:
    """Though the row is gone by then, or has moved on."""
    wrong, refused = [], {}
    for name in keyed():
        with undone():
            first = send(sole, name, world.here, "again-1")
            if first.status_code != 201:
                refused[name] = first.json()["code"]
                continue
            second = send(sole, name, world.here, "again-1")
            other = sole.post("/customers", {"name": "别人"}, Idempotency_Key="again-1")
        if second.status_code != 201 or second.headers.get("Idempotency-Replayed") != "true":
            wrong.append(f"{name}: {second.status_code} {second.content[:200]!r}")
        if code(other) != (409, "key_reused"):
            wrong.append(f"{name}: another request was let in, {other.status_code}")
    assert wrong == []
    assert refused == NOT_CARRIED_OUT


def test_the_same_key_with_another_picture_of_the_same_size(world: World, boss: Program) -> None:
    def photo(shade: int) -> io.BytesIO:
        kept = io.BytesIO(b"")
        Image.new("RGB", (32, 24), (shade, 99, 90)).save(kept, "BMP")
        kept.seek(0)
        kept.name = "p.jpg"
        return kept

    path = f"/work-orders/{world.here.rows['order']}/photos"
    with undone():
        first = boss.upload(path, {"photo": picture()}, Idempotency_Key="p")
        again = boss.upload(path, {"photo": picture()}, Idempotency_Key="p")
        size = len(picture().getvalue())
        padded = io.BytesIO(photo(9).getvalue()[:size].ljust(size, b"\0"))
        padded.name = "p.jpg"
        other = boss.upload(path, {"photo": padded}, Idempotency_Key="p")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert code(other) == (409, "key_reused")


# --- bodies ------------------------------------------------------------------------------------
def raw(one: Program, path: str, data: bytes, kind: str, **headers: str) -> Any:
    from tests.api.client import _CLIENT

    return _CLIENT.generic("POST", f"{BASE}{path}", data, content_type=kind,
                           headers={"Authorization": f"Bearer {one.key}", **headers})


@pytest.mark.parametrize("kind", [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é",
    "application/x-www-form-urlencoded; charset=nonsense", "text/plain", "", "a/b; c",
    "application/json; charset=utf-7", "multipart/form-data; boundary=x",
])
def test_odd_kinds_of_bodies(world: World, boss: Program, kind: str) -> None:
    """An answer of its own for each, and never an error of ours."""
    order = world.here.rows["draft"]
    paths = ("/customers", f"/work-orders/{order}/receptions", f"/work-orders/{order}/photos")
    for path in paths:
        for data in (b"", b"{}", b"--x\r\n", b"name=1", b"\xff"):
            with undone():
                response = raw(boss, path, data, kind, **{"Idempotency-Key": "k"})
            assert response.status_code in (201, 400, 409, 422), (path, data, response.content)
            assert response.headers["Content-Type"] == "application/json"


def test_a_body_of_many_megabytes(boss: Program) -> None:
    before = Party.objects.count()
    huge = json.dumps({"name": "甲", "remarks": "x" * 13_000_000}).encode()
    assert code(raw(boss, "/customers", huge, "application/json")) == (413, "too_large")
    many = b"&".join(b"a=1" for _n in range(2_000))
    assert raw(boss, "/customers", many, "application/x-www-form-urlencoded").status_code == 400
    assert Party.objects.count() == before


def test_zero_bytes_wherever_there_is_text(world: World, boss: Program) -> None:
    order = world.here.rows["order"]
    for path in ("/customers?q=%00", "/customers/%00", "/events?after=%00", "/events?kind=%00",
                 "/work-orders?q=a%00b", "/parts?q=%00", "/stock?q=%00"):
        assert boss.get(path).status_code in (404, 422), path
    with undone():
        upload = boss.upload(f"/work-orders/{order}/photos",
                             {"photo": picture(), "caption": "a\0b"})
        assert upload.status_code == 422, upload.content
        file = picture()
        file.name = "a\0b.jpg"
        assert boss.upload(f"/work-orders/{order}/photos", {"photo": file}).status_code < 500
        part = f"/parts/{world.here.rows['part']}/pictures"
        assert boss.upload(part, {"picture": picture(), "caption": "\0"}).status_code == 422
    assert boss.post("/customers", {"name": "甲"}, Idempotency_Key="a\0b").status_code == 400


@pytest.mark.parametrize(("name", "body"), [
    ("change_owner", {"customer_id": None, "since": "0001-01-01"}),
    ("change_owner", {"customer_id": None, "since": "2026-02-30"}),
    ("change_owner", {"customer_id": None, "since": 1_700_000_000}),
    ("record_reading", {"reading": 10**12}),
    ("record_reading", {"reading": "50000"}),
    ("record_reading", {"reading": 5.5}),
    ("issue_part", {"quantity": "0.0001"}),
    ("issue_part", {"quantity": -1}),
    ("issue_part", {"quantity": True}),
    ("collect_payment", {"tenders": [{"method": "cash", "amount": "1.001"}]}),
    ("collect_payment", {"tenders": [{"method": "cash", "amount": 0}]}),
    ("collect_payment", {"tenders": [{"method": "gold", "amount": 1}]}),
    ("create_job", {"name": "x", "flat_hours": "1e99"}),
    ("tag_customer", {}),
    ("tag_customer", {"tag_id": 1, "name": "甲"}),
    ("create_bin", {"code": " "}),
    ("update_warehouse", {"code": " ", "name": "库"}),
])
def test_values_that_cannot_be(
    world: World, boss: Program, name: str, body: dict[str, Any]
) -> None:
    op, (method, path, _told) = OPS[name], OPERATIONS[name]
    url = path.format(**{part: world.here.rows[row] for part, row in {**ROWS, **op.rows}.items()})
    assert code(boss.ask(method.upper(), url, body)) == (422, "invalid")


def test_contradictions(world: World, boss: Program) -> None:
    """The same job with yes and no; a technician twice; a payer twice."""
    rows = world.here.rows
    order = f"/work-orders/{rows['order']}"
    before = Authorisation.objects.count()
    yes_and_no = {
        "answers": [{"job_id": rows["proposed"], "approved": one} for one in (True, False)],
        "given_by": "王", "channel": "phone",
    }
    assert code(boss.post(f"{order}/approvals", yes_and_no)) == (422, "invalid")
    assert Authorisation.objects.count() == before
    technician = world.here.shop.technician.pk
    twice = {"job_ids": [rows["job"]], "technicians": [
        {"technician_id": technician, "share": "0.5"} for _n in range(2)
    ]}
    assert code(boss.post(f"{order}/assignments", twice)) == (422, "invalid")
    halves = {"shares": [{"payer": "customer", "rate": "0.5"}] * 2}
    assert code(boss.post(f"{order}/jobs/{rows['proposed']}/shares", halves)) == (422, "invalid")
    settled = f"/work-orders/{rows['settled']}"
    line = {"kind": "labour", "line_id": 1}
    payers = {"reason": "试", "payers": [{**line, "payer": one} for one in ("maker", "insurer")]}
    assert code(boss.post(f"{settled}/corrections", payers)) == (422, "invalid")


# --- foreign ids -------------------------------------------------------------------------------
def test_ids_of_another_station_in_a_body(world: World, boss: Program) -> None:
    here, there = world.here.rows, world.there.rows
    order, line = f"/work-orders/{here['order']}", here["part_line"]
    far_person = world.there.shop.technician.pk
    tried = {
        f"{order}/part-lines/{line}/issues": {"warehouse_id": there["warehouse"]},
        f"{order}/part-lines/{line}/requests": {"quantity": 1, "warehouse_id": there["warehouse"]},
        f"{order}/jobs/{here['job']}/clocks": {"technician_id": far_person},
        f"{order}/assignments": {"job_ids": [there["job"]]},
        f"{order}/discount-requests": {"amount": 5, "reason": "试", "job_id": there["job"]},
        "/receipts": {"warehouse_id": there["warehouse"], "lines": [
            {"part_id": here["part"], "quantity": 1, "unit_cost": 1}]},
    }
    for path, body in tried.items():
        with undone():
            assert code(boss.post(path, body)) == (422, "no_such_row"), path
    bin_ = boss.post(f"{order}/part-lines/{line}/issues", {"bin": "Z-99"})
    assert code(bin_) == (422, "no_such_row")
    assert bin_.json()["details"][0]["field"] == "bin"


def test_where_one_only_looks_one_does_nothing(world: World, boss: Program) -> None:
    here, there = world.here.rows, world.there
    orders = WorkOrder.objects.count()
    station = there.station.pk
    assert code(boss.post("/work-orders", {"vehicle_id": here["vehicle"], "station_id": station}))\
        == (403, "not_permitted")
    assert code(boss.post("/warehouses", {"code": "X", "name": "X", "station_id": station}))\
        == (403, "not_permitted")
    owed = {"tenders": [{"method": "cash", "amount": 1}], "station_id": station}
    assert code(boss.post(f"/customers/{here['party']}/payments", owed)) == (403, "not_permitted")
    approval = f"/approval-requests/{there.rows['approval']}"
    assert code(boss.post(f"{approval}/decisions", {"approved": True})) == (403, "not_permitted")
    assert code(boss.get(approval)) == (404, "not_found")
    assert WorkOrder.objects.count() == orders
    # and nothing of there is in the lists that need more than looking
    ids = {one["station_id"] for one in boss.get("/approval-requests").json()["items"]}
    assert ids == {world.here.station.pk}


def test_costs_are_masked_where_one_may_not_see_them(world: World, boss: Program) -> None:
    """The same person, the same list, row by row."""
    for path, column in (("/settlements", "cost"), ("/stock", "value"), ("/stock/moves", "value"),
                         ("/receipts", "total_net")):
        items = boss.get(f"{path}?limit=100").json()["items"]
        seen = {one["station_id"]: one[column] is not None for one in items}
        assert seen == {world.here.station.pk: True, world.there.station.pk: False}, path


# --- nobody's change is lost -------------------------------------------------------------------
def test_small_rows_name_what_they_were_made_from(world: World, boss: Program) -> None:
    rows = world.here.rows
    path = f"/customers/{rows['party']}"
    contact = boss.get(path).json()["contacts"][0]
    one = f"{path}/contacts/{contact['id']}"
    with undone():
        assert code(boss.put(one, {"job": "司机"})) == (428, "version_required")
        mine = boss.put(one, {"job": "司机"}, If_Match=f'"{contact["etag"]}"')
        assert (mine.status_code, mine.json()["job"]) == (200, "司机")
        assert mine.headers["ETag"] == f'"{mine.json()["etag"]}"' != f'"{contact["etag"]}"'
        late = boss.put(one, {"job": "会计"}, If_Match=f'"{contact["etag"]}"')
        assert code(late) == (412, "version_passed")
        assert late.json()["details"][0]["data"]["now"]["job"] == "司机"
        assert Contact.objects.get(pk=contact["id"]).job == "司机"
        # a number that looks the same under its mask is another one
        seen = mine.json()
        Contact.objects.filter(pk=contact["id"]).update(phone="13799990001")
        assert boss.get(path).json()["contacts"][0]["phone"] == seen["phone"]
        assert code(boss.put(one, {"job": "会计"}, If_Match=f'"{seen["etag"]}"')) == (
            412, "version_passed")
        assert boss.put(one, {"job": "会计"}, If_Match="*").status_code == 200


def test_the_first_sheet_needs_no_match_and_the_second_does(world: World, boss: Program) -> None:
    path = f"/work-orders/{world.here.rows['draft']}/walkaround"
    with undone():
        if boss.get(path).status_code == 404:
            assert boss.put(path, {"belongings": "伞"}).status_code == 200
        assert code(boss.put(path, {"belongings": ""})) == (428, "version_required")
        tag = boss.get(path).headers["ETag"]
        assert boss.put(path, {"belongings": "帽"}, If_Match=tag).status_code == 200
        assert code(boss.put(path, {"belongings": "伞"}, If_Match=tag)) == (412, "version_passed")
        assert boss.get(path).json()["belongings"] == "帽"


def test_nothing_of_a_refused_upload_is_kept(world: World, boss: Program) -> None:
    before = StoredFile.objects.count()
    closed = f"/work-orders/{world.here.rows['settled']}/photos"
    file = io.BytesIO(b"not a picture")
    file.name = "p.jpg"
    assert boss.upload(closed, {"photo": file}).status_code == 422
    assert StoredFile.objects.count() == before
