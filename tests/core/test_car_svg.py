"""The car on paper: the same panels as on the screen."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from chejian.core.car_drawing import KINDS, drawing
from chejian.core.car_svg import car_svg, mark_share


@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_is_drawn(kind: str) -> None:
    root = ET.fromstring(car_svg(kind))
    drawn = {path.attrib["d"] for path in root.iter("{http://www.w3.org/2000/svg}path")}
    assert {panel.path for panel in drawing(kind).panels} <= drawn


def test_marks_are_shares_of_the_drawing() -> None:
    bumper = drawing("sedan").panel("front_bumper")
    assert bumper is not None
    left, top, width, height = bumper.box
    assert mark_share("sedan", "front_bumper", Decimal("0.5"), Decimal(1)) == (
        f"{(left + width / 2) / 484:.4f}",
        f"{(top + height) / 404:.4f}",
    )


def test_a_panel_that_the_body_lacks() -> None:
    assert mark_share("sedan", "bed", Decimal(0), Decimal(0)) is None
    assert mark_share("pickup", "bed", Decimal(0), Decimal(0)) is not None
