"""Compiling message catalogues. Needs Babel alone, so that the build can use it."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def catalogues(package: Path) -> Iterator[Path]:
    """Every catalogue of the package: one per app, and one for the modules beside them."""
    yield from sorted(package.glob("locale/*/LC_MESSAGES/*.po"))
    yield from sorted(package.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_all(package: Path) -> int:
    """Compile what is newer than its compiled form; returns how many were written."""
    stale = [path for path in catalogues(package) if _is_stale(path)]
    for path in stale:
        with path.open("rb") as source:
            catalogue = read_po(source)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


if __name__ == "__main__":
    compile_all(Path(__file__).resolve().parent)
