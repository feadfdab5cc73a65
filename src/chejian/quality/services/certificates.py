"""竣工出厂合格证: numbered and frozen with the inspection that allowed it; printed when asked for.

二级维护, 总成修理 and 整车修理 need one (道路运输条例 art. 44).
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.quality.errors import BadInspection
from chejian.quality.models import Certificate, Inspection
from chejian.workorders.models import OrderPaper, WorkOrder
from chejian.workorders.services import request_paper

NUMBER = "CC"
TASK = "quality.make_certificate"


def issue_certificate(*, inspection: Inspection, by: User, at: datetime) -> Certificate | None:
    """The certificate of a passed inspection, with its paper; None for classes without one."""
    order = inspection.order
    if order.repair_class is None or not order.repair_class.needs_certificate:
        return None
    on = timezone.localdate(at)
    certificate = Certificate.objects.create(
        station_id=order.station_id, order=order, inspection=inspection, issued_on=on,
        number=draw_number(kind=NUMBER, station_id=order.station_id,
                           station_code=order.station.code, on=on),
    )
    emit("certificate.issued", order, station_id=order.station_id, by=by, at=at,
         number=certificate.number)
    request_certificate(order=order, by=by, at=at)
    return certificate


@verb
def request_certificate(*, order: WorkOrder, by: User, at: datetime) -> OrderPaper:
    """Print the certificate in force once more, with exit date and kilometres once known.

    Raises BadInspection when the order has none.
    """
    certificate = order.certificates.order_by("-id").first()
    if certificate is None:
        raise BadInspection(_("This order has no completion certificate."))
    return request_paper(order=order, kind=OrderPaper.Kind.CERTIFICATE, by=by, at=at,
                         subject_id=certificate.pk, task=TASK)
