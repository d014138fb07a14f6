"""Visits and follow-ups that are overdue: on which day whom to call, and which of them have calls to make now."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lianyi.accounts.models import CommandReceipt
from lianyi.referrals.models import FollowUp
from lianyi.referrals.policies import policy_book, policy_of
from lianyi.rules.referral_policy import LadderPost, PolicyLimits

# The first follow-up after a return has a clock of its own, which climbs the ladder of the case.
CALLED_FOR = (FollowUp.Kind.HOME_VISIT, FollowUp.Kind.PLANNED, FollowUp.Kind.DEATH_REVIEW)
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class VisitCall:
    """One call for one visit: a reminder of its own desk where no post is named."""

    follow_up_id: int
    number: int
    post: LadderPost | None

    @property
    def key(self) -> str:
        return f"visit-{self.follow_up_id}-{self.number}"


def calls_until(limits: PolicyLimits, due_on: datetime.date, today: datetime.date) -> list[LadderPost | None]:
    """Return whom an overdue visit has called for until a day, in order; the coordinator comes round again at the end.

    Examples
    --------
    With 2, 4 and 7 days and a round every 7 days, a visit due 14 days ago has called its desk, the heads, the
    coordinator, the lead, and the coordinator once more.
    """
    late = (today - due_on).days
    rungs: tuple[tuple[LadderPost | None, int], ...] = (
        (None, 0),
        (LadderPost.DEPARTMENT_HEAD, limits.visit_head_days),
        (LadderPost.COORDINATOR, limits.visit_coordinator_days),
        (LadderPost.ALLIANCE_LEAD, limits.visit_lead_days),
    )
    rounds = max(late - rungs[-1][1], 0) // limits.visit_repeat_days
    return [post for post, days in rungs if days <= late] + [LadderPost.COORDINATOR] * rounds


def calls_to_make(today: datetime.date) -> Iterator[VisitCall]:
    """Return the last call that each overdue visit asks for and that was not made; what was missed is not made up."""
    rows = FollowUp.objects.filter(state=FollowUp.State.OPEN, kind__in=CALLED_FOR, due_on__lte=today)
    rows = rows.filter(leg__request__policy__in=policy_book().ids)
    found = rows.order_by("due_on", "pk").values_list("pk", "due_on", "leg__request__policy")
    rest = found.iterator(chunk_size=_KEYS_AT_ONCE)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        due = []
        for pk, due_on, policy in some:
            posts = calls_until(policy_of(policy).limits, due_on, today)
            due.append(VisitCall(pk, len(posts), posts[-1]))
        keys = [each.key for each in due]
        made = set(CommandReceipt.objects.filter(key__in=keys).values_list("key", flat=True))
        yield from (each for each in due if each.key not in made)
