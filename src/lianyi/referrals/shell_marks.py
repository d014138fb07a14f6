"""What referrals put into the shell of every page: the bell, and the warning that nobody is called."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.shell import TopbarMark, register_shell_warning, register_topbar_mark
from lianyi.referrals import heartbeat
from lianyi.referrals.notice_queries import MOST_COUNTED, unseen_count


def register() -> None:
    """Tell the shell; once, when the application starts."""
    register_topbar_mark(bell)
    register_shell_warning(silent_worker)


def bell(actor: Actor) -> TopbarMark | None:
    """Return the bell with the number of notices that nobody has seen."""
    if not decide(actor, "referral.read").allowed:
        return None
    count = unseen_count(actor)
    many = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    label = _("Notices: %(count)s not seen") % {"count": many} if count else _("Notices: all seen")
    return TopbarMark(label, reverse("referrals:notices"), "bell", many if count else "")


def silent_worker(actor: Actor) -> str:
    """Return the warning for those who have to know that overdue cases call nobody."""
    if not heartbeat.is_missed_by(actor, timezone.now()):
        return ""
    return _(
        "The worker is silent: overdue cases call nobody, and no e-mail or webhook goes out. Ask whoever runs the "
        "server to start “lianyi worker”, and telephone until then."
    )
