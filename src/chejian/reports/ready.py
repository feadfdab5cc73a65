"""Ready-made queries: what shops ask every day, as a beginning for their own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chejian.core.errors import Text

LIVE = "f=status.not_in.draft,cancelled"


@dataclass(frozen=True)
class Ready:
    name: Text
    subject: str
    question: str


READY: tuple[Ready, ...] = (
    Ready(_("Turnover by month"), "orders",
          f"by=opened:month&fig=sum:total&fig=count&order=g0&chart=bar&{LIVE}"
          "&f=opened.period.this_year"),
    Ready(_("Turnover by adviser this month"), "orders",
          f"by=adviser&fig=sum:total&fig=count&fig=avg:total&chart=bar&{LIVE}"
          "&f=opened.period.this_month"),
    Ready(_("Cars by repair type"), "orders",
          f"by=type&fig=count&fig=sum:total&chart=pie&{LIVE}&f=opened.period.this_year"),
    Ready(_("Best customers this year"), "orders",
          f"by=customer&fig=sum:total&fig=count&{LIVE}&f=opened.period.this_year"),
    Ready(_("Hours of technicians this month"), "technicians",
          "by=technician&fig=sum:hours&fig=sum:payable&fig=count&chart=bar"
          "&f=finished.period.this_month"),
    Ready(_("Most frequent jobs"), "jobs",
          f"by=job&fig=count&fig=sum:payable&chart=bar&{LIVE}&f=opened.period.this_year"),
    Ready(_("Best-selling parts"), "parts",
          f"by=name&fig=sum:payable&fig=sum:quantity&chart=bar&{LIVE}&f=cancelled.is.0"
          "&f=opened.period.this_year"),
    Ready(_("Money taken by day and method"), "payments",
          "by=paid_on:day&by=method&fig=sum:amount&chart=bar&f=paid_on.period.this_month"),
    Ready(_("Revenue net of VAT by payer"), "settlements",
          "by=settled_on:month&by=payer&fig=sum:net&fig=sum:tax&chart=bar"
          "&f=settled_on.period.this_year"),
    Ready(_("Stock value by brand"), "stock",
          "by=brand&fig=sum:value&fig=sum:quantity&fig=count&chart=bar&f=quantity.from.0.001"),
    Ready(_("Parts issued by month"), "stock-moves",
          "by=occurred_on:month&by=kind&fig=sum:quantity&chart=bar"
          "&f=occurred_on.period.this_year"),
    Ready(_("Cars by make"), "vehicles", "by=make&fig=count&fig=sum:turnover&chart=bar"),
    Ready(_("New customers by month"), "customers", "by=created:month&fig=count&chart=line"),
    Ready(_("Orders of the old system by year"), "past-orders",
          "by=opened_on:year&fig=count&fig=sum:due&chart=bar"),
)
