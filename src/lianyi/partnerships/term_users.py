"""What lies within an agreement's term and must stay there: its duties, and what applications above plan under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import Agreement

# Returns the codes of what would lie outside the term.
TermUser = Callable[[Agreement, DateSpan], Iterable[str]]
_TERM_USERS: list[TermUser] = []


def register_term_user(user: TermUser) -> None:
    """Let an application say what it keeps within the term; once, when it starts."""
    if user not in _TERM_USERS:
        _TERM_USERS.append(user)


def outside_term(agreement: Agreement, term: DateSpan) -> list[str]:
    """Return the codes of duties, postings and the like that this term would leave outside."""
    duties = [
        duty.code
        for duty in agreement.duties.order_by("code")
        if (duty.starts_on is not None and duty.starts_on < term.start)
        or (duty.due_on is not None and duty.due_on > term.end)
    ]
    return [*duties, *(code for user in _TERM_USERS for code in user(agreement, term))]
