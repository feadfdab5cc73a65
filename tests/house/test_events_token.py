import base64
import json

import pytest

from chejian.events_token import BadTokenError, mint, verify

SECRET = "of the test"


def test_a_token_grants_its_channels_until_it_expires():
    token = mint(["user:12", "station:3", "user:12"], ttl=60, secret=SECRET, now=1000)
    grant = verify(token, SECRET, now=1059)
    assert grant.channels == {"station:3", "user:12"}
    assert grant.expires == 1060
    with pytest.raises(BadTokenError, match="expired"):
        verify(token, SECRET, now=1060)


def test_other_channels_need_another_signature():
    token = mint(["station:3"], ttl=60, secret=SECRET, now=1000)
    forged = base64.urlsafe_b64encode(
        json.dumps({"channels": ["station:4"], "exp": 9999}).encode()
    ).decode()
    with pytest.raises(BadTokenError, match="signature"):
        verify(f"{forged}.{token.partition('.')[2]}", SECRET, now=1000)


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.ü", "a" * 10_000])
def test_rubbish_is_refused(token):
    with pytest.raises(BadTokenError):
        verify(token, SECRET, now=1000)


def test_another_installation_does_not_know_it():
    with pytest.raises(BadTokenError):
        verify(mint(["all"], 60, SECRET, 1000), "another secret", now=1000)
