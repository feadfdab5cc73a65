"""What a template writes: a value made safe, in as little time as can be.

A page writes some six hundred values. Most are plain text, which needs no object around it once it
is only joined to a page; or words of the product, which in one language are always the same.
"""

from collections.abc import Callable
from typing import Any

import markupsafe
from django.utils.translation import gettext_lazy, pgettext_lazy
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

#: words that are remembered; every label of the product is far fewer
MOST = 8_000
WORDS = frozenset({type(gettext_lazy("")), type(pgettext_lazy("", ""))})
_safe: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined]


def writer() -> Callable[[Any], str]:
    """``markupsafe.escape`` for what is written into a page of one language."""
    known: dict[int, tuple[Any, str]] = {}

    def written(value: Any) -> str:
        kind = type(value)
        if kind is str:
            return _safe(value)
        if kind is Markup:
            return value  # type: ignore[no-any-return]
        if kind in WORDS:
            found = known.get(id(value))
            if found is not None:
                return found[1]
            if len(known) >= MOST:
                known.clear()
            text = escape(str(value))
            known[id(value)] = (value, text)  # as long as it is kept, nobody else has its id
            return text
        return escape(value)

    return written


class Writing(CodeGenerator):
    """Templates that ask the environment's ``written`` for every value."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")
