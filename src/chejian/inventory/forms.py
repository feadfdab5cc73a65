"""Forms of stock. They say what is wrong at the field; the verbs decide."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.catalog.queries import part_by_code
from chejian.core.replay import new_key
from chejian.core.side_by_side import SideBySide
from chejian.inventory.models import Bin, Warehouse
from chejian.inventory.services import ReceiptLine
from chejian.parties.models import Party

ROWS = 8
MOST_ROWS = 200


class ReceiptForm(forms.Form):
    """Head of a receipt: where to, from whom, which delivery note."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.none(), label=_("Warehouse"), empty_label=None
    )
    supplier = forms.ModelChoiceField(
        Party.objects.none(), label=_("Supplier"), required=False, empty_label="—"
    )
    note = forms.CharField(label=_("Delivery note"), max_length=60, required=False)

    def __init__(self, *args: Any, user: User, station_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["warehouse"]
        places.queryset = (
            Warehouse.objects.visible_to(user)
            .filter(station_id=station_id, active=True)
            .order_by("pk")
        )
        suppliers: Any = self.fields["supplier"]
        suppliers.queryset = Party.objects.live().filter(is_supplier=True).order_by("name_key")
        self.initial.setdefault("key", new_key())


class ReceiptRowForm(forms.Form):
    """One line: a part found by search or typed as its whole number; the rest follows."""

    part = forms.ModelChoiceField(
        Part.objects.select_related("tax_rate"), required=False, widget=forms.HiddenInput
    )
    number = forms.CharField(label=_("Part"), required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, max_digits=12, decimal_places=3
    )
    unit_cost = forms.DecimalField(
        label=_("Unit cost, net"), required=False, max_digits=14, decimal_places=4, min_value=0
    )
    bin = forms.CharField(label=_("Bin"), required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number = data.get("number", "").strip()
        if number and not data.get("part"):
            data["part"] = part_by_code(number)
            if data["part"] is None:
                self.add_error("number", _("There is no part with this number."))
        if not data.get("part"):
            return data
        count = data.get("quantity")
        if "quantity" not in self.errors and (count is None or count <= 0):
            self.add_error("quantity", _("Above zero"))
        if "unit_cost" not in self.errors and data.get("unit_cost") is None:
            self.add_error("unit_cost", _("Needed"))
        return data

    def line(self) -> ReceiptLine | None:
        """What the verb takes; None for a row that was left empty."""
        data = self.cleaned_data
        part = data.get("part")
        if part is None:
            return None
        return ReceiptLine(
            part, data["quantity"], data["unit_cost"], data["bin"], part.tax_rate.rate
        )

    @property
    def net(self) -> Decimal | None:
        """Amount of the line once it is right, for showing."""
        if not self.is_bound or not self.is_valid():
            return None
        line = self.line()
        return line.net if line else None


ReceiptRows = forms.formset_factory(
    ReceiptRowForm, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


if TYPE_CHECKING:
    BinModelForm = forms.ModelForm[Bin]
else:
    BinModelForm = forms.ModelForm


class WarehouseForm(SideBySide):
    class Meta:
        model = Warehouse
        fields = ("code", "name", "active")

    def validate_unique(self) -> None:
        """The verb checks what is unique, under a lock."""


class BinForm(BinModelForm):
    class Meta:
        model = Bin
        fields = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = True
