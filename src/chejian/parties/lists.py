"""The list of customers, suppliers, insurers and makers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from markupsafe import Markup, escape

from chejian.accounts.permissions import P
from chejian.core.formats import day, masked_phone, money
from chejian.core.lists.marks import tag as tag_mark
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.parties import queries, services, tag_lists
from chejian.parties.models import Party, PartyTag, Tag


def _name(name: str, kind: str, pk: int) -> str:
    company = tag_mark(pgettext("kind of customer", "Company")) if kind == "company" else ""
    return Markup('<a href="/customers/{}/"><b>{}</b></a> {}').format(pk, name, company)


def _rows(viewer: Viewer) -> Rows:
    return Party.objects.visible_to(viewer.user).live()


def _search(rows: Rows, words: str) -> tuple[Rows, bool]:
    found = queries.matching(rows, words)
    return found.rows, found.cut


def _tiers(viewer: Viewer) -> Choices:
    return [(tier, tier) for tier in queries.member_tiers()]


def _flag(key: str, label: Any, path: str) -> Column:
    return Column(key, label, Kind.BOOL, path, hidden=True)


def _tag(viewer: Viewer, ids: Sequence[int], tag: Tag, at: datetime) -> int:
    chosen = Party.objects.visible_to(viewer.user).live().filter(pk__in=ids).order_by("pk")
    return services.tag_parties(parties=chosen, tag=tag, by=viewer.user, at=at)


COLUMNS = (
    Column("name", _("Name"), path="name", more=("kind", "pk"), show=_name, wide=True,
           plain=lambda name, kind, pk: name, sort="name_key", indexed=True),
    Column("kind", _("Person or company"), Kind.CHOICE, "kind", choices=Party.Kind.choices,
           quick=True, hidden=True),
    Column("phone", _("Phone"), path="phone", mask=masked_phone, clear=P.SEE_PHONE),
    Column("tier", _("Member tier"), Kind.CHOICE, "member_tier", choices=_tiers, quick=True,
           nullable=True, show=escape),
    *tag_lists.columns(PartyTag, "party"),
    Column("level", _("Price level"), Kind.CHOICE, "price_level",
           choices=Party.PriceLevel.choices),
    Column("credit", _("Credit limit"), Kind.MONEY, "credit_limit",
           show=lambda value: money(value) if value else ""),
    Column("created", _("Created"), Kind.MOMENT, "created_at", indexed=True, show=day,
           plain=lambda at: at),
    Column("terms", _("Credit term (days)"), Kind.NUMBER, "credit_term_days", hidden=True),
    Column("old_number", _("Old number"), Kind.CODE, "legacy_number", hidden=True),
    Column("uscc", _("Unified social credit code"), Kind.CODE, "uscc", hidden=True),
    Column("address", _("Address"), path="address", hidden=True),
    Column("remarks", _("Remarks"), path="remarks", hidden=True),
    _flag("customer", _("Is a customer"), "is_customer"),
    _flag("supplier", _("Is a supplier"), "is_supplier"),
    _flag("insurer", _("Is an insurer"), "is_insurer"),
    _flag("maker", _("Is a maker"), "is_maker"),
)

PARTIES = ListSpec(
    name="parties", title=_("Customers and suppliers"), address="parties",
    permissions=(P.VIEW_CUSTOMERS,), rows=_rows, columns=COLUMNS, sort="name", named_by="name",
    local=False, tab_key="role",
    tabs=(
        Tab("customer", _("Customers"), Q(is_customer=True)),
        Tab("supplier", _("Suppliers"), Q(is_supplier=True)),
        Tab("insurer", _("Insurers"), Q(is_insurer=True)),
        Tab("maker", _("Makers"), Q(is_maker=True)),
        Tab("credit", pgettext_lazy("customers", "With credit"), Q(credit_limit__gt=0)),
        Tab("all", pgettext_lazy("customers", "All")),
    ),
    search=_search, search_label=_("Name, phone, plate"), actions=(tag_lists.bulk(_tag),),
    empty=(_("No customers yet"),
           _("They come with the first car, or from the old system's file.")),
)
