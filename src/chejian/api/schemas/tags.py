"""Tags: the organisation's own words for customers and cars; and records merged and parted."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chejian.api.fields import In, Out, RowId, Text, Yes, plain

Colour = Literal["grey", "blue", "green", "amber", "red", "violet"]
Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), plain
]


class TagPut(Out):
    """A tag as it stands at a customer or a car. Not ``active``: it is offered no longer."""

    id: int
    name: str
    colour: str
    active: bool


class TagOut(TagPut):
    """``etag`` goes into If-Match when the tag is changed."""

    etag: str


class TagList(Out):
    items: list[TagOut]


class NewTag(In):
    """A word that is there already, in use or retired, is taken up again."""

    name: Word
    colour: Colour = "grey"


class TagChange(In):
    """The tag exactly so. ``active: false``: it stays where it is, but is offered no longer."""

    name: Word
    colour: Colour
    active: Yes = True


class TagUse(In):
    """A tag by its id, or a word with its colour: a new word makes a new tag."""

    tag_id: RowId | None = None
    name: Annotated[Text, Field(max_length=20)] = ""
    colour: Colour = "grey"

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.tag_id is None) == (not self.name.strip()):
            raise PydanticCustomError("tag_or_name", "either a tag or a name")
        return self


class MergeOut(Out):
    """A record that was taken up. ``undo_until``: it may be parted again until then; null: no
    longer. ``moved`` counts the rows that came along.
    """

    id: int
    absorbed_id: int
    name: str
    moved: int
    reason: str
    by_id: int
    at: datetime
    undone_at: datetime | None
    undo_until: datetime | None


class MergeList(Out):
    items: list[MergeOut]
