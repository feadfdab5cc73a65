"""Build hook: message catalogues are compiled when the package is built or installed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(self.root) / "src"))
        from chejian.catalogues import compile_all  # noqa: PLC0415 - found by the line above

        compile_all(Path(self.root) / "src" / "chejian")
