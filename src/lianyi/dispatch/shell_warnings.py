"""What dispatch puts into the shell of every page: the warning that searches for plans do not begin."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Role
from lianyi.dispatch import plan_queue
from lianyi.pages.shell import register_shell_warning


def register() -> None:
    """Tell the shell; once, when the application starts."""
    register_shell_warning(untaken_search)


def untaken_search(actor: Actor) -> str:
    """Return the warning for whoever looks after the site that a search waits for a process in vain."""
    if actor.role != Role.ADMINISTRATOR or plan_queue.untaken(timezone.now()) is None:
        return ""
    return _(
        "A search for a plan waits and no process takes it up. On the server, “lianyi check” tells whether the "
        "database lacks a migration, and “lianyi worker” has to run; the log of the site names the reason."
    )
