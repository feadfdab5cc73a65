"""The cards of the settings page. Other apps add theirs when they are ready."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import Text


@dataclass(frozen=True)
class SettingsCard:
    """One place of the settings: shown to whoever holds any of ``permissions``."""

    label: Text
    note: Text
    icon: str
    url_name: str
    permissions: Sequence[str]
    order: int = 50


_cards: list[SettingsCard] = [
    SettingsCard(_("People"), _("Logins, roles at each station, staff file and skills"), "users",
                 "people", (P.MANAGE_STAFF,), 10),
    SettingsCard(_("Teams and bays"), _("Who works together, and where"), "wrench", "teams",
                 (P.MANAGE_STAFF,), 20),
    SettingsCard(_("Roles and permissions"), _("Who may do what, and up to which limit"), "shield",
                 "roles", (P.MANAGE_ROLES,), 30),
    SettingsCard(_("Organisation and stations"), _("Head office, regions, data on papers"),
                 "building", "stations", (P.MANAGE_STATIONS,), 40),
    SettingsCard(_("Service accounts"), _("Programs that use the API, their roles and tokens"),
                 "key", "service_accounts", (P.MANAGE_STAFF,), 80),
    SettingsCard(_("Audit log"), _("Who did what, and who saw which personal data"), "history",
                 "audit", (P.VIEW_AUDIT,), 90),
]


def register_settings(card: SettingsCard) -> None:
    """Called once per card when an app is ready."""
    _cards.append(card)


def settings_for(user: User) -> list[SettingsCard]:
    """The cards that the person may open, in their order."""
    open_to = [card for card in _cards if user.access.can_any(card.permissions)]
    return sorted(open_to, key=lambda card: card.order)


def settings_permissions() -> tuple[str, ...]:
    """Whoever holds any of these has something to set."""
    return tuple(sorted({code for card in _cards for code in card.permissions}))
