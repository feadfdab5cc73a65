"""What a form offers is not what it is sent: other stations' rows are refused in every field."""

from collections.abc import Callable
from typing import Any

import pytest

from chejian.accounts.models import Assignment as Duty
from chejian.accounts.models import Team
from chejian.books.models import PeriodClose
from chejian.inventory.models import Bin, StockReceipt
from chejian.workorders.models import Assignment, JobLine, PartIssue, TimeEntry
from tests.walk.test_roles import address, status
from tests.walk.world import Place, World, browser, undone

pytestmark = pytest.mark.django_db
type Data = Callable[[Place, Place], dict[str, Any]]


def person(place: Place, role: str) -> int:
    return place.shop.person(role).pk


def receipt(here: Place, there: Place) -> dict[str, Any]:
    return {
        "key": "7f0e9a86-1f6d-4a3f-9d9a-6b2f4f2f0a01", "warehouse": there.rows["warehouse"],
        "rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0, "rows-0-part": here.rows["part"],
        "rows-0-quantity": 3, "rows-0-unit_cost": 10,
    }


#: URL name, role, what is sent: a valid form but for the one row of another station
SENT: dict[str, tuple[str, str, Data]] = {
    "goods into their warehouse": ("receipt_create", "storekeeper", receipt),
    "parts from their warehouse": (
        "part_issues", "storekeeper",
        lambda here, there: {"warehouse": there.rows["warehouse"], "quantity": 1},
    ),
    "parts handed to their person": (
        "stores_issues", "storekeeper",
        lambda here, there: {"line": here.rows["part_line"], "quantity": 1,
                             "receiver": person(there, "technician")},
    ),
    "their line on my order": (
        "stores_issues", "storekeeper",
        lambda here, there: {"line": there.rows["part_line"], "quantity": 1},
    ),
    "a scan for their order": (
        "stores_scans", "storekeeper",
        lambda here, there: {"code": "P00001", "order": there.rows["order"]},
    ),
    "a job for their technician": (
        "order_assignments", "workshop_controller",
        lambda here, there: {"jobs": here.rows["line"][1:],  # type: ignore[index]
                             "technicians": person(there, "technician")},
    ),
    "a job for their team": (
        "order_assignments", "workshop_controller",
        lambda here, there: {"jobs": here.rows["line"][1:],  # type: ignore[index]
                             "team": there.rows["team"]},
    ),
    "a clock of their technician": (
        "job_clocks", "workshop_controller",
        lambda here, there: {"technician": person(there, "technician")},
    ),
    "a part on their job": (
        "order_jobs", "service_adviser",
        lambda here, there: {"choice": f"p{here.rows['part']}", "job": there.rows["proposed"]},
    ),
    "an answer to their job": (
        "order_approvals", "service_adviser",
        lambda here, there: {f"job_{there.rows['proposed']}": "yes", "given_by": "王建华",
                             "channel": "in_person",
                             "key": "7f0e9a86-1f6d-4a3f-9d9a-6b2f4f2f0a02"},
    ),
    "their person in my team": (
        "team", "station_manager",
        lambda here, there: {"name": "一组", "leader": person(there, "team_leader"),
                             "members": person(there, "technician")},
    ),
    "a role at their station": (
        "grant_role", "station_manager",
        lambda here, there: {"role": "cashier", "place": f"station-{there.rows['station']}",
                             "station": there.rows["station"]},
    ),
    "their month closed": (
        "periods", "station_manager",
        lambda here, there: {"station": there.rows["station"], "month": "2026-01"},
    ),
    "their station as mine": (
        "set_station", "service_adviser",
        lambda here, there: {"station": there.rows["station"]},
    ),
}


@pytest.mark.parametrize("what", SENT)
def test_a_row_of_another_station_is_refused(world: World, what: str) -> None:
    name, role, data = SENT[what]
    here, there = world.here, world.there
    before = _state()
    with undone():
        response = browser(here.sessions[role]).post(
            address(name, here.rows), data(here, there)
        )
        assert status(response) in (403, 404, 422)  # type: ignore[arg-type]
        assert _state() == before


def _state() -> dict[str, Any]:
    """What could have been made or moved."""
    made: dict[str, Any] = {
        model.__name__: model._base_manager.count()
        for model in (Assignment, Bin, Duty, JobLine, PartIssue, PeriodClose, StockReceipt, Team,
                      TimeEntry)
    }
    return made | {"jobs": list(JobLine.objects.order_by("pk").values_list("pk", "status"))}


def test_the_same_forms_with_own_rows_are_taken(world: World) -> None:
    """The proof that it was the row, and nothing else, that was refused."""
    here = world.here
    taken = {}
    for what in ("goods into their warehouse", "parts from their warehouse",
                 "parts handed to their person", "a job for their technician",
                 "a job for their team", "a part on their job", "an answer to their job",
                 "their person in my team", "their month closed"):
        name, role, data = SENT[what]
        with undone():
            response = browser(here.sessions[role]).post(
                address(name, here.rows), data(here, here)
            )
            taken[what] = status(response)  # type: ignore[arg-type]
    assert [what for what, code in taken.items() if code != 302] == []
