"""The list of entries in the books."""

from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from markupsafe import Markup

from chejian.accounts.lists import colleagues, stations
from chejian.accounts.permissions import P
from chejian.books.kinds import EntryKind, kind_label
from chejian.books.models import Account, JournalEntry, Posting
from chejian.core.lists.marks import document, tag
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer


def _rows(viewer: Viewer) -> Rows:
    """Where the person may see the books."""
    return JournalEntry.objects.visible_to(viewer.user).filter(
        station_id__in=viewer.user.access.stations_with(P.VIEW_BOOKS)
    )


def _number(pk: int, reverses: int | None) -> str:
    mark = tag(pgettext("entry", "reversal")) if reverses else ""
    return Markup('<a class="mono" href="/books/entries/{}/">{}</a> {}').format(pk, pk, mark)


def _turned_over(viewer: Viewer) -> Any:
    """The sum of the debits: what the entry turns over."""
    debits = Posting.objects.filter(entry=OuterRef("pk"), amount__gt=0).order_by()
    sums = debits.values("entry").annotate(sum=Sum("amount")).values("sum")
    return Subquery(sums, output_field=DecimalField(max_digits=14, decimal_places=2))


def _on_account(condition: Q) -> Q:
    return Q(Exists(Posting.objects.filter(condition, entry=OuterRef("pk"))))


def accounts(viewer: Viewer) -> Choices:
    return [(code, f"{code} {name}") for code, name in Account.objects.values_list("code", "name")]


def _accounts_moved(viewer: Viewer, ids: Any) -> dict[int, str]:
    """The accounts of each entry, in one statement."""
    found: dict[int, list[str]] = {}
    rows = Posting.objects.filter(entry_id__in=ids).order_by("pk")
    for entry, name in rows.values_list("entry_id", "account__name"):
        names = found.setdefault(entry, [])
        if name not in names:
            names.append(name)
    return {pk: Markup("{}").format(_now(", ").join(names)) for pk, names in found.items()}


ENTRIES = ListSpec(
    name="entries", title=pgettext_lazy("books", "Entries"), address="entries",
    permissions=(P.VIEW_BOOKS,), rows=_rows, local=False,
    columns=(
        Column("number", pgettext_lazy("books", "Entry"), Kind.NUMBER, "pk", more=("reverses_id",),
               show=_number, plain=lambda pk, reverses: pk, indexed=True, filter="", wide=True),
        Column("day", _("Day"), Kind.DATE, "occurred_on", quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "kind", choices=EntryKind.choices, quick=True,
               show=lambda kind: str(kind_label(kind)), plain=lambda kind: str(kind_label(kind))),
        Column("label", _("Document"), path="label", show=document, plain=str),
        Column("amount", _("Amount"), Kind.MONEY, value=_turned_over, total=True),
        Column("accounts", pgettext_lazy("books", "Accounts"), cells=_accounts_moved),
        Column("station", _("Station"), Kind.CHOICE, "station__name", filter="station_id",
               choices=stations(P.VIEW_BOOKS)),
        Column("by", _("By"), Kind.PERSON, "posted_by__name", filter="posted_by_id",
               choices=colleagues, nullable=True, sort="posted_by__name_key"),
        Column("account", pgettext_lazy("books", "Account"), Kind.CHOICE, "label",
               filter="account__code", choices=accounts, through=_on_account,
               only_asked=True),
        Column("posted", _("Posted at"), Kind.MOMENT, "posted_at", hidden=True),
    ),
    sort="-number", tab_key="where",
    tabs=(
        Tab("here", _("This station"),
            lambda rows, viewer: rows.filter(station_id=viewer.station_id)),
        Tab("all", _("All stations")),
    ),
    empty=(_("Nothing was posted in these days"),
           _("Entries come by themselves from receipts, issues, settlements and payments.")),
)
