"""What `chejian check` proves of work orders: the copies on order and lines equal their rows."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from chejian.core.checks import Proof, register_check
from chejian.workorders.amounts import Charge, totals
from chejian.workorders.models import Authorisation, JobLine, LineShare, PartLine, WorkOrder
from chejian.workorders.services.approval import chained_hash
from chejian.workorders.services.common import COUNTED, whole_shares

MOST = 20
ISSUES = """
SELECT l.id, l.issued, l.cost, coalesce(i.quantity, 0) - coalesce(r.quantity, 0),
       coalesce(i.cost, 0) - coalesce(r.cost, 0)
FROM workorders_partline l
LEFT JOIN (SELECT line_id, sum(quantity) quantity, sum(cost) cost FROM workorders_partissue
           GROUP BY line_id) i ON i.line_id = l.id
LEFT JOIN (SELECT pi.line_id, sum(pr.quantity) quantity, sum(pr.cost) cost
           FROM workorders_partreturn pr JOIN workorders_partissue pi ON pi.id = pr.issue_id
           GROUP BY pi.line_id) r ON r.line_id = l.id
WHERE l.issued <> coalesce(i.quantity, 0) - coalesce(r.quantity, 0)
   OR l.cost <> coalesce(i.cost, 0) - coalesce(r.cost, 0)
"""


def register() -> None:
    register_check("order totals", order_totals, _("Totals of work orders equal their lines"))
    register_check("order issues", issues, _("Issued parts equal their issues and returns"))
    register_check("order approvals", approvals, _("Approvals follow their chain"))


def order_totals() -> Proof:
    """Add every order's lines up again."""
    splits: dict[tuple[str, int], list[LineShare]] = defaultdict(list)
    for share in LineShare.objects.order_by("id").iterator():
        key = ("job", share.job_id) if share.job_id else ("part", share.part_line_id or 0)
        splits[key].append(share)
    charges: dict[int, list[Charge]] = defaultdict(list)
    proposed = {}
    for job in JobLine.objects.filter(status__in=COUNTED).iterator():
        proposed[job.pk] = job.status == "proposed"
        charges[job.order_id].append(
            Charge("labour", job.amount, job.discount,
                   whole_shares(job, splits.get(("job", job.pk), ())), proposed[job.pk])
        )
    for line in PartLine.objects.filter(cancelled=False).iterator():
        if line.job_id in proposed:
            charges[line.order_id].append(
                Charge("part", line.amount, line.discount,
                       whole_shares(line, splits.get(("part", line.pk), ())),
                       proposed[line.job_id])
            )
    return _compare(charges)


def _compare(charges: dict[int, list[Charge]]) -> Proof:
    wrong, count, whole = [], 0, Decimal(0)
    for order in WorkOrder.objects.order_by("id").iterator():
        count += 1
        whole += order.total
        found = totals(charges.get(order.pk, ()), order_discount=order.order_discount,
                       round_off=order.round_off)
        wrong += [
            f"{order.number}: {name} {getattr(order, name)} ≠ {value}"
            for name, value in vars(found).items() if getattr(order, name) != value
        ]
    return Proof(figures=[(_("work orders"), count), (_("their total"), whole)],
                 differences=wrong[:MOST])


def issues() -> Proof:
    """Issued quantity and cost of every part line against its issues and returns."""
    with connection.cursor() as cursor:
        cursor.execute(ISSUES)
        rows = cursor.fetchmany(MOST)
    wrong = [f"part line {pk}: {issued} / {cost} ≠ {q} / {c}" for pk, issued, cost, q, c in rows]
    return Proof(figures=[(_("part lines"), PartLine.objects.count())], differences=wrong)


def approvals() -> Proof:
    """Every answer's hash follows from its snapshot and the answer before it."""
    wrong, count = [], 0
    last: dict[int, str] = {}
    for answer in Authorisation.objects.order_by("id").iterator():
        count += 1
        before = last.get(answer.order_id, "")
        if answer.previous_hash != before or answer.hash != chained_hash(before, answer.snapshot):
            wrong.append(f"authorisation {answer.pk} does not follow {before[:12] or 'nothing'}")
        last[answer.order_id] = answer.hash
    return Proof(figures=[(_("approvals"), count)], differences=wrong[:MOST])
