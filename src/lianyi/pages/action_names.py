"""What the audit trail calls each command; applications add the names of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KERNEL_NAMES: Mapping[str, str | Promise] = {
    "accounts.user.create": _("User created"),
    "accounts.user.set_password": _("Password set"),
    "accounts.user.set_active": _("User shut out or let in"),
    "accounts.affiliation.create": _("Affiliation given"),
    "accounts.affiliation.end": _("Affiliation ended"),
    "accounts.grant.open": _("Relation opened"),
    "accounts.grant.close": _("Relation closed"),
    "accounts.grant.end": _("End of a relation moved"),
    "operations.user.link_staff": _("Login tied to a staff record"),
}
IMPORTED = _("Imported from a table")


@dataclass
class _Names:
    by_action: dict[str, str | Promise] = field(default_factory=lambda: dict(_KERNEL_NAMES))


_NAMES = _Names()


def register_action_names(names: Mapping[str, str | Promise]) -> None:
    """Add the names of an application's actions."""
    _NAMES.by_action.update(names)


def action_name(action: str) -> str:
    """Return the action's name in the active language, or its code when it has none.

    Every kind of table has an action of its own for the rows that an import writes; they share one name, because the
    trail names the kind of record beside it.
    """
    usual = IMPORTED if action.endswith(".import") else action
    return str(_NAMES.by_action.get(action, usual))
