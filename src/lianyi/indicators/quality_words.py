"""What is said to people about charts, signals and funnels."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.drawing.control_chart import Mark
from lianyi.indicators.quality_rulebook import cause_codes, quality_book
from lianyi.indicators.quality_series import SeriesChart
from lianyi.methods.funnels import Verdict
from lianyi.methods.process_control import Assurance, Signal, Variation
from lianyi.pages.names import in_language

Text = str | Promise
CHART_WORDS: Mapping[SeriesChart, Text] = {
    SeriesChart.XMR: _("XmR: single values and their moving ranges"),
    SeriesChart.P: _("p: shares of counted cases"),
    SeriesChart.P_PRIME: _("p′: shares of very many cases, limits widened by how much periods differ"),
    SeriesChart.U: _("u: events over a population or days"),
}
SIGNAL_WORDS: Mapping[int, Text] = {
    Signal.OUTSIDE: _("beyond a limit"),
    Signal.TREND: _("seven or more in a row rise or fall"),
    Signal.TWO_OF_THREE: _("two of three in a row close to a limit"),
    Signal.SHIFT: _("seven or more in a row on one side of the mean"),
}
VARIATION_WORDS: Mapping[int, Text] = {
    Variation.MISSING: _("nothing settled"),
    Variation.COMMON_CAUSE: _("no signal"),
    Variation.IMPROVEMENT: _("signal for the better"),
    Variation.CONCERN: _("signal for the worse"),
    Variation.CHANGE: _("signal of a change"),
}
VARIATION_TONES: Mapping[int, str] = {
    Variation.MISSING: "neutral",
    Variation.COMMON_CAUSE: "neutral",
    # A signal for the better is told, and never coloured as a success.
    Variation.IMPROVEMENT: "info",
    Variation.CONCERN: "warning",
    Variation.CHANGE: "info",
}
MARKS: Mapping[int, Mark] = {
    Variation.COMMON_CAUSE: Mark.COMMON,
    Variation.IMPROVEMENT: Mark.IMPROVEMENT,
    Variation.CONCERN: Mark.CONCERN,
    Variation.CHANGE: Mark.CHANGE,
}
MARK_WORDS: Mapping[Mark, Text] = {
    Mark.COMMON: _("no signal"),
    Mark.IMPROVEMENT: _("signal for the better"),
    Mark.CONCERN: _("signal for the worse"),
    Mark.CHANGE: _("signal of a change"),
}
ASSURANCE_WORDS: Mapping[Assurance, Text] = {
    Assurance.CONSISTENTLY_PASSES: _("As it runs, it meets the target every time."),
    Assurance.HIT_AND_MISS: _("As it runs, it meets the target one time and misses it another."),
    Assurance.CONSISTENTLY_FAILS: _("As it runs, it misses the target every time."),
}
ASSURANCE_SIGNS: Mapping[Assurance, str] = {
    Assurance.CONSISTENTLY_PASSES: "✓",
    Assurance.HIT_AND_MISS: "?",
    Assurance.CONSISTENTLY_FAILS: "✗",
}
SIDE_WORDS: Mapping[str, Text] = {
    "high": pgettext_lazy("side of a signal", "high"),
    "low": pgettext_lazy("side of a signal", "low"),
}
NOT_CHARTED_WORDS: Mapping[str, Text] = {
    "few": _("Too few values for a chart: three at least are needed."),
    "same": _("All values are the same, so there are no limits."),
}
VERDICT_WORDS: Mapping[Verdict, Text] = {
    Verdict.WITHIN: _("within the limits: no different from the others but for chance"),
    Verdict.ABOVE_95: _("above the 95 % limit"),
    Verdict.BELOW_95: _("below the 95 % limit"),
    Verdict.ABOVE_998: _("above the 99.8 % limit: look into it first"),
    Verdict.BELOW_998: _("below the 99.8 % limit: look into it first"),
    Verdict.TOO_SMALL: _("too few cases to say anything"),
}
VERDICT_TONES: Mapping[Verdict, str] = {
    Verdict.WITHIN: "neutral",
    Verdict.ABOVE_95: "info",
    Verdict.BELOW_95: "info",
    Verdict.ABOVE_998: "warning",
    Verdict.BELOW_998: "warning",
    Verdict.TOO_SMALL: "neutral",
}


def signals_said(rules: int) -> list[str]:
    """Return in words the rules that a point meets, in the order in which they are told."""
    return [str(word) for rule, word in SIGNAL_WORDS.items() if rules & int(rule)]


def cause_word(code: str) -> str:
    """Return what a kind of cause is called; a code that no file has any more is shown as it is."""
    words = quality_book().cause_words(code)
    return code if words is None else in_language(words.zh, words.en)


def cause_choices(day: datetime.date) -> list[tuple[str, str]]:
    return [(code, cause_word(code)) for code in cause_codes(day)]
