"""Words for the terminal, for processes that do not load Django."""

import gettext
import locale
import os
from functools import lru_cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent / "locale"


def language() -> str:
    """``en`` where the person's system speaks English, else Chinese, the house's language."""
    named = os.environ.get("CHEJIAN_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    spoken = named or locale.getlocale()[0] or ""
    return "en" if spoken.lower().startswith("en") else "zh_Hans"


@lru_cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("django", str(LOCALE), languages=[language()], fallback=True)


def _(text: str) -> str:
    """Translate a message to the operator."""
    return _catalogue().gettext(text)


#: begins a line that the supervisor shows and does not keep
UNKEPT = "\x1e"


def unkept(line: str) -> str:
    """A line for the terminal alone, such as a password; marked where a supervisor listens."""
    return UNKEPT + line if os.environ.get("CHEJIAN_START_ID") else line


class OperatorError(Exception):
    """What stops the program and can be mended by the person who started it: shown as it is."""
