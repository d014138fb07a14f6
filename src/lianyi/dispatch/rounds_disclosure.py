"""Small counts of people at a stop: exact for those who record visits, hidden from those who only watch (law 6)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.methods.proportions import is_small_cell
from lianyi.rules.referral_loading import ReferralPolicyBook, load_referral_policies

COUNTRY = "CN"


@functools.cache
def _policies() -> ReferralPolicyBook:
    # The limit of small cells is that of the figures of referrals: one for the whole installation.
    return load_referral_policies(settings.LIANYI_RULES_DIRECTORIES)


def reads_exact_counts(actor: Actor) -> bool:
    """Tell whether somebody's role records visits; whoever counts people need not be kept from the counts."""
    return decide(actor, "dispatch.write").allowed


@dataclass(frozen=True, slots=True)
class SmallCounts:
    """Shows a count of people, or only that it is small where it lies below ``threshold``; 0 hides nothing."""

    threshold: int = 0

    def shown(self, count: int | None) -> int | str | None:
        """Return the count, or words in its place; a count of nobody is shown."""
        if count is None or not is_small_cell(count, self.threshold):
            return count
        return _("fewer than %(count)s") % {"count": self.threshold}


def small_counts_for(actor: Actor) -> SmallCounts:
    """Return how counts are shown to somebody, by the limit of small cells in force today."""
    return SmallCounts() if reads_exact_counts(actor) else watched_counts()


def watched_counts() -> SmallCounts:
    """Return how counts are shown to those who only watch."""
    return SmallCounts(_policies().default_on(timezone.localdate(), COUNTRY).limits.small_cell)
