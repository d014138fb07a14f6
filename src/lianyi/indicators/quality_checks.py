"""What is refused about new beginnings of charts, owners, causes, evidence and verdicts."""

from __future__ import annotations

import datetime
from typing import Final

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.errors import InvalidInputError
from lianyi.indicators.models.quality import (
    ChartFinding,
    ChartRebase,
    QualityAction,
    QualityCase,
    QualityVerdict,
)
from lianyi.indicators.quality_rulebook import cause_codes
from lianyi.indicators.quality_signals import FEWEST_AFTER, RUN
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.queries.quality_charts import unit_panel
from lianyi.indicators.values_definitions import versions_of

GOOD: Final = (ChartFinding.BETTER, ChartFinding.SETTLED)


def check_reason(reason: str) -> None:
    """Refuse what needs a reason and has none.

    Raises
    ------
    InvalidInputError
    """
    if not reason.strip():
        raise InvalidInputError("Give the reason in words.", field="reason", reason="quality-reason")


def check_rebase(actor: Actor, row: ChartRebase) -> None:
    """Refuse a new beginning without a reason, at a period without a value, at the first, or where one stands.

    Raises
    ------
    InvalidInputError
    """
    check_reason(row.reason)
    versions = versions_of(row.indicator)
    panel = None if not versions else unit_panel(actor, row.indicator, str(versions[0].period), row.node_id)
    if panel is None or row.period_start not in panel.starts[1:]:
        raise InvalidInputError(
            f"{row.period_start} is no later period of this chart; it can begin anew from its second period on.",
            field="period_start",
            reason="rebase-period",
            on=row.period_start,
        )
    if any(each.start == row.period_start for each in queries.rebases(actor, row.indicator, [row.node_id])):
        raise InvalidInputError(
            f"The chart begins anew at {row.period_start} already.",
            field="period_start",
            reason="rebase-twice",
            on=row.period_start,
        )


def check_ownership(row: QualityCase, owner_id: int | None, words: str, due_on: datetime.date) -> None:
    """Refuse an owner who is nobody, who may not write about the unit, or a day before the case was opened.

    Raises
    ------
    InvalidInputError
    """
    if owner_id is None and not words.strip():
        raise InvalidInputError("Say who owns it and until when.", field="owner", reason="quality-without-owner")
    if due_on < row.opened_on:
        raise InvalidInputError(
            f"{due_on} lies before {row.opened_on}, when the case was opened.",
            field="due_on",
            reason="quality-due-early",
            day=due_on,
            start=row.opened_on,
        )
    if owner_id is None:
        return
    possible = queries.possible_owners(row.node, timezone.localdate())
    if owner_id not in {user.pk for user in possible}:
        known = User.objects.filter(pk=owner_id).first()
        raise InvalidInputError(
            f"{known} does not write indicators of this unit and could not act on the case.",
            field="owner",
            reason="quality-owner-elsewhere",
            given=str(known or owner_id),
        )


def known_cause(kind: str, words: str) -> dict[str, str]:
    """Return a cause that can be kept.

    Raises
    ------
    InvalidInputError
    """
    codes = cause_codes(timezone.localdate())
    if kind not in codes:
        raise InvalidInputError(
            f"'{kind}' is no kind of cause. Accepted: {', '.join(codes)}.",
            field="cause_kind",
            reason="quality-cause-kind",
            given=kind,
        )
    if not words.strip():
        raise InvalidInputError("Say the cause in words.", field="cause", reason="quality-cause-unsaid")
    return {"cause_kind": kind, "cause": words.strip()}


def check_evidence(row: QualityAction, done_on: datetime.date, evidence: str) -> None:
    """Refuse an action that was done before the signal, or on a day to come, or that nothing shows.

    It may have been done before the case was opened: people mend what they see.

    Raises
    ------
    InvalidInputError
    """
    if not evidence.strip():
        raise InvalidInputError("Say what shows that it is done.", field="evidence", reason="quality-evidence-unsaid")
    if not row.case.signal_start <= done_on <= timezone.localdate():
        raise InvalidInputError(
            f"{done_on} lies before the signal of {row.case.signal_start}, or has not come yet.",
            field="done_on",
            reason="quality-done-when",
            day=done_on,
            start=row.case.signal_start,
        )


def check_verdict(verdict: str, finding: str, points: int) -> None:
    """Refuse a verdict that the chart does not carry: too early for any, and no success without a finding for it.

    Raises
    ------
    InvalidInputError
    """
    if finding == ChartFinding.TOO_EARLY:
        raise InvalidInputError(
            f"{points} periods since the action are too few to tell: a signal needs {FEWEST_AFTER}, that nothing "
            f"changed {RUN}.",
            reason="quality-too-early",
            points=points,
            fewest=FEWEST_AFTER,
            run=RUN,
        )
    if verdict == QualityVerdict.WORKED and finding not in GOOD:
        raise InvalidInputError(
            "The chart shows no signal for the better since the action, so nobody signs that it worked.",
            reason="quality-no-improvement",
            finding=ChartFinding(finding).label,
        )
