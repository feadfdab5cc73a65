"""A query's figures as something to export: read again for whoever asks for the file."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from chejian.core import exports
from chejian.core.exports import Heading, Kind, Source, Table, Wanted
from chejian.core.lists.spec import Kind as ColumnKind
from chejian.reports.question import Question, read_question
from chejian.reports.running import WRITTEN, Result, run
from chejian.reports.subjects.subject import Subject

KINDS = {
    ColumnKind.MONEY: Kind.MONEY, ColumnKind.QUANTITY: Kind.QUANTITY,
    ColumnKind.NUMBER: Kind.NUMBER, ColumnKind.DATE: Kind.DATE, ColumnKind.MOMENT: Kind.MOMENT,
}


def source_of(subject: Subject) -> Source:
    def question_of(wanted: Wanted) -> Question:
        if not subject.open_to(wanted.user):
            raise PermissionDenied
        return read_question(subject, wanted.user, wanted.station_id, QueryDict(wanted.query))

    def build(wanted: Wanted) -> Table:
        question = question_of(wanted)
        result = run(question, WRITTEN)
        keys = list(wanted.columns) or [head.key for head in headings_of(question)]
        known = {head.key: place for place, head in enumerate(headings_of(question))}
        places = [known[key] for key in keys if key in known]
        heads = headings_of(question)
        return Table(
            str(subject.title), [heads[place] for place in places],
            ([row[place] for place in places] for row in rows_of(result)),
            count=len(result.lines) + 1, facts=facts_of(result),
        )

    def headings(wanted: Wanted) -> Sequence[Heading]:
        return headings_of(question_of(wanted))

    def back(wanted: Wanted) -> str:
        return f"{reverse('query', args=[subject.key])}?{wanted.query}"

    return exports.Source(label=subject.title, build=build, headings=headings, back=back)


def headings_of(question: Question) -> list[Heading]:
    """Groups, then figures; keys are those of the address, so that a template fits."""
    return [
        *(Heading(one.written, one.label) for one in question.groups),
        *(Heading(one.written, one.label, KINDS.get(one.kind, Kind.TEXT))
          for one in question.figures),
    ]


def rows_of(result: Result) -> Iterator[list[Any]]:
    """Every line, and the totals at the foot."""
    for line in result.lines:
        yield [*line.labels, *line.figures]
    groups = len(result.question.groups)
    words = [_("Total"), *[""] * (groups - 1)] if groups else []
    yield [*words, *result.totals]


def facts_of(result: Result) -> list[tuple[str, str]]:
    said = "; ".join(one.sentence for one in result.question.asked.conditions)
    facts = [(_("Filters"), said)] if said else []
    if result.more:
        facts.append((_("Cut off"), _("Only the first %(n)s groups.") % {"n": f"{WRITTEN:,}"}))
    return facts
