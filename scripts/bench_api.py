"""A program's share of the benchmark: a token made on the page of tokens, and JSON."""

import json
import re
import uuid
from collections.abc import Callable

from scripts.bench_http import Answer, AnswerError, Person
from scripts.bench_shop import Shop

BASE = "/api/v1"
KEY = re.compile(r'token-key[^>]*>([^<\s]+)<')
SCOPE = re.compile(r'name="scopes"[^>]*value="([\w:.-]+)"')
UNTIL = re.compile(r'name="expires_on"[^>]*value="([\d-]+)"|value="([\d-]+)"[^>]*name="expires_on"')


class ApiClient:
    """The adviser's token, and what it is used for."""

    def __init__(self, shop: Shop) -> None:
        adviser = shop.person("adviser")
        page = adviser.get("/tokens/").text
        made = adviser.post("/tokens/", {
            "name": "bench", "scopes": SCOPE.findall(page),
            "expires_on": "".join(UNTIL.findall(page)[0]),  # what the form proposes
        }, expect=200).text
        found = KEY.search(made)
        if found is None:
            raise AnswerError("the page of tokens shows no key")
        self._person, self._key = adviser, found[1]
        newest = json.loads(self.get(self.twin(), "/work-orders?limit=25").text)["items"]
        self._order = newest[0]
        self._known = json.loads(self.get(self.twin(), f"/work-orders/{newest[0]['id']}").text)

    def twin(self) -> Person:
        """A connection of its own, without a session."""
        person = Person(self._person.host, self._person.port)
        person.headers = {"Authorization": f"Bearer {self._key}"}
        return person

    def get(self, person: Person, path: str) -> Answer:
        return person.get(BASE + path)

    def list_orders(self, person: Person) -> Callable[[], list[Answer]]:
        return lambda: [self.get(person, "/work-orders?limit=25")]

    def one_order(self, person: Person) -> Callable[[], list[Answer]]:
        return lambda: [self.get(person, f"/work-orders/{self._order['id']}")]

    def create(self, person: Person) -> Callable[[], list[Answer]]:
        return lambda: [person.send_json(f"{BASE}/work-orders", {
            name: self._known[name] for name in ("station_id", "vehicle_id", "customer_id",
                                                 "repair_type_id") if name in self._known
        }, key=str(uuid.uuid4()))]
