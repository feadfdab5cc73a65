"""The car drawing as a picture for paper: black lines on white, no style, no script."""

from decimal import Decimal
from functools import cache

from chejian.core.car_drawing import HEIGHT, WIDTH, drawing

FILLS = {"body": "#fff", "glass": "#eee", "tyre": "#fff"}
STROKES = {"body": "1", "glass": "0.8", "tyre": "3"}


@cache
def car_svg(kind: str) -> str:
    """The unfolded car of this body kind, the same panels as on the screen."""
    car = drawing(kind)
    outline, *seams = car.seams
    paths = [f'<path d="{outline}" fill="#fff" stroke-width="1.2"/>']
    paths += [
        f'<path d="{panel.path}" fill="{FILLS[panel.look]}" stroke-width="{STROKES[panel.look]}"/>'
        for panel in car.panels
    ]
    paths += [f'<path d="{seam}" fill="none" stroke-width="0.5"/>' for seam in seams]
    body = "\n".join(paths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
        f'<g stroke="#000" stroke-linejoin="round">\n{body}\n</g>\n</svg>\n'
    )


def mark_share(kind: str, panel_id: str, x: Decimal, y: Decimal) -> tuple[str, str] | None:
    """Where a mark stands, as shares of the drawing's width and height, written as text.

    None if this body has no such panel (the body was changed after the mark was set).
    """
    panel = drawing(kind).panel(panel_id)
    if panel is None:
        return None
    left, top = panel.place(float(x), float(y))
    return f"{left / WIDTH:.4f}", f"{top / HEIGHT:.4f}"
