"""Counting statements: what the shell costs on every page is taken off."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

#: session, person and rights in one; what the menu counts: every page of a logged-in person
SHELL = 2


def statements(client: Client, address: str) -> int:
    """Statements of one page that answers 200, savepoints left out."""
    client.get(address)  # the first page of a session notes when it was seen
    with CaptureQueriesContext(connection) as seen:
        response = client.get(address)
        if response.streaming:
            list(response)
    assert response.status_code == 200, response.status_code
    return sum(1 for query in seen.captured_queries if "SAVEPOINT" not in query["sql"])
