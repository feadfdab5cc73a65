"""Where each action of the head leads: posted at once, asked in a form, or a page of its own.

Actions of apps above (settling, collecting, inspecting) are registered by them when they are ready,
so that nothing here names their addresses.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chejian.workorders.models import WorkOrder


@dataclass(frozen=True)
class Way:
    """``post``: pressing does it. ``form``: a dialog asks first. Neither: a page."""

    url: str
    post: bool = False
    form: bool = False


type Find = Callable[[WorkOrder], Way]

_POSTED = {"receive": "receptions/", "finish": "completions/", "resume": "resumptions/"}
_ASKED = {"authorise": "approvals/", "assign": "assignments/", "hold": "holds/",
          "reopen": "reopenings/", "void": "voids/"}
_PLACES = {"add_job": "#order-grid", "start": "#order-people"}
_registered: dict[str, Find] = {}


def register_way(action: str, find: Find) -> None:
    """``action`` is a code of ``queries.next_step``."""
    _registered[action] = find


def ways(order: WorkOrder, base: str) -> dict[str, Way]:
    """For every action; what an app above registered wins, what nobody knows has no address."""
    found = {code: Way(base + tail, post=True) for code, tail in _POSTED.items()}
    found |= {code: Way(base + tail, form=True) for code, tail in _ASKED.items()}
    found |= {code: Way(place) for code, place in _PLACES.items()}
    found["walkaround"] = Way(base + "walkaround/")
    found |= dict.fromkeys(("settle", "collect", "reverse", "inspect", "deliver"), Way(""))
    return found | {code: find(order) for code, find in _registered.items()}
