"""Encryption of single values at rest: AES-GCM with key ids, and a blind index to find them.

The associated data names the row, so that a sealed value copied to another row does not open.
Keys are derived from the field key made at first start.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_ID = "k1"


@lru_cache
def _key(purpose: str) -> bytes:
    secret: str = settings.FIELD_KEY
    return hmac.new(secret.encode(), f"chejian:{purpose}".encode(), hashlib.sha256).digest()


def seal(text: str, about: str) -> str:
    """Encrypt ``text``; ``about`` names the row and field. Empty stays empty."""
    if not text:
        return ""
    nonce = os.urandom(12)
    box = AESGCM(_key(f"seal:{KEY_ID}")).encrypt(nonce, text.encode(), about.encode())
    return f"{KEY_ID}:{base64.urlsafe_b64encode(nonce + box).decode()}"


def unseal(sealed: str, about: str) -> str:
    """Decrypt. Raises cryptography's InvalidTag when the value or its row is not the right one."""
    if not sealed:
        return ""
    key_id, _, body = sealed.partition(":")
    raw = base64.urlsafe_b64decode(body)
    return AESGCM(_key(f"seal:{key_id}")).decrypt(raw[:12], raw[12:], about.encode()).decode()


def blind_index(text: str, purpose: str) -> str:
    """A keyed fingerprint to look a normalised value up without opening any. Empty stays empty."""
    if not text:
        return ""
    return hmac.new(_key(f"index:{purpose}"), text.encode(), hashlib.sha256).hexdigest()
