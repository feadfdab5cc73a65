"""The pictures are drawn from the tables: nothing may be missing in drawing or words."""

import pytest

from chejian.accounts.permissions import LABELS
from chejian.core.states import Transition, TransitionTable
from chejian.desk.help_words import ACTIONS, GUARDS
from chejian.desk.helping import DOCUMENTS, rows
from chejian.desk.state_picture import draw, spine
from tests.factories.accounts import client_of

TABLES = [document.table for document in DOCUMENTS.values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_and_every_arrow_is_drawn(table: TransitionTable) -> None:
    picture = draw(table)

    assert sorted(box.state for box in picture.boxes) == sorted(table.states)
    drawn = {action for arrow in picture.arrows for action in arrow.actions}
    assert drawn == {arrow.action for arrow in table}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_two_boxes_overlap_and_none_leaves_the_picture(table: TransitionTable) -> None:
    picture = draw(table)

    places = [(box.x, box.y) for box in picture.boxes]
    assert len(set(places)) == len(places)
    assert all(0 <= box.x <= picture.width - picture.box_width for box in picture.boxes)
    assert all(0 <= box.y <= picture.height - picture.box_height for box in picture.boxes)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_action_guard_and_permission_has_words(table: TransitionTable) -> None:
    assert {arrow.action for arrow in table} <= set(ACTIONS)
    assert {name for arrow in table for name in arrow.guards} <= set(GUARDS)
    assert {code for arrow in table for code in arrow.permissions} <= set(LABELS)


def test_states_have_the_words_of_the_screens() -> None:
    for document in DOCUMENTS.values():
        assert set(document.table.states) <= set(document.words)
        assert len(rows(document)) == len(document.table.transitions)


def test_the_spine_is_the_longest_way() -> None:
    table = TransitionTable("t", "a", (
        Transition("a", "x", "b"), Transition("a", "y", "c"), Transition("c", "z", "d"),
        Transition("d", "back", "a"),
    ))

    assert spine(table) == ["a", "c", "d"]


def test_pages_answer_and_strangers_are_not_there(shop) -> None:
    client = client_of(shop.technician)

    assert client.get("/help/").status_code == 200
    for slug in DOCUMENTS:
        page = client.get(f"/help/{slug}/").content.decode()
        assert "<svg" in page
        assert "style=" not in page
    assert client.get("/help/no-such-document/").status_code == 404
