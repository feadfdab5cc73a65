"""What the events of accounts are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_WORDS: dict[str, Promise] = {
    "person.created": _("Account opened"),
    "person.updated": _("Person changed"),
    "person.deactivated": _("Account closed"),
    "person.reactivated": _("Account opened again"),
    "role.given": _("Role given"),
    "role.taken": _("Role taken away"),
    "role.changed": _("Permissions changed"),
    "role.renamed": _("Role renamed"),
    "password.changed": _("Own password changed"),
    "password.reset": _("Password reset"),
    "token.created": _("API token made"),
    "token.revoked": _("API token revoked"),
    "service_account.created": _("Service account opened"),
    "skill.created": _("Skill added"),
    "organisation.updated": _("Organisation changed"),
    "region.created": _("Region opened"),
    "region.updated": _("Region changed"),
    "station.created": _("Station opened"),
    "station.updated": _("Station changed"),
    "team.created": _("Team formed"),
    "team.updated": _("Team changed"),
    "bay.created": _("Bay added"),
    "bay.updated": _("Bay changed"),
    "export.made": _("List exported"),
    "approval.requested": _("Approval asked for"),
    "approval.approved": _("Approved"),
    "approval.declined": _("Declined"),
}
