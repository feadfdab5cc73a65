"""Every page of the product on the demo's data: who looks at it, and with which rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.e2e.house import House
from tests.walk.table import TABLE
from tests.walk.test_roles import address

#: who looks at a page: the first of these whom the table lets in
LOOKERS = (
    "service_adviser", "storekeeper", "cashier", "workshop_controller", "technician",
    "inspector", "station_manager", "administrator", "head_office",
)
#: answers for programs, pieces of pages, files
NO_PAGES = frozenset({
    "healthz", "readyz", "document", "login_again", "party_lookup", "vehicle_lookup",
    "part_lookup", "operation_lookup", "receipt_row", "receipt_parts", "order_panels",
    "order_panel", "order_line_lookup", "order_till", "order_verdicts", "reception_match",
    "import_template", "import_progress", "import_problem_rows",
    "import_batch_progress", "reconciliation_pdf", "reconciliation_xlsx", "archive_progress",
    "file", "file_thumbnail",
    "login", "api_schema",
    # a person's own: the demo has made none
    "export_job", "export_progress", "export_file", "export_template",
})
#: further addresses of one page, where another tab is another page
MORE = {
    "orders": (
        "?state=all", "?state=asking", "?state=all&panel=columns", "?panel=save",
        "?state=all&panel=filters&f=total.from.1&f1=opened.period.this_year&f2=status.in.draft",
    ), "home": ("?who=all",),
    "cashier": ("?tab=collect", "?tab=deposit"), "stores": ("?tab=issued",),
    "query": ("?by=type&fig=sum:total&chart=pie", "?by=opened:day&fig=count&chart=line&panel=save"),
    "search": ("?q=%E5%88%B9%E8%BD%A6",),
    "parties": ("?role=supplier",), "entries": ("?account=1001",),
}
ORDER = """
SELECT o.id FROM workorders_workorder o JOIN accounts_station s ON s.id = o.station_id
WHERE s.code = 'NS' AND o.status = '{}' ORDER BY o.id DESC LIMIT 1
"""
#: the order in repair with most on it
BUSY = """
SELECT o.id FROM workorders_workorder o JOIN accounts_station s ON s.id = o.station_id
JOIN workorders_jobline j ON j.order_id = o.id JOIN workorders_concern c ON c.order_id = o.id
WHERE s.code = 'NS' AND o.status = 'in_progress' AND j.status = 'working'
GROUP BY o.id ORDER BY count(*) DESC, o.id LIMIT 1
"""
OWN_JOB = """
SELECT j.id FROM workorders_jobline j JOIN workorders_assignment a ON a.job_id = j.id
JOIN accounts_user u ON u.id = a.technician_id JOIN workorders_workorder o ON o.id = j.order_id
WHERE u.username = %s ORDER BY o.status = 'in_progress' DESC, j.id DESC LIMIT 1
"""
QUESTIONS = {
    "order": BUSY,
    "job": f"SELECT id FROM workorders_jobline WHERE order_id = ({BUSY}) AND status = 'working'"
           " ORDER BY id LIMIT 1",
    "concern": f"SELECT id FROM workorders_concern WHERE order_id = ({BUSY}) ORDER BY id LIMIT 1",
    "completed": ORDER.format("completed"),
    "received": ORDER.format("received"),
    "settled": ORDER.format("settled"),
    "inspecting": ORDER.format("pending_inspection"),
    "party": "SELECT customer_id FROM workorders_workorder ORDER BY id LIMIT 1",
    "vehicle": "SELECT vehicle_id FROM workorders_workorder ORDER BY id LIMIT 1",
    "part": "SELECT part_id FROM inventory_stockmove ORDER BY id LIMIT 1",
    "operation": "SELECT min(id) FROM catalog_labouroperation",
    "template": "SELECT min(id) FROM catalog_jobtemplate",
    "inspection_item": "SELECT min(id) FROM quality_inspectiontemplate",
    "repair_type": "SELECT min(id) FROM catalog_repairtype",
    "entry": "SELECT max(e.id) FROM books_journalentry e JOIN accounts_station s"
             " ON s.id = e.station_id WHERE s.code = 'NS'",
    "receipt": "SELECT max(r.id) FROM inventory_stockreceipt r JOIN accounts_station s"
               " ON s.id = r.station_id WHERE s.code = 'NS'",
    "warehouse": "SELECT min(w.id) FROM inventory_warehouse w JOIN accounts_station s"
                 " ON s.id = w.station_id WHERE s.code = 'NS'",
    "station": "SELECT id FROM accounts_station WHERE code = 'NS'",
    "region": "SELECT min(id) FROM accounts_region",
    "team": "SELECT min(t.id) FROM accounts_team t JOIN accounts_station s"
            " ON s.id = t.station_id WHERE s.code = 'NS'",
    "bay": "SELECT min(b.id) FROM accounts_bay b JOIN accounts_station s"
           " ON s.id = b.station_id WHERE s.code = 'NS'",
    "person": "SELECT min(a.user_id) FROM accounts_assignment a JOIN accounts_station s"
              " ON s.id = a.station_id WHERE s.code = 'NS'",
    "past_order": "SELECT max(id) FROM workorders_pastorder",
    "run": "SELECT max(id) FROM movein_importrun",
    "service": "SELECT min(id) FROM accounts_user WHERE is_service",
    "batch": "SELECT max(id) FROM movein_importbatch",
}
#: Latin words that are data of the shop: user names, codes, names of cars
DATA_WORDS = """
SELECT username FROM accounts_user UNION SELECT code FROM catalog_repairtype
UNION SELECT code FROM catalog_repairclass UNION SELECT code FROM catalog_labourclass
UNION SELECT unnest(regexp_split_to_array(make || ' ' || series || ' ' || model, '[^A-Za-z]+'))
FROM vehicles_vehicle
"""
NAMED = {"role": "cashier", "account": "1001", "term_kind": "repair-types",
         "document_slug": "work-order", "area": "work-orders",
         "export_source": "query-orders", "subject": "orders"}


@dataclass(frozen=True)
class Shown:
    name: str
    role: str
    url: str


def looker(name: str) -> str:
    """Who looks at this page."""
    if name in ("my_jobs", "job"):
        return "technician"
    return next(one for one in LOOKERS if TABLE[name].expected("get", one) == 200)


NAMES = [name for name, way in TABLE.items() if way.get == 200 and name not in NO_PAGES]
LOOKING = list(dict.fromkeys(looker(name) for name in NAMES))


def shown_pages(house: House) -> Iterator[Shown]:
    """Every page that answers with 200 to somebody, with the person who looks at it."""
    rows: dict = dict(NAMED)
    for key, question in QUESTIONS.items():
        rows[key] = house.one(question)
    rows["line"] = f"j{rows['job']}"
    own = house.one(OWN_JOB, house.login_of("technician"))
    assert [key for key, found in rows.items() if not found] == []
    for name in NAMES:
        role = looker(name)
        url = address(name, {**rows, "job": own} if name == "job" else rows)
        yield Shown(name, role, url)
        for query in MORE.get(name, ()):
            yield Shown(f"{name} {query}", role, url + query)


def data_words(house: House) -> set[str]:
    with house.database() as line:
        found = [str(row[0]) for row in line.execute(DATA_WORDS)]
    return {word for text in found for word in (text, *re.split(r"[^A-Za-z]+", text))}
