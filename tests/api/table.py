"""Every operation of the API: which screen does the same, on which rows, and what is sent.

``screen`` is the URL name of ``tests/walk/table.py``: whoever may do it there may do it here, and
nobody else. ``may`` stands where no screen is quite the same. ``blind`` are roles that hold a
permission and are refused all the same, because the verb looks closer (as the screen does).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chejian.accounts.permissions import DEFAULT_ROLES, P
from tests.walk.table import LOOKERS, TABLE
from tests.walk.world import Rows

type Body = dict[str, Any]
ALL = object()
WORKSHOP = ("technician", "team_leader")


@dataclass(frozen=True)
class Op:
    screen: str = ""
    may: Any = None
    body: Callable[[Rows], Body] | None = None
    rows: Mapping[str, str] = field(default_factory=dict)
    method: str = "post"
    blind: tuple[str, ...] = ()
    upload: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """The permissions that open it; none: everybody."""
        if self.may is not None:
            return frozenset() if self.may is ALL else frozenset(str(code) for code in self.may)
        way = TABLE[self.screen]
        return way.may if self.method == "get" else way.may_post


def get(screen: str = "", **more: Any) -> Op:
    return Op(screen, method="get", **more)


def sends(body: Body) -> Callable[[Rows], Body]:
    return lambda _rows: body


REASON = sends({"reason": "试"})
CASH = sends({"tenders": [{"method": "cash", "amount": "1.00"}]})
SPLIT = sends({"shares": [{"payer": "customer", "rate": "0.5"},
                          {"payer": "maker", "rate": "0.5"}]})
COMPLETED, SETTLED = {"order_id": "completed"}, {"order_id": "settled"}

#: which row each part of an address stands for, unless the operation says otherwise
ROWS: dict[str, str] = {
    "customer_id": "party", "contact_id": "contact", "vehicle_id": "vehicle",
    "driver_id": "driver", "part_id": "part", "picture_id": "picture",
    "operation_id": "operation", "receipt_id": "receipt", "order_id": "order", "job_id": "job",
    "line_id": "part_line", "concern_id": "concern", "request_id": "request",
    "issue_id": "issue", "payment_id": "payment", "file_id": "file", "tag_id": "party_tag",
    "merge_id": "party_merge", "warehouse_id": "warehouse", "template_id": "template",
    "approval_id": "approval",
}
#: rows that belong to a station
OF_A_STATION = {"receipt", "order", "payment", "file", "draft", "inspecting", "warehouse",
                "approval", *COMPLETED.values(), *SETTLED.values()}

DECIDERS = (P.APPROVE_DISCOUNT, P.APPROVE_REFUND, P.APPROVE_CREDIT)
#: the row of the walk asks for a discount: others decide about other things, or see it not at all
NO_DISCOUNTS = tuple(
    role.code for role in DEFAULT_ROLES if P.APPROVE_DISCOUNT not in role.permissions
)
NO_DECIDERS = tuple(code for code in NO_DISCOUNTS if code != "service_adviser")  # he asked

OPS: dict[str, Op] = {
    "get_me": get(may=ALL),
    # customers
    "list_customers": get("parties"),
    "get_customer": get("party"),
    "create_customer": Op("new_party", body=sends({"name": "钱多多"})),
    "update_customer": Op("edit_party", body=sends({"remarks": "试"})),
    "create_contact": Op("party_contacts", body=sends({"name": "小钱"})),
    "update_contact": Op("party_contact", body=sends({"job": "司机"})),
    "disclose_number": Op("party_disclosures", body=sends({"field": "phone"}),
                          blind=("workshop_controller", "team_leader", "warranty_clerk",
                                 "head_office")),
    "seal_numbers": Op("party_numbers", body=sends({"tax_number": "91330200"})),
    "list_tags": get("party"),
    "create_tag": Op("tags", body=sends({"name": "协议单位"})),
    "update_tag": Op("tag", body=sends({"name": "协议单位", "colour": "blue"})),
    "tag_customer": Op("party_tags", body=sends({"name": "协议单位"})),
    "untag_customer": Op("party_untag"),
    "list_customer_merges": get("party"),
    "undo_customer_merge": Op("unmerge_party"),
    "merge_customers": Op("merge_party", body=lambda rows: {"absorb_id": rows["other_party"]}),
    # vehicles
    "list_vehicles": get("vehicles"),
    "get_vehicle": get("vehicle"),
    "create_vehicle": Op("new_vehicle", body=sends({"plate": "浙B9K999"})),
    "update_vehicle": Op("edit_vehicle", body=sends({"colour": "白"})),
    "change_plate": Op("vehicle_plates", body=sends({"plate": "浙B9K998"})),
    "change_owner": Op("vehicle_owners", body=sends({"customer_id": None})),
    "add_driver": Op("vehicle_drivers", body=lambda rows: {"customer_id": rows["other_party"]}),
    "end_driver": Op("vehicle_driver_end"),
    "list_readings": get("vehicle"),
    "record_reading": Op("vehicle_readings", body=sends({"reading": 50_000})),
    "change_meter": Op("vehicle_meters", body=sends({"old_reading": 50_000})),
    "correct_reading": Op("vehicle_corrections", body=lambda rows: {
        "corrects_id": rows["reading"], "reading": 41_000, "remark": "看错",
    }),
    "tag_car": Op("vehicle_tags", body=lambda rows: {"tag_id": rows["other_vehicle_tag"]}),
    "untag_car": Op("vehicle_untag", rows={"tag_id": "vehicle_tag"}),
    "list_vehicle_merges": get("vehicle"),
    "undo_vehicle_merge": Op("unmerge_vehicle", rows={"merge_id": "vehicle_merge"}),
    "merge_vehicles": Op("merge_vehicle", body=lambda rows: {"absorb_id": rows["other_vehicle"]}),
    # the catalogue
    "list_parts": get("parts"),
    "get_part": get("part"),
    "create_part": Op("new_part", body=sends({"number": "API-1", "name": "机滤"})),
    "update_part": Op("edit_part", body=sends({"remarks": "试"})),
    "add_picture": Op("part_pictures", upload="picture"),
    "remove_picture": Op("part_picture_removals"),
    "list_operations": get("operations"),
    "get_operation": get("operation", may=(P.VIEW_CATALOG,)),
    "create_operation": Op("new_operation", body=sends({"code": "API-1", "name": "四轮定位"})),
    "update_operation": Op("operation", body=sends({"skill": "底盘"})),
    "list_terms": get("catalogue_terms"),
    "list_job_templates": get("job_templates"),
    "get_job_template": get("job_templates"),
    "create_job_template": Op("new_job_template", body=lambda rows: {
        "name": "四轮定位", "jobs": [{"operation_id": rows["operation"]}],
    }),
    "update_job_template": Op("job_template", body=lambda rows: {
        "name": "四轮定位", "jobs": [{"operation_id": rows["operation"],
                                 "parts": [{"part_id": rows["part"], "quantity": "2"}]}],
    }),
    # stock
    "list_stock": get("stock"),
    "list_moves": get("stock_card"),
    "list_warehouses": get("warehouses"),
    "get_warehouse": get("warehouses"),
    "create_warehouse": Op("new_warehouse", body=sends({"code": "B", "name": "油品库"})),
    "update_warehouse": Op("warehouse", body=sends({"code": "B", "name": "油品库"})),
    "create_bin": Op("warehouse_bins", body=sends({"code": "B-07"})),
    "list_receipts": get("receipts"),
    "get_receipt": get("receipt"),
    "create_receipt": Op("receipt_create", body=lambda rows: {
        "warehouse_id": rows["warehouse"],
        "lines": [{"part_id": rows["part"], "quantity": 1, "unit_cost": "10"}],
    }),
    # the order
    "list_orders": get("orders"),
    "get_order": get("order"),
    "create_order": Op("reception", body=lambda rows: {"vehicle_id": rows["vehicle"]}),
    "update_order": Op("order_head", body=sends({"remarks": "试"})),
    "receive_order": Op("order_receptions", rows={"order_id": "draft"}),
    "hold_order": Op("order_holds", body=sends({"reason": "customer"})),
    "resume_order": Op("order_resumptions"),
    "finish_order": Op("order_completions"),
    "reopen_order": Op("order_reopenings", body=REASON, rows=COMPLETED),
    "void_order": Op("order_voids", body=REASON, rows={"order_id": "received"}),
    "create_job": Op("order_jobs", body=sends({"name": "检查异响"})),
    "use_template": Op("order_jobs", body=lambda rows: {"job_template_id": rows["template"]}),
    "update_job": Op("order_line", body=sends({"name": "换片"})),
    "cancel_job": Op("line_cancellations", rows={"job_id": "proposed"}, blind=WORKSHOP),
    "propose_job": Op("job_proposals"),
    "split_job": Op("line_shares", body=SPLIT, rows={"job_id": "proposed"}),
    "create_part_line": Op("order_jobs", body=lambda rows: {"part_id": rows["part"]},
                           rows={"job_id": "proposed"}),
    "update_part_line": Op("order_line", body=sends({"quantity": 2})),
    "cancel_part_line": Op("line_cancellations",
                           blind=("workshop_controller", *WORKSHOP)),
    "split_part_line": Op("line_shares", body=SPLIT),
    "list_technicians": get(may=LOOKERS),
    "list_approvals": get("order"),
    "create_approval": Op("order_approvals", body=lambda rows: {
        "answers": [{"job_id": rows["proposed"], "approved": True}], "given_by": "王",
        "channel": "phone",
    }),
    "assign_jobs": Op("order_assignments", body=lambda rows: {"job_ids": [rows["job"]]}),
    "start_clock": Op("job_clocks", body=sends({})),
    "pause_clock": Op("job_pauses", body=REASON),
    "finish_job": Op("job_completions"),
    "request_missing": Op("part_requests"),
    "request_part": Op("part_requests", body=lambda rows: {
        "quantity": 1, "warehouse_id": rows["warehouse"],
    }),
    "cancel_request": Op("part_request_cancellations"),
    "issue_part": Op("part_issues", body=sends({})),
    "return_part": Op("part_returns", body=sends({"quantity": 1})),
    "list_measurements": get("order"),
    "measure_job": Op("job_measurements", body=sends({
        "items": [{"name": "前片厚度", "passed": True, "measured": "3.5", "unit": "mm"}],
    })),
    "list_inspections": get("order"),
    "create_inspection": Op("inspections", body=sends({"verdict": "passed"}),
                            rows={"order_id": "inspecting"}),
    "deliver_order": Op("delivery", body=sends({"odometer_out": 50_000, "collected_by": "王"}),
                        rows=SETTLED),
    "create_concern": Op("order_concerns", body=sends({"text": "空调不凉"})),
    "update_concern": Op("order_concern", body=sends({"diagnosis": "缺氟"})),
    "remove_concern": Op("concern_removals"),
    "get_walkaround": get("order_walkaround"),
    "put_walkaround": Op("order_walkaround", body=sends({"waived_reason": "夜间"})),
    "list_photos": get("order"),
    "add_photo": Op("order_photos", upload="photo"),
    "list_papers": get("order"),
    "request_paper": Op("order_papers", body=sends({"kind": "repair_order"})),
    "print_certificate": Op("certificates", rows=COMPLETED),
    # money
    "list_settlements": get("order", rows=SETTLED),
    "settle_order": Op("settlements", rows=COMPLETED),
    "reverse_order": Op("reversals", body=REASON, rows=SETTLED),
    "correct_order": Op("corrections", body=REASON, rows=SETTLED),
    "collect_on_account": Op("party_payments", body=CASH),
    "set_discounts": Op("discounts", body=sends({"order_discount": "1.00"}), rows=COMPLETED),
    "ask_discount": Op(may=(P.EDIT_ORDER, P.SETTLE), body=sends({"amount": 5, "reason": "老客户"}),
                       rows=COMPLETED),
    "ask_approval": Op("money_approvals", body=sends({"kind": "credit", "amount": 5}),
                       rows=SETTLED),
    "collect_payment": Op("payments", body=CASH, rows=SETTLED),
    "take_deposit": Op("deposits", body=CASH),
    "put_on_account": Op("on_account", rows=SETTLED),
    "list_approval_requests": get("approvals"),
    "get_approval_request": get("approvals", blind=NO_DECIDERS),
    "decide_request": Op(may=DECIDERS, body=sends({"approved": True, "amount": "50.00"}),
                         blind=NO_DISCOUNTS),
    "list_all_settlements": get("settlement_list"),
    "list_receivables": get("receivable_list"),
    "list_payments": get("payment_list"),
    "get_payment": get("payment_list"),
    "refund_payment": Op("refunds", body=sends({"amount": 1, "method": "cash", "reason": "试"})),
    # files and events
    "get_file": get("file"),
    "download_file": get("file"),
    "download_thumbnail": get("file_thumbnail"),
    "list_events": get(may=ALL),
    "get_cursor": get(may=ALL),
}
