"""The desk's tests speak through the browser: real people, real orders, real addresses."""

import pytest

from tests.factories.workorders import Shop


@pytest.fixture
def shop(defaults: None) -> Shop:
    """A station with everything that ``bootstrap`` makes."""
    return Shop()
