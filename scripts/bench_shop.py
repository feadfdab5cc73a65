"""The demo's people at work through pages and forms, for the benchmark."""

import re
import uuid
from itertools import cycle

from scripts.bench_http import Answer, AnswerError, Person

PASSWORD = "chejian-demo"  # noqa: S105 - stands on the demo's login page
#: the common jobs of the demo: one job with four parts, one without any
FIVE_LINES = "保养 B 级"
NO_PARTS = "四轮定位"
ROLES = {"adviser": "linxiaowen", "controller": "hejun", "keeper": "sunli",
         "inspector": "madesheng", "cashier": "wumin", "manager": "liuzhan", "admin": "admin",
         "technician": "chenzhiqiang", "head": "zongbu"}
TECHNICIANS = {"陈志强": "chenzhiqiang", "黄伟": "huangwei", "李国栋": "liguodong",
               "周小军": "zhouxiaojun", "方启明": "fangbanzhang"}
BOX = r'<input[^>]*name="{name}"[^>]*value="(\d+)"[^>]*>(?:\s|<[^>]*>)*([^<]*)'


def boxes(page: str, name: str) -> dict[str, int]:
    """The boxes to tick of that name: label to value."""
    return {label.strip(): int(value)
            for value, label in re.findall(BOX.format(name=name), page)}


class Shop:
    """Everybody logged in, the cars and words of the reception known."""

    def __init__(self, address: str) -> None:
        self._people = {role: Person.log_in(address, name, PASSWORD)
                        for role, name in ROLES.items()}
        self._technicians = {name: Person.log_in(address, login, PASSWORD)
                             for name, login in TECHNICIANS.items()}
        adviser = self._people["adviser"]
        self._car = cycle(adviser.get("/vehicles/").ids(r'href="/vehicles/(\d+)/"'))
        form = adviser.get("/reception/").text
        kinds = re.search(r'(?s)name="repair_type".*?<option value="(\d+)"', form)
        self._templates = boxes(form, "templates")
        if kinds is None or FIVE_LINES not in self._templates:
            raise AnswerError("the reception does not offer what the demo has")
        self._kind = kinds[1]

    def person(self, role: str) -> Person:
        """Somebody of that role on a connection of his own."""
        return self._people[role].twin()

    def create(self, person: Person, template: str = FIVE_LINES) -> Answer:
        """Receive a known car for a common job: order, concern, walk-around, lines."""
        return person.post("/reception/", {
            "key": uuid.uuid4(), "vehicle": next(self._car), "repair_type": self._kind,
            "templates": self._templates[template], "concern_0": "保养到期", "priority": 3,
            "old_parts": "leave", "body": "sedan", "waived_reason": "客户赶时间",
        })

    def approve(self, place: str) -> list[int]:
        """Yes to everything that was offered; the ids of the jobs."""
        adviser = self._people["adviser"]
        jobs = adviser.get(f"{place}approvals/").ids(r'name="job_(\d+)"')
        adviser.post(f"{place}approvals/", {
            "key": uuid.uuid4(), "given_by": "客户", "channel": "phone",
            **{f"job_{job}": "yes" for job in jobs},
        })
        return jobs

    def ready_to_issue(self) -> tuple[Person, str, int]:
        """The storekeeper, the counter of an approved order, and a line that the store has."""
        place = self.create(self._people["adviser"]).location
        self.approve(place)
        keeper, counter = self.person("keeper"), f"/stores/{place.split('/')[2]}/"
        lines = keeper.get(counter).ids(r'name="line" value="(\d+)"')
        for line in lines:
            try:
                self.issue(keeper, counter, line)
            except AnswerError:
                continue
            return keeper, counter, line
        raise AnswerError(f"nothing of {place} can be issued: {lines}")

    def ready_to_return(self) -> tuple[Person, str, int]:
        """The storekeeper, an order, and an issue of one piece that may come back bit by bit."""
        place = self.create(self._people["adviser"]).location
        self.approve(place)
        keeper, counter = self.person("keeper"), f"/stores/{place.split('/')[2]}/"
        for line in keeper.get(counter).ids(r'name="line" value="(\d+)"'):
            try:
                keeper.post(f"{counter}issues/", {"key": uuid.uuid4(), "line": line,
                                                  "quantity": "1"})
            except AnswerError:
                continue
            issues = keeper.get(counter).ids(r"/part-issues/(\d+)/returns/")
            return keeper, place, issues[0]
        raise AnswerError(f"nothing of {place} can be issued")

    def give_back(self, person: Person, place: str, issue: int) -> Answer:
        """A hundredth of the piece."""
        data = {"key": uuid.uuid4(), "quantity": "0.01"}
        return person.post(f"{place}part-issues/{issue}/returns/", data)

    def issue(
        self, person: Person, counter: str, line: int, *, fragment: bool = False
    ) -> Answer:
        """A hundredth at a time, so that a shelf of the demo lasts."""
        data = {"key": uuid.uuid4(), "line": line, "quantity": "0.01"}
        return person.post(f"{counter}issues/", data, fragment=fragment,
                           expect=200 if fragment else 302)

    def completed(self) -> tuple[str, str]:
        """An order without parts, taken to the cashier's door: its address, what is to be paid."""
        adviser, controller = self._people["adviser"], self._people["controller"]
        place = self.create(adviser, NO_PARTS).location
        jobs = self.approve(place)
        self._work(place, jobs)
        controller.post(f"{place}completions/", {})
        self._people["inspector"].post(
            f"{place}inspections/", {"key": uuid.uuid4(), "verdict": "passed"})
        page = self._people["cashier"].get(f"/cashier/{place.split('/')[2]}/").text
        due = re.search(r"(?s)still-to-collect.*?([\d,]+\.\d\d)", page)
        if due is None:
            raise AnswerError(f"the cashier's page of {place} does not say what is to be paid")
        return place, due[1].replace(",", "")

    def _work(self, place: str, jobs: list[int]) -> None:
        """By the first technician who is free: of the demo's some are on a job."""
        controller = self._people["controller"]
        people = boxes(controller.get(f"{place}assignments/").text, "technicians")
        for name in list(self._technicians):
            if name not in people:
                continue
            controller.post(f"{place}assignments/", {"jobs": jobs, "technicians": people[name]})
            person = self._technicians[name]
            try:
                person.post(f"{place}jobs/{jobs[0]}/clocks/", {})
            except AnswerError:  # his clock runs elsewhere
                del self._technicians[name]
                continue
            person.post(f"{place}jobs/{jobs[0]}/completions/", {})
            return
        raise AnswerError("every technician of the demo is on a job")

    def settle(self, person: Person, place: str, due: str) -> list[Answer]:
        """Settle, and collect all of it in cash."""
        return [
            person.post(f"{place}settlements/", {"key": uuid.uuid4()}),
            person.post(f"{place}payments/", {"key": uuid.uuid4(), "cash": due}),
        ]
