"""The two secrets of an installation, made once and kept beside its data.

``secret_key`` signs sessions and tokens; ``field_key`` opens encrypted fields: without it they are
lost, so a data folder that has a database but no secrets is refused, never given new ones.
"""

import os
import secrets
from pathlib import Path

from chejian.console import OperatorError, _

NAMES = ("secret_key", "field_key")


def ensure(data: Path, *, has_database: bool) -> None:
    """Make what is missing on a first start. Raises OperatorError when a kept one is gone."""
    folder = data / "secrets"
    missing = [name for name in NAMES if not _is_kept(folder / name)]
    if not missing:
        return
    if has_database:
        raise OperatorError(
            _("There is a database but no {files}. Bring the folder back from the backup: "
              "without it the encrypted fields cannot be read.")
            .format(files=", ".join(str(folder / name) for name in missing))
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        _write(folder / name, secrets.token_urlsafe(48))


def read(data: Path, name: str) -> str:
    """A secret from the environment (CHEJIAN_SECRET_KEY, CHEJIAN_FIELD_KEY), else from its file."""
    given = os.environ.get(f"CHEJIAN_{name.upper()}", "")
    return given or (data / "secrets" / name).read_text(encoding="utf-8").strip()


def _is_kept(file: Path) -> bool:
    return file.is_file() and bool(file.read_text(encoding="utf-8").strip())


def _write(file: Path, text: str) -> None:
    """Whole or not at all: a cut-off secret would look like a good one."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as sink:
        sink.write(f"{text}\n")
        sink.flush()
        os.fsync(sink.fileno())
    draft.replace(file)
