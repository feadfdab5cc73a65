import os
import stat

import pytest

from chejian import secrets_store
from chejian.console import OperatorError


def test_secrets_are_made_once_and_are_private(tmp_path):
    secrets_store.ensure(tmp_path, has_database=False)
    first = {name: secrets_store._is_kept(tmp_path / "secrets" / name)
             for name in secrets_store.NAMES}
    assert first == {"secret_key": True, "field_key": True}
    texts = [(tmp_path / "secrets" / name).read_text() for name in secrets_store.NAMES]
    assert texts[0] != texts[1]
    assert min(map(len, texts)) > 60
    if os.name == "posix":
        for name in secrets_store.NAMES:
            assert stat.S_IMODE((tmp_path / "secrets" / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    secrets_store.ensure(tmp_path, has_database=True)
    assert [(tmp_path / "secrets" / name).read_text() for name in secrets_store.NAMES] == texts


@pytest.mark.parametrize("damage", ["gone", "empty"])
def test_a_database_without_its_key_is_refused_and_nothing_is_made(tmp_path, damage):
    secrets_store.ensure(tmp_path, has_database=False)
    key = tmp_path / "secrets" / "field_key"
    key.unlink() if damage == "gone" else key.write_text("")
    with pytest.raises(OperatorError, match="field_key"):
        secrets_store.ensure(tmp_path, has_database=True)
    assert not key.exists() or key.read_text() == ""


def test_the_environment_goes_first(tmp_path, monkeypatch):
    secrets_store.ensure(tmp_path, has_database=False)
    monkeypatch.setenv("CHEJIAN_SECRET_KEY", "given")
    assert secrets_store.read(tmp_path, "secret_key") == "given"
