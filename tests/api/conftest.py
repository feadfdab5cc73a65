"""The world of the walk serves the API too: two stations, people of every role, all rows."""

from tests.walk.conftest import _quiet, world

__all__ = ["_quiet", "world"]
