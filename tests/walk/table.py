"""Who may open which address: every URL name of the product, in the order of its resolver.

``page`` is only looked at, ``form`` is looked at and sent, ``verb`` is only sent. The codes after
the name are the permissions any of which opens it; none means every logged-in person. What is
sent is an empty form, so that the answer tells whether the person would have been let through:
422 asks for what is missing, 302 means that there is nothing to ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chejian.accounts.permissions import DEFAULT_ROLES, P

OK, MOVED, EMPTY = 200, 302, 204
REFUSED, STRANGE, NO_METHOD, INVALID = 403, 404, 405, 422
NOBODY = "anonymous"
TO_LOGIN = "to login"
#: what a person may do who only looks
ONLOOKERS = frozenset(
    str(code) for code in (P.VIEW_ORDERS, P.VIEW_CUSTOMERS, P.VIEW_CATALOG, P.VIEW_STOCK)
)

#: rows that belong to a station: people of another one never hear of them
OF_A_STATION = frozenset(
    {"station", "team", "bay", "person", "approval", "order", "draft", "received", "inspecting",
     "completed", "settled", "payment", "file", "run", "batch", "archive", "service", "token",
     "export", "export_template", "kept_query",
     "receipt", "warehouse", "entry", "job",
     "past_order", "opening"}
)


@dataclass(frozen=True)
class Way:
    """What those who may get for GET and for an empty POST, and what the others get.

    ``at`` names the row that each part of the address stands for. ``but`` are the exceptions:
    ("post", role) to status. ``local`` pages are about the present station: what a person may do
    elsewhere does not open them. ``blind`` is the answer to a person who may not.
    """

    get: int
    post: int
    may: frozenset[str] = frozenset()
    may_post: frozenset[str] = frozenset()
    at: Mapping[str, str] = field(default_factory=dict)
    but: Mapping[tuple[str, str], int] = field(default_factory=dict)
    open: bool = False
    local: bool = False
    blind: int = REFUSED

    def opens(self, method: str, role: str) -> bool:
        codes = self.may_post if method == "post" else self.may
        return not codes or bool(codes & PERMISSIONS[role])

    def expected(self, method: str, role: str) -> int | str:
        """The status for a role of the own station, or ``TO_LOGIN``."""
        if (method, role) in self.but:
            return self.but[method, role]
        said = self.get if method == "get" else self.post
        if self.open or said == NO_METHOD:
            return said
        if role == NOBODY:
            return TO_LOGIN
        return said if self.opens(method, role) else self.blind

    @property
    def row(self) -> str:
        """The row of a station that the address is about, or nothing."""
        first = next(iter(self.at.values()), "")
        return first if first in OF_A_STATION else ""


PERMISSIONS: dict[str, frozenset[str]] = {role.code: role.permissions for role in DEFAULT_ROLES}


def _way(get: int, post: int, codes: tuple[P, ...], at: str | Mapping[str, str], **more) -> Way:
    may = frozenset(str(code) for code in codes)
    may_post = frozenset(str(code) for code in more.pop("may_post", codes))
    rows = {"pk": at} if isinstance(at, str) and at else dict(at or {})
    return Way(get, post, may, may_post, rows, **more)


def page(*codes: P, at: str | Mapping[str, str] = "", get: int = OK, **more) -> Way:
    return _way(get, NO_METHOD, codes, at, **more)


def form(*codes: P, at: str | Mapping[str, str] = "", post: int = INVALID, **more) -> Way:
    return _way(more.pop("get", OK), post, codes, at, **more)


def verb(*codes: P, at: str | Mapping[str, str] = "", post: int = MOVED, **more) -> Way:
    return _way(NO_METHOD, post, codes, at, **more)


def on(row: str, **parts: str) -> dict[str, str]:
    """``pk`` is ``row``, further parts of the address are named."""
    return {"pk": row, **parts}


def only(role_status: Mapping[str, int], method: str = "post") -> dict[tuple[str, str], int]:
    return {(method, role): status for role, status in role_status.items()}


LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)
WORKING = (P.WORK, P.WORK_ANY, P.LEAD_TEAM)
ADDERS = (P.EDIT_ORDER, P.DISPATCH, *WORKING)
RECEIVERS = (P.OPEN_ORDER, P.EDIT_ORDER)
#: a settings page has something for these
SETTERS = (
    P.MANAGE_STAFF, P.MANAGE_ROLES, P.MANAGE_STATIONS, P.EDIT_WAREHOUSES, P.EDIT_CATALOG,
)
#: files hang on orders: without a sight of orders there is no file
FILE = {("get", role): STRANGE for role in ("purchaser", "administrator")}
#: they see a view of the adviser's and do not change it
NOT_HIS_VIEW = dict.fromkeys(
    ("workshop_controller", "technician", "team_leader", "inspector", "storekeeper", "cashier",
     "warranty_clerk", "customer_care"), REFUSED,
)
#: an export is its owner's alone, here the manager's
ONLY_MANAGER = {("get", role.code): STRANGE for role in DEFAULT_ROLES
                if role.code != "station_manager"}
#: whoever manages staff also changes what the manager shares, but the administrator sees no lists
NO_LISTS = {("post", "administrator"): REFUSED}
LOOKERS_OF_ALL = (P.VIEW_ORDERS,)
QUERY_ASKERS = (P.VIEW_ORDERS, P.COLLECT, P.SETTLE, P.VIEW_BOOKS, P.VIEW_STOCK, P.VIEW_CUSTOMERS)
OF_ORDERS = ("orders", "jobs", "technicians", "parts", "past_orders", "past_lines")
OF_MONEY = ("settlements", "payments", "refunds")
FREE = {"open": True}
HERE = {"local": True}

TABLE: dict[str, Way] = {
    # the house
    "healthz": page(**FREE),
    "readyz": page(**FREE),
    "styleguide": page(**FREE),
    "document": page(get=MOVED, at={"number": "number"}),
    # the door and one's own things
    "login": Way(MOVED, INVALID, open=True, but={("get", NOBODY): OK}),
    "login_again": Way(EMPTY, INVALID, open=True,
                       but={("get", NOBODY): 401, ("post", NOBODY): 401}),
    "logout": verb(**FREE),
    "change_password": form(),
    "preferences": page(),
    "set_theme": verb(post=INVALID, **FREE),
    "set_language": verb(post=INVALID, **FREE),
    "set_menu": verb(),
    "set_favourites": verb(),
    "set_station": verb(post=STRANGE),
    # people and places
    "settings": page(*SETTERS),
    "people": page(P.MANAGE_STAFF),
    "new_person": form(P.MANAGE_STAFF),
    "person": form(P.MANAGE_STAFF, at="person"),
    "staff_file": verb(P.MANAGE_STAFF, at="person", post=INVALID),
    "grant_role": verb(P.MANAGE_STAFF, at="person", post=INVALID),
    "take_role": verb(P.MANAGE_STAFF, at=on("person", assignment="assignment")),
    "new_password": verb(P.MANAGE_STAFF, at="person", post=OK),
    "close_person": verb(P.MANAGE_STAFF, at="person"),
    "reopen_person": verb(P.MANAGE_STAFF, at="person"),
    "skills": form(P.MANAGE_STAFF),
    "stations": form(P.MANAGE_STATIONS),
    "new_station": form(P.MANAGE_STATIONS),
    "station": form(P.MANAGE_STATIONS, at="station"),
    "new_region": form(P.MANAGE_STATIONS),
    "region": form(P.MANAGE_STATIONS, at="region"),
    "teams": page(P.MANAGE_STAFF, **HERE),
    "new_team": form(P.MANAGE_STAFF),
    "team": form(P.MANAGE_STAFF, at="team"),
    "new_bay": form(P.MANAGE_STAFF),
    "bay": form(P.MANAGE_STAFF, at="bay"),
    "roles": form(P.MANAGE_ROLES),
    "role": form(P.MANAGE_ROLES, at={"code": "role"}),
    "role_name": verb(P.MANAGE_ROLES, at={"code": "role"}),
    "approvals": page(),
    "approval_decision": verb(P.APPROVE_DISCOUNT, at="approval"),
    "audit": page(P.VIEW_AUDIT),
    "looks": page(P.VIEW_AUDIT),
    # lists: a view of the adviser's, shared with the station
    "list_views": verb(*LOOKERS, at={"name": "list"}, **HERE),
    "list_deeds": verb(*LOOKERS, at={"name": "list"}, **HERE),
    "list_view": verb(*LOOKERS, at="view", but=only(NOT_HIS_VIEW)),
    "list_view_removals": verb(*LOOKERS, at="view", but=only(NOT_HIS_VIEW)),
    "tokens": form(),
    "token_revocations": verb(P.MANAGE_STAFF, at="token", blind=STRANGE),
    "service_accounts": form(P.MANAGE_STAFF),
    "service_account": form(P.MANAGE_STAFF, at="service"),
    # exports: a person's own, and a template shared with the station
    "export_jobs": page(),
    "export_create": form(*LOOKERS_OF_ALL, at={"source": "export_source"}, post=OK),
    "export_job": page(at="export", but=ONLY_MANAGER),
    "export_progress": page(at="export", but=ONLY_MANAGER),
    "export_file": page(at="export", get=STRANGE),
    "new_export_template": form(*LOOKERS_OF_ALL, at={"source": "export_source"}),
    "export_template": form(*LOOKERS_OF_ALL, at="export_template", but=NO_LISTS,
                            may_post=(P.MANAGE_STAFF,)),
    "export_template_deletion": verb(P.MANAGE_STAFF, at="export_template"),
    # customers
    "parties": page(P.VIEW_CUSTOMERS),
    "new_party": form(P.EDIT_CUSTOMERS),
    "party_duplicates": page(P.MERGE_CUSTOMERS),
    "party": page(P.VIEW_CUSTOMERS, at="party"),
    "edit_party": form(P.EDIT_CUSTOMERS, at="party"),
    "party_contacts": verb(P.EDIT_CUSTOMERS, at="party", post=INVALID),
    "party_contact": verb(P.EDIT_CUSTOMERS, at=on("party", contact_id="contact"), post=INVALID),
    "party_numbers": verb(P.SEE_IDENTITY, at="party"),
    "party_disclosures": verb(P.VIEW_CUSTOMERS, at="party", post=STRANGE),
    "merge_party": form(P.MERGE_CUSTOMERS, at="party"),
    "unmerge_party": verb(P.MERGE_CUSTOMERS, at=on("party", merge_id="party_merge")),
    "party_tags": verb(P.EDIT_CUSTOMERS, at="party", post=INVALID),
    "party_untag": verb(P.EDIT_CUSTOMERS, at=on("party", tag_id="party_tag")),
    "tags": form(P.EDIT_CUSTOMERS),
    "tag": verb(P.EDIT_CUSTOMERS, at="party_tag"),
    "party_lookup": page(P.VIEW_CUSTOMERS),
    # vehicles
    "vehicles": page(P.VIEW_CUSTOMERS),
    "new_vehicle": form(P.EDIT_CUSTOMERS),
    "vehicle": page(P.VIEW_CUSTOMERS, at="vehicle"),
    "edit_vehicle": form(P.EDIT_CUSTOMERS, at="vehicle"),
    "vehicle_plates": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_owners": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_drivers": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_driver_end": verb(P.EDIT_CUSTOMERS, at=on("vehicle", driver_id="driver")),
    "vehicle_readings": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_meters": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_corrections": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "merge_vehicle": form(P.MERGE_CUSTOMERS, at="vehicle"),
    "unmerge_vehicle": verb(P.MERGE_CUSTOMERS, at=on("vehicle", merge_id="vehicle_merge")),
    "vehicle_tags": verb(P.EDIT_CUSTOMERS, at="vehicle", post=INVALID),
    "vehicle_untag": verb(P.EDIT_CUSTOMERS, at=on("vehicle", tag_id="vehicle_tag")),
    "vehicle_lookup": page(P.VIEW_CUSTOMERS),
    # the catalogue
    "parts": page(P.VIEW_CATALOG),
    "new_part": form(P.EDIT_CATALOG),
    "part": page(P.VIEW_CATALOG, at="part"),
    "edit_part": form(P.EDIT_CATALOG, at="part"),
    "part_pictures": verb(P.EDIT_CATALOG, at="part"),
    "part_picture_removals": verb(P.EDIT_CATALOG, at=on("part", picture_id="picture")),
    "part_lookup": page(P.VIEW_CATALOG),
    "operations": page(P.VIEW_CATALOG),
    "new_operation": form(P.EDIT_CATALOG),
    "operation": form(P.EDIT_CATALOG, at="operation"),
    "operation_lookup": page(P.VIEW_CATALOG),
    "job_templates": page(P.VIEW_CATALOG),
    "new_job_template": form(P.EDIT_CATALOG),
    "job_template": form(P.EDIT_CATALOG, at="template"),
    "catalogue_terms": page(P.VIEW_CATALOG),
    "terms": page(P.VIEW_CATALOG, at={"kind": "term_kind"}),
    "new_term": form(P.EDIT_CATALOG, at={"kind": "term_kind"}),
    "term": form(P.EDIT_CATALOG, at={"kind": "term_kind", "pk": "repair_type"}),
    "inspection_items": page(P.EDIT_CATALOG),
    "new_inspection_item": form(P.EDIT_CATALOG),
    "inspection_item": form(P.EDIT_CATALOG, at="inspection_item"),
    # the books
    "trial_balance": page(P.VIEW_BOOKS),
    "entries": page(P.VIEW_BOOKS),
    "entry": page(P.VIEW_BOOKS, at="entry"),
    "periods": form(P.VIEW_BOOKS),
    "account": form(P.CLOSE_PERIOD, at={"code": "account"}),
    # stock
    "stock": page(P.VIEW_STOCK, **HERE),
    "stock_card": page(P.VIEW_STOCK, at="part", **HERE),
    "receipts": page(P.VIEW_STOCK, **HERE),
    "receipt_lines": page(P.VIEW_STOCK, **HERE),
    "stock_moves": page(P.VIEW_STOCK, **HERE),
    "stock_report": page(P.VIEW_STOCK, **HERE),
    "receipt_create": form(P.RECEIVE_STOCK, **HERE),
    "receipt_row": page(P.RECEIVE_STOCK, **HERE),
    "receipt": page(P.VIEW_STOCK, at="receipt"),
    "warehouses": page(P.VIEW_STOCK, **HERE),
    "new_warehouse": form(P.EDIT_WAREHOUSES, **HERE),
    "warehouse": form(P.EDIT_WAREHOUSES, at="warehouse"),
    "warehouse_bins": verb(P.EDIT_WAREHOUSES, at="warehouse", post=INVALID),
    "receipt_parts": page(P.RECEIVE_STOCK, **HERE),
    # what was before
    "past_orders": page(P.VIEW_ORDERS, **HERE),
    "past_order": page(P.VIEW_ORDERS, at="past_order"),
    # the work order
    "job_list": page(P.VIEW_ORDERS, **HERE),
    "parts_used": page(P.VIEW_ORDERS, **HERE),
    "order_panels": page(*LOOKERS, at="order"),
    "order_panel": page(*LOOKERS, at=on("order", name="panel")),
    "order_receptions": verb(P.OPEN_ORDER, at="draft"),
    "order_head": form(P.OPEN_ORDER, P.EDIT_ORDER, P.DISPATCH, at="order"),
    "order_completions": verb(*WORKING, at="order", post=INVALID),
    "order_holds": form(*WORKING, at="order"),
    "order_resumptions": verb(*WORKING, at="order", post=INVALID),
    "order_reopenings": form(P.REOPEN, at="completed"),
    "order_voids": form(P.VOID, at="received"),
    "order_line_lookup": page(*ADDERS, at="order"),
    "order_jobs": verb(*ADDERS, at="order", post=INVALID),
    "job_proposals": verb(P.EDIT_ORDER, at=on("order", job_pk="job"), post=INVALID),
    "job_clocks": verb(*WORKING, at=on("order", job_pk="job"), post=INVALID),
    "job_pauses": form(*WORKING, at=on("order", job_pk="job")),
    "job_completions": verb(*WORKING, at=on("order", job_pk="job")),
    "order_line": verb(*ADDERS, at=on("order", key="line"), post=STRANGE),
    "line_shares": form(P.EDIT_ORDER, at=on("order", key="line")),
    "discount_requests": form(P.EDIT_ORDER, at=on("order", key="line")),
    # technicians and crew leaders strike out only what they proposed themselves
    "line_cancellations": verb(*ADDERS, at=on("order", key="line"),
                               but=only({"technician": REFUSED, "team_leader": REFUSED})),
    "order_approvals": form(P.AUTHORISE, at="order"),
    "order_assignments": form(P.DISPATCH, P.LEAD_TEAM, at="order"),
    "part_requests": verb(P.REQUEST_PARTS, at="order", post=INVALID),
    "part_request_cancellations": verb(P.REQUEST_PARTS, P.ISSUE_PARTS,
                                       at=on("order", request_pk="request")),
    "part_issues": verb(P.ISSUE_PARTS, at=on("order", line_pk="part_line")),
    "part_returns": verb(P.ISSUE_PARTS, at=on("order", issue_pk="issue")),
    "order_concerns": form(*RECEIVERS, at="order"),
    "order_concern": form(*RECEIVERS, P.INSPECT, *WORKING, at=on("order", concern_pk="concern")),
    "concern_removals": verb(*RECEIVERS, at=on("order", concern_pk="concern")),
    "order_walkaround": form(*LOOKERS, at="order", may_post=RECEIVERS, post=MOVED),
    "order_photos": verb(*RECEIVERS, P.INSPECT, P.DELIVER, *WORKING, at="order", post=INVALID),
    "order_papers": verb(*LOOKERS, at="order", post=STRANGE),
    # inspection
    "inspections": form(P.INSPECT, at="inspecting"),
    "certificates": verb(*LOOKERS, at="completed", post=INVALID),
    # money
    "settlement_list": page(P.SETTLE, P.COLLECT, P.VIEW_BOOKS, **HERE),
    "payment_list": page(P.SETTLE, P.COLLECT, P.VIEW_BOOKS, **HERE),
    "receivable_list": page(P.SETTLE, P.COLLECT, P.VIEW_BOOKS, **HERE),
    "party_account": page(P.SETTLE, P.COLLECT, P.VIEW_BOOKS, at="party"),
    "party_payments": verb(P.COLLECT, at="party", post=INVALID, **HERE),
    "opening_reversals": verb(P.IMPORT_DATA, at="opening", post=INVALID),
    "settlements": verb(P.SETTLE, at="completed"),
    "corrections": verb(P.REVERSE_SETTLEMENT, at="settled", post=INVALID),
    "reversals": verb(P.REVERSE_SETTLEMENT, at="settled", post=INVALID),
    "discounts": verb(P.SETTLE, at="completed"),
    "payments": verb(P.COLLECT, at="settled", post=INVALID),
    "deposits": verb(P.COLLECT, at="order", post=INVALID),
    "on_account": verb(P.COLLECT, at="settled", post=INVALID),
    "money_approvals": verb(P.COLLECT, P.SETTLE, at="settled", post=INVALID),
    "refunds": verb(P.COLLECT, P.APPROVE_REFUND, at="payment", post=INVALID),
    # bringing a shop in
    "imports": form(P.IMPORT_DATA, **HERE),
    "import_template": page(P.IMPORT_DATA, at={"kind": "import_kind"}),
    "import_run": page(P.IMPORT_DATA, at="run"),
    "import_columns": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_mends": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_check": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_commit": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_progress": page(P.IMPORT_DATA, at="run"),
    "import_problem_rows": page(P.IMPORT_DATA, at="run"),
    "import_choices": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_withdrawal": verb(P.IMPORT_DATA, at="run", post=INVALID),
    "import_batches": verb(P.IMPORT_DATA, **HERE),
    "import_batch": page(P.IMPORT_DATA, at="batch"),
    "import_batch_trials": verb(P.IMPORT_DATA, at="batch"),
    "import_batch_commitment": verb(P.IMPORT_DATA, at="batch", post=INVALID),
    "import_batch_withdrawal": verb(P.IMPORT_DATA, at="batch", post=INVALID),
    "import_batch_progress": page(P.IMPORT_DATA, at="batch"),
    "import_batch_controls": form(P.IMPORT_DATA, at="batch", post=MOVED),
    "reconciliation": page(P.IMPORT_DATA, at="batch"),
    "reconciliation_signatures": verb(P.IMPORT_DATA, at="batch", post=INVALID),
    "reconciliation_pdf": page(P.IMPORT_DATA, at="batch"),
    "reconciliation_xlsx": page(P.IMPORT_DATA, at="batch"),
    # moving out
    "archives": form(P.MOVE_OUT, **HERE),
    "archive_progress": page(P.MOVE_OUT, **HERE),
    "archive_file": page(P.MOVE_OUT, at="archive", get=MOVED),
    "archive_removal": verb(P.MOVE_OUT, at="archive", post=INVALID),
    # queries: each subject to those who may see its rows
    "queries": page(*QUERY_ASKERS),
    "query": page(P.VIEW_ORDERS, at={"subject": "subject"}),
    "query_keeping": verb(P.VIEW_ORDERS, at={"subject": "subject"}, post=INVALID),
    "saved_query": Way(MOVED, INVALID, frozenset({P.VIEW_ORDERS}), frozenset({P.MANAGE_STAFF}),
                       {"pk": "kept_query"}, but=NO_LISTS),
    "saved_query_deletion": verb(P.MANAGE_STAFF, at="kept_query"),
    **{f"query_{name}": page(P.VIEW_ORDERS) for name in OF_ORDERS},
    **{f"query_{name}": page(P.COLLECT, P.SETTLE, P.VIEW_BOOKS) for name in OF_MONEY},
    **{f"query_{name}": page(P.VIEW_STOCK) for name in ("stock_moves", "stock")},
    **{f"query_{name}": page(P.VIEW_CUSTOMERS) for name in ("customers", "vehicles")},
    # the desk
    "home": page(but={("get", "technician"): MOVED}),
    "search": page(),
    "reception": form(P.OPEN_ORDER, **HERE),
    "reception_match": page(P.OPEN_ORDER, **HERE),
    "orders": page(*LOOKERS, **HERE),
    "order": page(*LOOKERS, at="order"),
    "order_till": page(*LOOKERS, at="completed"),
    "order_verdicts": page(*LOOKERS, at="inspecting"),
    "delivery": form(P.DELIVER, at="settled"),
    "cashier": page(P.SETTLE, P.COLLECT, **HERE),
    "cashier_order": page(P.SETTLE, P.COLLECT, at="completed"),
    "my_jobs": page(P.WORK, P.LEAD_TEAM, **HERE),
    "job": page(*WORKING, at="job"),
    "job_findings": verb(*WORKING, at="job", post=INVALID),
    "job_part_requests": verb(P.REQUEST_PARTS, at="job",
                              but=only({"service_adviser": REFUSED, "warranty_clerk": REFUSED})),
    "job_measurements": verb(*WORKING, at="job", post=INVALID),
    "job_photos": verb(*WORKING, at="job", post=INVALID),
    "stores": page(P.ISSUE_PARTS, **HERE),
    "stores_scans": verb(P.ISSUE_PARTS, post=INVALID, **HERE),
    "stores_order": page(P.ISSUE_PARTS, at="order"),
    "stores_issues": verb(P.ISSUE_PARTS, at="order"),
    "notices": page(),
    "help": page(),
    "help_document": page(at={"slug": "document_slug"}),
    "api_help": page(),
    "api_help_area": page(at={"tag": "area"}),
    "api_schema": page(),
    "file": page(at="file", but=FILE),
    "file_thumbnail": page(at="file", but=FILE),
}
