"""What an evaluation found, in words: a change with its interval, no detectable change, or why it cannot be told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.indicators.evaluation_disclosure import Veil
from lianyi.indicators.evaluation_history import History
from lianyi.indicators.evaluation_panel import Panel
from lianyi.indicators.evaluation_words import outcome_name
from lianyi.indicators.models import Evaluation, EvaluationResult, EvaluationUnit, UnitLevel

Document = Mapping[str, Any]
NO_CHANGE = "no detectable change"
VERDICT_WORDS: Mapping[str, str | Promise] = {
    "rose": pgettext_lazy("verdict of an evaluation", "rose"),
    "fell": pgettext_lazy("verdict of an evaluation", "fell"),
    NO_CHANGE: pgettext_lazy("verdict of an evaluation", "no detectable change"),
    "not told": pgettext_lazy("verdict of an evaluation", "cannot be told"),
    "more even": pgettext_lazy("verdict of an evaluation", "more even"),
    "less even": pgettext_lazy("verdict of an evaluation", "less even"),
}
_LARGE = 1000.0
_MOST_BY_CHANCE = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """An evaluation with its newest answer, as somebody may read it."""

    actor: Actor
    row: Evaluation
    units: tuple[EvaluationUnit, ...]
    result: EvaluationResult
    kept: Document
    panel: Panel
    veil: Veil
    history: History

    @property
    def answer(self) -> Document:
        found: Document = self.kept["result"]
        return found

    @property
    def is_compared(self) -> bool:
        return self.answer["question"]["comparison"] is not None

    def outcome(self, name: str) -> str:
        return outcome_name(self.row, name)


def level_word(level: str) -> str:
    return str(dict(UnitLevel.choices).get(level, level))


def interval_of(effect: Document) -> tuple[Document, bool]:
    """Return the interval that is told, and whether it is a share of what would have been."""
    relative = effect["relative"]
    if relative is not None and all(relative[each] is not None for each in ("estimate", "low", "high")):
        return relative, True
    return effect["absolute"], False


def change_word(figure: float | None, *, is_share: bool) -> str:
    """Return a change with its sign: a share in per cent, or figures of the outcome."""
    if figure is None or not math.isfinite(figure):
        return "—"
    if is_share:
        return f"{100 * figure:+,.1f} %"
    return f"{figure:+,.0f}" if abs(figure) >= _LARGE else f"{figure:+,.3g}"


def effect_word(effect: Document | None) -> str:
    """Return estimate and interval: +12.0 % (+3.0 % to +22.0 %)."""
    if effect is None:
        return "—"
    interval, is_share = interval_of(effect)
    return _("%(estimate)s (%(low)s to %(high)s)") % {
        name: change_word(interval[name], is_share=is_share) for name in ("estimate", "low", "high")
    }


def sentence_of(told: Told, level: Document) -> str:
    """Return the answer about one level in a sentence."""
    word = level_word(level["level"])
    name = word[:1].upper() + word[1:]
    if level["series"] is None:
        return _("%(level)s: it cannot be told, because %(why)s.") % {"level": name, "why": why_untold(level)}
    effect = level["series"]["effect"][-1]
    interval, is_share = interval_of(effect)
    words = {
        "level": name,
        "time": effect["time"],
        **{each: change_word(interval[each], is_share=is_share) for each in ("estimate", "low", "high")},
    }
    if level["verdict"] == NO_CHANGE:
        return (
            _(
                "%(level)s: no detectable change. In %(time)s it is %(estimate)s, and anything from %(low)s to "
                "%(high)s fits the figures."
            )
            % words
        )
    if told.is_compared:
        return (
            _(
                "%(level)s: we see a change of %(estimate)s (from %(low)s to %(high)s) in %(time)s, beyond that of the "
                "units for comparison."
            )
            % words
        )
    return (
        _(
            "%(level)s: we see a change of %(estimate)s (from %(low)s to %(high)s) in %(time)s, against the course "
            "before."
        )
        % words
    )


def why_untold(level: Document) -> str:
    if level["why_code"] == "gaps":
        return _("no unit of this level has a figure for every time, and missing is not zero")
    return _("there are too few times before or after the start, or the figures never change")


def cautions_of(level: Document) -> list[str]:
    """Return what makes the answer of a level less sure, in words."""
    found = []
    if level["series"] is None:
        return []
    codes = level["series"]["warning_codes"]
    # The document counts the points of the units for comparison too; a reader counts times.
    used = [row["is_after"] for row in level["series"]["rows"] if row["is_used"]]
    if "few-points" in codes:
        found.append(
            _(
                "Only %(before)s times lie before the start and %(after)s from it on: with so few, a single odd one "
                "can make or hide a change."
            )
            % {"before": used.count(False), "after": used.count(True)}
        )
    if "autocorrelation" in codes:
        found.append(
            _("What is left over follows a pattern: a season or an event is missing, so the interval is less sure.")
        )
    if "wandering" in codes:
        found.append(_("The series wanders nearly freely, so that a lasting change cannot be told from wandering."))
    placebo = level["sensitivity"]["placebo"]
    if placebo is not None and _many_alarms(placebo):
        found.append(
            _("%(share)s of %(dates)s dates on which nothing began come out as changes too: be careful.")
            % {"share": f"{100 * placebo['share_below_5_percent']:.0f} %", "dates": len(placebo["dates"])}
        )
    return found


def _many_alarms(placebo: Document) -> bool:
    """Tell whether more dates come out as changes than chance explains: one alone never does."""
    share, dates = placebo["share_below_5_percent"], len(placebo["dates"])
    return bool(share > _MOST_BY_CHANCE and round(share * dates) > 1)


def verdict_word(verdict: str) -> str:
    return str(VERDICT_WORDS.get(verdict, verdict))


def figure_of(number: float | None) -> str:
    return "—" if number is None else f"{number:,.3f}"
