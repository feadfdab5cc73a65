"""Typing slips in plates and numbers: what may have been meant by what was typed.

Pure. Asked only when the exact words found nothing, so that a slip never hides what fits.
"""

import itertools
import re
from collections.abc import Iterator

#: Signs that are taken for one another, on a plate seen through rain as on a delivery note.
LOOKALIKES = ("0oqd", "1il", "2z", "5s", "6g", "8b")
MOST_LOOKALIKES = 64
#: From this length on one slip of any kind is allowed; a shorter text has too many neighbours.
LONG_ENOUGH = 5
TOO_LONG = 20
SHORTEST = 3

_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODE = re.compile(r"([\u3400-\u9fff]?)([0-9a-z]+)([\u3400-\u9fff]?)")
_TWINS = {sign: group for group in LOOKALIKES for sign in group}


def lookalikes(term: str) -> list[str]:
    """The term with one or more signs replaced by those that look alike, fewest changes first.

    Only for what holds a digit: a word of letters is a name, and names are found by their sound.
    """
    found = _code(term, SHORTEST)
    if found is None:
        return []
    head, body, foot = found
    ways = _fewest_first([_TWINS.get(sign, sign) for sign in body], body)
    return [f"{head}{way}{foot}" for way in ways]


def _code(term: str, shortest: int) -> tuple[str, str, str] | None:
    """A number with what stands before and behind its letters and digits (粤, 学)."""
    found = _CODE.fullmatch(term)
    if found is None or not shortest <= len(found[2]) <= TOO_LONG:
        return None
    return (found[1], found[2], found[3]) if any(map(str.isdigit, found[2])) else None


def _fewest_first(groups: list[str], body: str) -> Iterator[str]:
    """Change one sign, then two, until there are enough."""
    places = [place for place, group in enumerate(groups) if len(group) > 1]
    many = (
        chosen for count in range(1, len(places) + 1)
        for chosen in itertools.combinations(places, count)
    )
    return itertools.islice(
        (way for chosen in many for way in _replaced(groups, body, chosen)), MOST_LOOKALIKES
    )


def _replaced(groups: list[str], body: str, chosen: tuple[int, ...]) -> Iterator[str]:
    others = [groups[place].replace(body[place], "") for place in chosen]
    for signs in itertools.product(*others):
        made = list(body)
        for place, sign in zip(chosen, signs, strict=True):
            made[place] = sign
        yield "".join(made)


def neighbours(term: str) -> list[str]:
    """The term with one sign wrong, missing, too many, or two that changed places; at last a
    plate without its province, which may be the slip. Only for what is long enough.
    """
    found = _code(term, LONG_ENOUGH)
    if found is None:
        return []
    head, body, foot = found
    made = dict.fromkeys(_one_slip(body))
    made.pop(body, None)
    ways = [f"{head}{way}{foot}" for way in made]
    return [*ways, f"{body}{foot}"] if head else ways


def _one_slip(body: str) -> Iterator[str]:
    for place in range(len(body)):
        before, sign, after = body[:place], body[place], body[place + 1 :]
        yield before + after
        if after:
            yield before + after[0] + sign + after[1:]
        for other in _SIGNS:
            yield before + other + after
            yield before + other + sign + after
