"""Places of the settings that belong to apps without a word in the settings page of their own."""

from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.accounts.settings_index import SettingsCard, register_settings

CARDS = (
    SettingsCard(_("Warehouses and bins"), _("Where parts lie"), "warehouse", "warehouses",
                 (P.EDIT_WAREHOUSES,), 50),
    SettingsCard(_("Rates, types and classes"),
                 _("Labour rates, repair types, guarantee of repair classes, price levels"),
                 "tag", "catalogue_terms", (P.EDIT_CATALOG,), 60),
    SettingsCard(_("Inspection items"), _("What is measured, by whom, with its standard"), "shield",
                 "inspection_items", (P.EDIT_CATALOG,), 65),
    SettingsCard(_("Common jobs"), _("Operations with their parts, put on an order at once"),
                 "list", "job_templates", (P.EDIT_CATALOG,), 70),
)


def register() -> None:
    for card in CARDS:
        register_settings(card)
