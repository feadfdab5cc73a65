"""The signed note by which a page may listen to its channels. Pure: shared by web and events.

A note is ``<body>.<signature>``, the body being JSON ``{"channels": [...], "exp": <unix time>}`` in
URL-safe base64, the signature HMAC-SHA256 with a key derived from the installation's secret.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

PURPOSE = b"chejian:events"


class BadTokenError(Exception):
    """Not signed by us, not readable, or expired."""


@dataclass(frozen=True)
class Grant:
    channels: frozenset[str]
    expires: int


def mint(channels: Iterable[str], ttl: int, secret: str, now: int) -> str:
    """A token for ``channels``, good for ``ttl`` seconds from ``now`` (unix time)."""
    note = {"channels": sorted(set(channels)), "exp": now + ttl}
    body = base64.urlsafe_b64encode(json.dumps(note, separators=(",", ":")).encode()).decode()
    return f"{body}.{_sign(body, secret)}"


def verify(token: str, secret: str, now: int) -> Grant:
    """What the token grants. Raises BadTokenError."""
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(body, secret).encode()):
        raise BadTokenError("signature")
    try:
        note = json.loads(base64.urlsafe_b64decode(body))
    except (binascii.Error, ValueError) as error:
        raise BadTokenError("body") from error
    if note["exp"] <= now:
        raise BadTokenError("expired")
    return Grant(frozenset(note["channels"]), note["exp"])


def _sign(body: str, secret: str) -> str:
    key = hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
