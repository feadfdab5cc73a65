"""Keep the message catalogues complete: one per app, Chinese, made with Babel.

    python scripts/messages.py            add new messages, keep what is translated, compile
    python scripts/messages.py --prune    the same, and drop what the code no longer says
    python scripts/messages.py --check    change nothing; fail on anything missing or wrong

A message that an app on a lower floor has already translated need not be repeated above it.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from chejian.catalogues import compile_all

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "chejian"
LANGUAGE = "zh_Hans"
#: far fewer means that a pattern finds nothing, which Babel does not tell
LEAST_MESSAGES = 60
FLOORS = (
    "core", "accounts", "parties", "vehicles", "catalog", "books", "inventory", "purchasing",
    "membership", "workorders", "scheduling", "quality", "billing", "claims", "sales", "crm",
    "reports", "network", "notices", "integrations", "movein", "desk", "portal", "api", "demo",
)
#: folders beside the apps that say nothing to anybody
WORDLESS = {"locale", "database"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}
JINJA2_OPTIONS = {
    "trimmed": "true", "silent": "false",
    "extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols",
}
APP_FILES = [("migrations/**.py", "ignore"), ("**.py", "python"), ("jinja2/**.html", "jinja2"),
             ("jinja2/**.txt", "jinja2"), ("jinja2/**.typ", "jinja2")]
OWN_FILES = [("*.py", "python")]
UNSTABLE_HEADERS = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By'
    r'|Report-Msgid-Bugs-To):.*\n', re.MULTILINE,
)
PLACEHOLDERS = re.compile(r"%\(\w+\)[.\d]*[sdf]|%[sd]|\{\w*\}|%%")

type Key = tuple[str | None, str]


@dataclass
class Part:
    """One app, or the modules beside the apps: what its code says and what is translated."""

    name: str
    file: Path
    said: Catalog
    translated: Catalog
    problems: list[str] = field(default_factory=list)


def main() -> int:
    options = _options()
    parts = list(read_parts())
    total = sum(len(part.said) for part in parts)
    if total < LEAST_MESSAGES:
        print(f"Only {total} messages found, at least {LEAST_MESSAGES} are expected.")
        return 1
    if options.check:
        return _report(parts, total)
    known: set[Key] = set()
    for part in parts:
        _update(part, known, prune=options.prune)
        if part.name != "chejian":
            known |= {key(message) for message in part.translated if is_complete(message)}
    print(f"{total} messages, {compile_all(PACKAGE)} catalogues compiled")
    return _report(list(read_parts()), total)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--prune", action="store_true")
    return parser.parse_args()


def read_parts() -> Iterator[Part]:
    """The modules beside the apps first, then the apps from the ground up."""
    yield _part("chejian", PACKAGE, OWN_FILES)
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    unknown = folders - set(FLOORS) - WORDLESS
    if unknown:
        raise SystemExit(f"scripts/messages.py does not know the floor of {sorted(unknown)}")
    for name in FLOORS:
        if name in folders:
            yield _part(name, PACKAGE / name, APP_FILES)


def _part(name: str, folder: Path, files: list[tuple[str, str]]) -> Part:
    options = {pattern: JINJA2_OPTIONS for pattern, method in files if method == "jinja2"}
    said = Catalog(locale=LANGUAGE)
    found = extract_from_dir(folder, files, options, KEYWORDS)
    for _name, _line, message, _comments, context in found:
        said.add(message, context=context)
    file = folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    return Part(name, file, said, _read(file))


def _read(file: Path) -> Catalog:
    if not file.exists():
        return Catalog(locale=LANGUAGE)
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def key(message: Message) -> Key:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, text


def texts(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """One text, or one for each plural."""
    return [text] if isinstance(text, str) else list(text or [""])


def is_complete(message: Message) -> bool:
    strings = texts(message.string)
    return bool(message.id) and all(strings) and not message.fuzzy


def _update(part: Part, below: set[Key], *, prune: bool) -> None:
    own = {key(message): message for message in part.translated if message.id}
    spoken = {key(message) for message in part.said if message.id}
    fresh = Catalog(locale=LANGUAGE, project="Chejian", header_comment="", fuzzy=False)
    for message in part.said:
        if message.id and (key(message) in own or key(message) not in below):
            kept = own.get(key(message))
            fresh.add(message.id, kept.string if kept else "", context=message.context,
                      flags=kept.flags & {"fuzzy"} if kept else ())
    for known, message in own.items():
        if known not in spoken and not prune:
            fresh.add(message.id, message.string, context=message.context)
    part.translated = fresh
    if len(fresh) or part.file.exists():
        _write(part.file, fresh)


def _write(file: Path, catalogue: Catalog) -> None:
    sink = io.BytesIO()
    write_po(sink, catalogue, width=100, no_location=True, sort_output=True)
    text = UNSTABLE_HEADERS.sub("", sink.getvalue().decode("utf-8"))
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def _report(parts: list[Part], total: int) -> int:
    below: dict[Key, Message] = {}
    for part in parts:
        check(part, below)
        if part.name != "chejian":
            below |= {key(message): message for message in part.translated if message.id}
    problems = [f"{part.name}: {problem}" for part in parts for problem in part.problems]
    print("\n".join(problems))
    print(f"{total} messages, {len(problems)} problems")
    return 1 if problems else 0


def check(part: Part, below: dict[Key, Message]) -> None:
    """Note everything that is said and not well translated, here or on a lower floor."""
    own = {key(message): message for message in part.translated if message.id}
    for message in part.said:
        if not message.id:
            continue
        found = own.get(key(message)) or below.get(key(message))
        if found is None:
            part.problems.append(f"missing {message.id!r}")
    for message in own.values():
        part.problems.extend(_mistakes(message))
        lower = below.get(key(message)) if part.name != "chejian" else None
        if lower is not None and texts(lower.string) != texts(message.string):
            part.problems.append(
                f"{message.id!r} is {texts(lower.string)} on a lower floor, which wins over "
                f"{texts(message.string)}: give it a context"
            )


def _mistakes(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"fuzzy {message.id!r}"
    wanted = {frozenset(PLACEHOLDERS.findall(text)) for text in texts(message.id)}
    for string in texts(message.string):
        if not string:
            yield f"empty {message.id!r}"
        elif frozenset(PLACEHOLDERS.findall(string)) not in wanted:
            yield f"placeholders differ in {message.id!r}: {string!r}"


if __name__ == "__main__":
    sys.exit(main())
