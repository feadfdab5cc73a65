import json
import os
import shutil
import stat

import pytest

from chejian import folder
from chejian.console import OperatorError


def test_the_folder_is_made_with_private_parts(tmp_path):
    data = folder.open_folder(tmp_path / "a" / "b")
    for name in folder.PRIVATE_PARTS:
        assert (data / name).is_dir()
        if os.name == "posix":
            assert stat.S_IMODE((data / name).stat().st_mode) == 0o700


def test_a_second_start_is_told_who_holds_the_folder(tmp_path):
    data = folder.open_folder(tmp_path)
    with folder.locked(data, {"address": "http://127.0.0.1:8700/"}):
        with pytest.raises(folder.AlreadyRunningError) as caught, folder.locked(data, {}):
            pass
        assert str(os.getpid()) in str(caught.value)
        assert "http://127.0.0.1:8700/" in str(caught.value)
        note = json.loads((data / "run" / "lock").read_text())
        assert note == {"pid": os.getpid(), "address": "http://127.0.0.1:8700/"}
    with folder.locked(data, {}):
        pass


def test_a_full_disk_is_named_before_anything_starts(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        folder.shutil, "disk_usage", lambda _path: usage._replace(free=5 * 1024**2)
    )
    with pytest.raises(OperatorError, match="5 MB"):
        folder.open_folder(tmp_path / "data")


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="file"):
        folder.open_folder(tmp_path / "file" / "data")
