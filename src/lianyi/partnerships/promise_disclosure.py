"""What of delivered promises a reader may see: a small count of patients is hidden from those who only watch (law 6).

Which counts are of patients, and from whom small ones are hidden, the counter of the kind says; see
`lianyi.partnerships.evidence.Counter.hides`. Whether a promise was kept is told to every reader of the agreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lianyi.accounts.actors import Actor
from lianyi.partnerships.evidence import counter_of
from lianyi.partnerships.promises import DutyAccount, DutyPeriod


def shown_periods(periods: Sequence[DutyPeriod], reader: Actor | None) -> list[DutyPeriod]:
    """Return the periods with small counts hidden from the reader; None is everybody whom a paper may reach."""
    shown = list(periods)
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for position, period in enumerate(periods):
        if period.evidence is not None:
            by_kind[period.duty.evidence_kind].append(position)
    for kind in sorted(by_kind):
        counter = counter_of(kind)
        if counter is None or counter.hides is None:
            continue
        found = [(at, evidence) for at in by_kind[kind] if (evidence := periods[at].evidence) is not None]
        hidden = counter.hides(reader, [evidence for _at, evidence in found])
        for (at, _evidence), is_hidden in zip(found, hidden, strict=True):
            if is_hidden:
                shown[at] = replace(periods[at], evidence=None, is_hidden=True)
    return shown


def shown_accounts(accounts: Iterable[DutyAccount], reader: Actor | None) -> list[DutyAccount]:
    """Return duties with all their periods, small counts hidden; each kind is asked once for all of them."""
    rows = list(accounts)
    periods = iter(shown_periods([period for account in rows for period in account.periods], reader))
    return [replace(account, periods=tuple(next(periods) for _ in account.periods)) for account in rows]
