"""What a reader must know of how a question came to be: was it changed after results, were figures there before."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from lianyi.indicators.models import Evaluation, EvaluationEvent


@dataclass(frozen=True, slots=True)
class History:
    """Told to every reader of a version, also to those who cannot open the former ones.

    Parameters
    ----------
    was_changed, after_results
        Whether this is a later version, and whether a former one had been computed when it was begun.
    rows_seen
        Rows from the start on that were there when the question was fixed; None before that.
    """

    was_changed: bool
    after_results: bool
    rows_seen: int | None
    fixed_on: str = ""
    fixed_by: str = ""
    reviewed_on: str = ""
    reviewed_by: str = ""
    review: str = ""


def history_of(row: Evaluation) -> History:
    """Return what stands beside every answer to this version of the question."""
    former = EvaluationEvent.objects.filter(evaluation__code=row.code, evaluation__number__lt=row.number)
    own = list(EvaluationEvent.objects.filter(evaluation=row).select_related("user").order_by("pk"))
    fixing = next((each for each in reversed(own) if each.step == "fix"), None)
    review = next((each for each in reversed(own) if each.step in ("review", "return")), None)
    is_reviewed = review is not None and review.step == "review"
    return History(
        was_changed=row.supersedes_id is not None,
        after_results=former.filter(step="compute").exists(),
        rows_seen=None if fixing is None else int(fixing.facts.get("figures_after_start", 0)),
        fixed_on=_day(fixing),
        fixed_by="" if fixing is None else str(fixing.user),
        reviewed_on=_day(review) if is_reviewed else "",
        reviewed_by=str(review.user) if review is not None and is_reviewed else "",
        review=review.reason if review is not None and is_reviewed else "",
    )


def _day(event: EvaluationEvent | None) -> str:
    return "" if event is None else f"{timezone.localtime(event.recorded_at):%Y-%m-%d %H:%M}"
