"""The figures of consultations as lines of a table, with small counts hidden from those who see counts only."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.methods.durations import DurationSummary
from lianyi.methods.proportions import Share, hide_small_cells, is_small_cell
from lianyi.pages.values import NOTHING
from lianyi.referrals.consultation_figures import (
    ANSWERED,
    ASKED,
    FOLLOWED,
    IN_TIME,
    WORDS,
    ConsultationFigure,
    ConsultationFigures,
)
from lianyi.referrals.states import Urgency
from lianyi.referrals.statistics_line import MINUTES, number_text

# Below this many cases the interval says more than the share; the page says so.
FEW_CASES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One figure in words; ``key`` names the rows behind it, and is empty where the reader may not open them."""

    measure: str
    numerator: int | None = None
    denominator: int | None = None
    value: str = NOTHING
    interval: str = NOTHING
    note: str = ""
    key: str = ""
    is_hidden: bool = False

    @property
    def is_small(self) -> bool:
        return self.denominator is not None and 0 < self.denominator < FEW_CASES


def open_lines(found: ConsultationFigures) -> list[FigureLine]:
    """Return every figure, each leading to its rows."""
    return [
        FigureLine(measure=str(WORDS[ASKED]), numerator=len(found.asked), key=ASKED),
        *(_share_line(each.key, each.share, key=each.key) for each in found.shares if _is_shown(each)),
        _minutes_line(_("Minutes to the answer, median"), found.answer_minutes),
        FigureLine(measure=str(WORDS["signed"]), numerator=len(found.signed), key="signed"),
        _minutes_line(_("Minutes to the signed opinion, median"), found.opinion_minutes),
    ]


def _is_shown(figure: ConsultationFigure) -> bool:
    return not figure.urgency or bool(figure.denominator)


def veiled_lines(found: ConsultationFigures, threshold: int) -> list[FigureLine]:
    """Return what may be told to those who see counts only: no part from which a small count could be worked out."""
    shares = {each.key: each for each in found.shares}
    judged, said = len(shares[ANSWERED].denominator), len(shares[ANSWERED].numerator)
    in_time = len(shares[IN_TIME].numerator)
    shown = hide_small_cells((in_time, said - in_time, judged - said), threshold)
    on_time, _late, silent = shown.counts
    answered = None if shown.total is None or silent is None else shown.total - silent
    followed = shares[FOLLOWED].share
    kept = hide_small_cells((followed.numerator, followed.denominator - followed.numerator), threshold)
    return [
        _count_line(ASKED, len(found.asked), threshold),
        _shown_share(ANSWERED, answered, shown.total),
        _shown_share(IN_TIME, on_time, shown.total),
        _veiled_minutes(_("Minutes to the answer, median"), found.answer_minutes, threshold),
        _count_line("signed", len(found.signed), threshold),
        _veiled_minutes(_("Minutes to the signed opinion, median"), found.opinion_minutes, threshold),
        _shown_share(FOLLOWED, kept.counts[0], kept.total),
    ]


def _count_line(key: str, number: int, threshold: int) -> FigureLine:
    if is_small_cell(number, threshold):
        return FigureLine(measure=str(WORDS[key]), is_hidden=True)
    return FigureLine(measure=str(WORDS[key]), numerator=number)


def _shown_share(key: str, numerator: int | None, denominator: int | None) -> FigureLine:
    if numerator is None or denominator is None:
        return FigureLine(measure=str(WORDS[key]), denominator=denominator, is_hidden=True)
    return _share_line(key, Share(numerator, denominator))


def _share_line(figure: str, share: Share, *, key: str = "") -> FigureLine:
    interval = share.interval()
    urgency = figure.removeprefix(f"{IN_TIME}-") if figure.startswith(f"{IN_TIME}-") else ""
    return FigureLine(
        measure=str(WORDS[figure]),
        numerator=share.numerator,
        denominator=share.denominator,
        value=NOTHING if share.value is None else f"{share.value * 100:.1f} %",
        interval=NOTHING if interval is None else f"{interval.low * 100:.1f} – {interval.high * 100:.1f} %",
        note=str(Urgency(urgency).label) if urgency else "",
        key=key,
    )


def _minutes_line(measure: str, found: DurationSummary) -> FigureLine:
    low, high = found.median.interval.low, found.median.interval.high
    p90 = found.p90.minutes
    return FigureLine(
        measure=measure,
        denominator=found.count,
        value=number_text(found.median.minutes, MINUTES),
        interval=NOTHING if low is None or high is None else f"{low:.1f} – {number_text(high, MINUTES)}",
        note="" if p90 is None else _("nine of ten within %(minutes).1f min") % {"minutes": p90},
    )


def _veiled_minutes(measure: str, found: DurationSummary, threshold: int) -> FigureLine:
    if is_small_cell(found.count, threshold):
        return FigureLine(measure=measure, is_hidden=True)
    return _minutes_line(measure, found)
