"""What the kinds of events are called on a screen. Each app registers its own when it is ready."""

from collections.abc import Mapping

from chejian.core.errors import Text

_words: dict[str, Text] = {}


def register_event_words(words: Mapping[str, Text]) -> None:
    """``words`` maps kinds (``order.received``) to a short sentence without its subject."""
    _words.update(words)


def event_words(kind: str) -> Text:
    """The words of a kind; the kind itself where nobody has named it."""
    return _words.get(kind, kind)


def known_events() -> dict[str, Text]:
    """Every kind that somebody has named."""
    return dict(_words)
