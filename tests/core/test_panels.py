"""Upper apps fill pages of lower ones."""

import pytest

from chejian.core import panels


@pytest.fixture(autouse=True)
def _own_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", {})


def test_panels_come_in_order_and_silent_ones_not_at_all() -> None:
    panels.register_panel("party", lambda _request, subject: f"<b>{subject}</b>", order=20)
    panels.register_panel("party", lambda _request, _subject: None, order=15)
    panels.register_panel("party", lambda _request, _subject: "<i>first</i>", order=10)
    assert panels.panels("party", None, 7) == ["<i>first</i>", "<b>7</b>"]
    assert panels.panels("vehicle", None, 7) == []
