"""The kept file of a run, read again and divided by the columns the run holds."""

from chejian.core import file_store
from chejian.movein import reading, recognise
from chejian.movein.columns import Match
from chejian.movein.models import ImportRun
from chejian.movein.reading import Document
from chejian.movein.recognise import Sheet


def document_of(run: ImportRun) -> Document:
    with file_store.open_file(run.file.sha256) as file:
        return reading.read(file.read())


def sheets_of(run: ImportRun) -> list[Sheet]:
    """The run's sheets with their rows, by the columns as they are matched now."""
    document = document_of(run)
    tables = {table.name: table for table in document.tables}
    sheets = []
    for described in run.sheets:
        table = tables[described["name"]]
        header = next(row for row in table.rows if row.number == described["header_row"])
        matches = tuple(
            Match(int(column), field, 100) for column, field in described["columns"].items()
        )
        sheets.append(recognise.divide(table, described["kind"], header, matches))
    return sheets
