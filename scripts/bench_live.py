"""What happens after the answer: another's screen, and the paper that the worker makes."""

import json
import re
import threading
import time
import uuid
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

from scripts.bench_http import AnswerError, Person, percentile
from scripts.bench_shop import Shop

META = re.compile(r'<meta name="(events-url|events-token)" content="([^"]*)"')
PATIENCE = 20.0
TIMES = 10


class Screen(threading.Thread):
    """Somebody else's browser with an order open: it hears and fetches the panels again."""

    def __init__(self, person: Person, place: str) -> None:
        super().__init__(daemon=True)
        self.person, self.place = person, place
        self.order = int(place.split("/")[2])
        self.ready, self.fresh = threading.Event(), threading.Event()
        found = dict(META.findall(person.get(place).text))
        parts = urlsplit(found["events-url"])
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.path = f"{parts.path}?token={quote(found['events-token'])}"

    def run(self) -> None:
        line = HTTPConnection(*self.address, timeout=PATIENCE)
        line.request("GET", self.path)
        answer = line.getresponse()
        self.ready.set()
        while text := answer.readline().decode():
            if text.startswith("data:") and self._concerns(json.loads(text[5:])):
                self.person.get(f"{self.place}panels/", fragment=True)
                self.fresh.set()

    def _concerns(self, told: dict[str, object]) -> bool:
        return told.get("id") == self.order and told.get("k") == "concern.added"


def live_change(shop: Shop) -> tuple[float, float]:
    """Median and p95 in ms from a colleague's click to the other's panels in hand."""
    adviser = shop.person("adviser")
    place = shop.create(adviser).location
    screen = Screen(shop.person("manager"), place)
    screen.start()
    if not screen.ready.wait(PATIENCE):
        raise AnswerError("the events server does not answer")
    time.sleep(0.5)
    took = []
    for number in range(TIMES):
        screen.fresh.clear()
        began = time.perf_counter()
        adviser.post(f"{place}concerns/", {"text": f"异响 {number}"})
        if not screen.fresh.wait(PATIENCE):
            raise AnswerError("the other screen never heard of it")
        took.append((time.perf_counter() - began) * 1000)
    return percentile(took, 50), percentile(took, 95)


def settlement_paper(shop: Shop) -> tuple[float, float]:
    """Median and p95 in ms from the settlement's answer to the PDF that can be opened."""
    cashier, took = shop.person("cashier"), []
    for _ in range(TIMES // 2):
        place, _due = shop.completed()
        counter = f"/cashier/{place.split(chr(47))[2]}/"
        cashier.post(f"{place}settlements/", {"key": uuid.uuid4()})
        began = time.perf_counter()
        while not (files := re.findall(r"/files/\d+/", cashier.get(counter).text)):
            if time.perf_counter() - began > PATIENCE:
                raise AnswerError("the settlement list is not made")
            time.sleep(0.02)
        took.append((time.perf_counter() - began) * 1000)
        cashier.get(files[0])
    return percentile(took, 50), percentile(took, 95)
