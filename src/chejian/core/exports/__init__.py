"""Exports: a table of headings and rows into Excel or CSV, in the page or in the worker.

A list or report gives a ``Table`` (headings with kinds, an iterator of plain values, facts for
the second sheet) and registers a ``Source`` under its name. ``accounts.downloads.download``
decides whether the file is made at once or by the worker, and applies saved templates.

    register_source("orders", Source(label=_("Work orders"), build=…, headings=…, back=…))
    answer(table, "xlsx")                   # a short one, at once
    write_file(table, "csv", file, tell)    # a long one, telling how far it is
"""

from chejian.core.exports.sources import Source, Wanted, register_source, source, sources
from chejian.core.exports.table import Format, Heading, Kind, Table
from chejian.core.exports.writing import answer, disposition, file_answer, write_file

__all__ = [
    "Format", "Heading", "Kind", "Source", "Table", "Wanted", "answer", "disposition",
    "file_answer", "register_source", "source", "sources", "write_file",
]
