"""What may have been meant by a mistyped plate or number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.core import slips

SIGNS = "0123456789abcdefghjklmnpqrstuvwxyz"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("苏eo1234", "苏e01234"),
        ("苏e1i234", "苏e11234"),
        ("苏e8b5s2z", "苏eb85s2z"),
        ("ab0123", "abo123"),
        ("a12", "al2"),
    ],
)
def test_signs_that_look_alike(typed: str, meant: str) -> None:
    assert meant in slips.lookalikes(typed)


def test_few_changes_come_first_and_there_is_an_end() -> None:
    found = slips.lookalikes("0185252018")
    assert len(found) == slips.MOST_LOOKALIKES
    changes = [sum(a != b for a, b in zip("0185252018", way, strict=True)) for way in found]
    assert changes == sorted(changes)
    assert changes[0] == 1


@pytest.mark.parametrize("typed", ["wangwei", "刹车", "o", "12", "1" * 21, "", "粤b1学2"])
def test_names_and_what_is_too_short_or_long_have_no_slips(typed: str) -> None:
    assert slips.lookalikes(typed) == []
    assert slips.neighbours(typed) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("苏e12354", "苏e12345"),  # two that changed places
        ("苏e1245", "苏e12345"),  # one missing
        ("苏e123345", "苏e12345"),  # one too many
        ("苏e12845", "苏e12345"),  # one wrong
        ("浙e12345", "e12345"),  # another province: whatever carries the rest
        ("1234学", None),  # four signs are too few
    ],
)
def test_one_slip(typed: str, meant: str | None) -> None:
    found = slips.neighbours(typed)
    assert found == [] if meant is None else meant in found


@given(st.text(SIGNS, min_size=6, max_size=9).filter(lambda t: any(map(str.isdigit, t))),
       st.data())
def test_any_one_slip_is_undone(code: str, data: st.DataObject) -> None:
    """A search by beginning for one of the guesses finds the code from which it was slipped."""
    place = data.draw(st.integers(0, len(code) - 1))
    way = data.draw(st.sampled_from(["drop", "double", "swap", "replace"]))
    slipped = {
        "drop": code[:place] + code[place + 1 :],
        "double": code[:place] + code[place] + code[place:],
        "swap": code[: max(place - 1, 0)] + code[max(place - 1, 0) : place + 1][::-1]
        + code[place + 1 :],
        "replace": code[:place] + "7" + code[place + 1 :],
    }[way]
    if not any(map(str.isdigit, slipped)):
        return
    assert any(code.startswith(guess) for guess in [slipped, *slips.neighbours(slipped)])
