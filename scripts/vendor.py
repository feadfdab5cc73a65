"""Bring third-party browser code into the source tree, for maintainers.

Packages are named with version and checksum in vendor.lock, fetched with `npm pack`,
verified, and only the files named here are kept, each with its licence. What the product
serves is committed, so set-up needs neither node nor a network.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORE_STATIC = HERE.parent / "src" / "chejian" / "core" / "static" / "core"
VENDOR = CORE_STATIC / "vendor"

# package -> files inside it -> name under vendor/
KEPT = {
    "htmx.org": {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"},
    "@tabler/icons": {"LICENSE": "tabler-icons.LICENSE.txt"},
}

SPRITE_HEAD = (
    "<!-- Made by scripts/vendor.py from Tabler Icons (MIT, see vendor/tabler-icons.LICENSE.txt)"
    " -->\n"
)


@dataclass(frozen=True)
class Locked:
    package: str
    version: str
    sha256: str


def plain_lines(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def read_lock() -> list[Locked]:
    return [Locked(*fields) for fields in plain_lines(HERE / "vendor.lock")]


def fetch(locked: Locked, folder: Path) -> Path:
    """Pack one package into `folder` and return the file once its checksum is right."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch packages")
    done = subprocess.run(
        [npm, "pack", "--silent", f"{locked.package}@{locked.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    packed = folder / done.stdout.split()[-1]
    found = hashlib.sha256(packed.read_bytes()).hexdigest()
    if found != locked.sha256:
        sys.exit(f"{locked.package} {locked.version}: checksum is {found}, not {locked.sha256}")
    return packed


def unpack(packed: Path, folder: Path) -> Path:
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def keep_files(package: str, root: Path) -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for inside, name in KEPT[package].items():
        text = (root / inside).read_text(encoding="utf-8")
        (VENDOR / name).write_text(text.rstrip() + "\n", encoding="utf-8", newline="\n")


def symbol(name: str, svg: str) -> str:
    """One outline icon as a symbol; stroke and size come from the stylesheet."""
    inner = re.sub(r"^.*?<svg.*?>|</svg>.*$", "", svg, flags=re.DOTALL)
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b.*?/>", inner, re.DOTALL)
    drawn = [" ".join(shape.split()) for shape in shapes if 'fill="none"' not in shape]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(drawn)}</symbol>'


def write_sprite(root: Path) -> None:
    outline = root / "icons" / "outline"
    symbols = [
        symbol(name, (outline / f"{source}.svg").read_text(encoding="utf-8"))
        for name, source in plain_lines(HERE / "icons.txt")
    ]
    body = "\n".join(symbols)
    text = f'{SPRITE_HEAD}<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'
    (CORE_STATIC / "icons.svg").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    for locked in read_lock():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            root = unpack(fetch(locked, folder), folder)
            keep_files(locked.package, root)
            if locked.package == "@tabler/icons":
                write_sprite(root)


if __name__ == "__main__":
    main()
