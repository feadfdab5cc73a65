"""What the screens can do, the API can do, or it is said why not."""

import re
from pathlib import Path

from chejian.api.build import schema
from chejian.workorders.states import JOB, WORK_ORDER
from tests.api.table import OPS
from tests.walk.table import NO_METHOD, TABLE

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
#: what is sent on a screen and has no operation of its own, by the reason (docs/api.md)
WITHOUT: dict[str, set[str]] = {
    "the person at the screen": {
        "login", "login_again", "logout", "change_password", "set_theme", "set_language",
        "set_menu", "set_favourites", "set_station", "list_views", "list_view",
        "list_view_removals", "query_keeping", "saved_query", "saved_query_deletion",
    },
    "people, rights and tokens": {
        "new_person", "person", "staff_file", "grant_role", "take_role", "new_password",
        "close_person", "reopen_person", "roles", "role", "role_name", "tokens",
        "token_revocations", "service_accounts", "service_account",
    },
    "settings": {
        "skills", "stations", "new_station", "station", "new_region", "region", "new_team", "team",
        "new_bay", "bay", "new_term", "term", "new_inspection_item", "inspection_item",
    },
    "the books": {"periods", "account"},
    "files out": {
        "export_create", "new_export_template", "export_template", "export_template_deletion",
        "archives", "archive_removal",
    },
    "moving in": {
        "imports", "import_columns", "import_mends", "import_check", "import_commit",
        "import_choices", "import_withdrawal", "import_batches", "import_batch_trials",
        "import_batch_commitment", "import_batch_withdrawal", "import_batch_controls",
        "reconciliation_signatures", "opening_reversals",
    },
    "several operations in one touch": {
        "list_deeds", "job_findings", "stores_scans", "stores_issues",
    },
}
#: further screens from which the same verb is called
SAME: dict[str, str] = {
    "job_part_requests": "request_missing", "job_photos": "add_photo",
    "approval_decision": "decide_request", "discount_requests": "ask_discount",
}
#: action of an order or a job → the operation that takes it
ORDER_ACTIONS = {
    "receive": "receive_order", "start": "start_clock", "hold": "hold_order",
    "resume": "resume_order", "finish": "finish_order", "fail": "create_inspection",
    "pass": "create_inspection", "reopen": "reopen_order", "settle": "settle_order",
    "reverse": "reverse_order", "deliver": "deliver_order", "void": "void_order",
}
BY_ITSELF = {"close"}  # the worker, when the days of follow-up are over
JOB_ACTIONS = {
    "authorise": "create_approval", "decline": "create_approval", "revoke": "update_job",
    "propose": "propose_job", "assign": "assign_jobs", "unassign": "assign_jobs",
    "start": "start_clock", "pause": "pause_clock", "finish": "finish_job",
    "inspect": "create_inspection", "rework": "create_inspection", "cancel": "cancel_job",
}


def posting() -> set[str]:
    return {name for name, way in TABLE.items() if way.post != NO_METHOD}


def test_every_posting_address_has_an_operation_or_a_reason() -> None:
    offered = {op.screen for op in OPS.values() if op.method == "post" and op.screen} | set(SAME)
    reasons = [name for names in WITHOUT.values() for name in names]
    assert len(reasons) == len(set(reasons))
    assert offered & set(reasons) == set()
    assert posting() == offered | set(reasons)
    assert set(SAME.values()) <= set(OPS)


def test_the_reasons_stand_in_the_docs() -> None:
    """Every address that is left out is named in docs/api.md, and no other."""
    text = DOCS.read_text()
    part = text[text.index("## What is not in the API"):]
    part = part[: part.index("\n## ", 5)]
    assert set(re.findall(r"`(\w+)`", part)) == {n for names in WITHOUT.values() for n in names}


def test_every_action_of_an_order_and_of_a_job_is_offered() -> None:
    names = {
        told["operationId"] for path in schema()["paths"].values() for told in path.values()
    }
    assert {one.action for one in WORK_ORDER.transitions} == set(ORDER_ACTIONS) | BY_ITSELF
    assert {one.action for one in JOB.transitions} == set(JOB_ACTIONS)
    assert {*ORDER_ACTIONS.values(), *JOB_ACTIONS.values()} <= names
