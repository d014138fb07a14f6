"""What the audit trail calls the commands of partnerships."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.action_names import register_action_names

ACTION_NAMES: Mapping[str, Promise] = {
    "partnerships.agreement.draft": _("Agreement drafted"),
    "partnerships.agreement.change": _("Agreement changed"),
    "partnerships.agreement.put_in_force": _("Agreement put in force"),
    "partnerships.agreement.terminate": _("Agreement ended before its term"),
    "partnerships.agreement.renew": _("Next term of an agreement drafted"),
    "partnerships.agreement.attach_document": _("Signed document kept"),
    "partnerships.party.add": _("Party added"),
    "partnerships.party.confirm": _("Taking part confirmed"),
    "partnerships.party.refuse": _("Taking part refused"),
    "partnerships.party.end": _("Party left"),
    "partnerships.duty.add": _("Duty added"),
    "partnerships.duty.change": _("Duty changed"),
    "partnerships.cycle.start_step": _("Step of the cycle begun"),
    "partnerships.cycle.finish_step": _("Step of the cycle finished"),
    "partnerships.fact.record": _("Entry put on the time line"),
    "partnerships.fact.correct": _("Entry of the time line corrected"),
    "partnerships.alliance.create": _("Alliance founded"),
    "partnerships.alliance.dissolve": _("Alliance dissolved"),
    "partnerships.membership.add": _("Member added to an alliance"),
    "partnerships.membership.end": _("Member left an alliance"),
}


def register() -> None:
    """Tell the pages; once, when the application starts."""
    register_action_names(ACTION_NAMES)
