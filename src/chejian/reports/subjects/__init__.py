"""What can be asked about: each subject is a list whose rows are never counted twice.

Every field is reached by going up from the row (the order of a line, the customer of an order), so
that a sum over the rows is a sum over the documents. What hangs below a row (the parts of an
order) is a subject of its own, or a sum taken inside its row.
"""

from chejian.reports.subjects import money, orders, past, people, stock, work
from chejian.reports.subjects.subject import Subject

ALL: tuple[Subject, ...] = (
    orders.ORDERS, work.JOBS, work.TECHNICIANS, work.PARTS,
    money.SETTLEMENTS, money.PAYMENTS, money.REFUNDS,
    stock.MOVES, stock.LEVELS,
    people.CUSTOMERS, people.VEHICLES,
    past.ORDERS, past.LINES,
)
SUBJECTS: dict[str, Subject] = {subject.key: subject for subject in ALL}
