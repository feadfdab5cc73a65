"""A program with a token, and answers as JSON."""

import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from chejian.accounts.models import User
from chejian.accounts.scopes import Scope
from chejian.accounts.services.tokens import Made, make_token

BASE = "/api/v1"
#: one for all: it holds no session, and an error becomes an answer of status 500
_CLIENT = Client(raise_request_exception=False)


def token_of(user: User, *scopes: str, days: int = 30) -> Made:
    now = timezone.now()
    return make_token(
        user=user, name="试", scopes=scopes or list(Scope), expires_at=now + timedelta(days=days),
        by=user, at=now,
    )


class Program:
    """Asks with one token."""

    def __init__(self, key: str) -> None:
        self.key = key

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {
                "data": body if isinstance(body, bytes | str) else json.dumps(body, default=str),
                "content_type": "application/json",
            }
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            named = {"Authorization": f"Bearer {self.key}", **named}
        return _CLIENT.generic(
            method, f"{BASE}{path}", headers=named,
            **({"data": b"", "content_type": "application/json"} | sent),
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, version: str = "", **headers: str) -> Any:
        if version:
            headers["If_Match"] = version
        return self.ask("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def upload(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return _CLIENT.post(
            f"{BASE}{path}", data, headers={"Authorization": f"Bearer {self.key}", **named}
        )


def program(user: User, *scopes: str) -> Program:
    return Program(token_of(user, *scopes).key)


class Undone:
    """What happens inside is rolled back."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)
