"""Loading a file the way the command and the worker do."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.movein import services
from chejian.movein.models import ImportRun

FILES = Path(__file__).parent.parent / "data" / "move-in"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """Files of a test are kept in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def load(defaults: None, station: Station, manager: User) -> Callable[..., ImportRun]:
    """Start, check and (unless ``commit=False``) import a file: a real one, or ``data``."""

    def load_file(
        name: str,
        *,
        data: bytes | None = None,
        commit: bool = True,
        accept: Sequence[str] = (),
    ) -> ImportRun:
        at = timezone.now()
        run = services.start_import(
            station=station, data=data or (FILES / name).read_bytes(), name=name, by=manager, at=at
        )
        if run.status == ImportRun.Status.IMPORTED:
            return run
        ImportRun.objects.filter(pk=run.pk).update(accepted=list(accept))
        run = services.check(run=run, by=manager, at=at)
        return services.commit_import(run=run, by=manager, at=at) if commit else run

    return load_file
