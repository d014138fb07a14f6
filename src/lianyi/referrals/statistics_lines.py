"""The figures of referrals as lines of tables: what a page shows, a workbook takes along and a printer prints."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.methods.durations import DurationSummary, QuantileEstimate
from lianyi.methods.proportions import Share
from lianyi.pages.values import NOTHING
from lianyi.referrals.states import Urgency
from lianyi.referrals.statistics import AnswerTimes, FilledForms, Statistics
from lianyi.referrals.statistics_line import (
    MINUTES,
    PERCENT,
    RATIO,
    Group,
    Line,
    Names,
    count_line,
    count_text,
    key_of,
    number_text,
    share_line,
)
from lianyi.referrals.statistics_place_lines import reason_lines, shown_places, site_lines
from lianyi.referrals.statistics_result_lines import measure_lines, result_lines
from lianyi.referrals.statistics_standard_lines import standard_line
from lianyi.referrals.statistics_veil import HIDDEN, ShownShare, Veil
from lianyi.referrals.statistics_words import APART_WORDS, FIGURE_WORDS
from lianyi.referrals.texts import CLOCK_WORDS


def groups_of(found: Statistics, names: Names, veil: Veil) -> list[Group]:
    """Return every figure in its group; groups that hold nothing are left out."""
    groups = [
        Group(_("What was asked"), _asked_lines(found, veil)),
        Group(_("Answers"), _answer_lines(found, veil)),
        Group(_("Time to the answer"), tuple(line for each in found.times for line in _time_lines(each, veil))),
        Group(_("Arrival and feedback"), _figure_lines(found, veil, _ARRIVAL)),
        Group(_("Results that came with the patient"), result_lines(found, veil)),
        Group(_("The way back"), (*_figure_lines(found, veil, _BACK), *_bounce_lines(found, names, veil))),
        Group(_("Refusals by reason"), reason_lines(found, veil)),
        Group(_("By receiving institution"), site_lines(found, names, veil)),
        Group(_("Clocks that ran out, by phase and holder"), _breach_lines(found, names, veil)),
        Group(_("Pathway times against the standards"), tuple(standard_line(each, veil) for each in found.standards)),
        Group(_("Shares that the standards of centres ask for"), measure_lines(found, veil)),
    ]
    return [group for group in groups if group.lines]


_IN_TIME = ("in-time", *(f"in-time-{urgency}" for urgency in Urgency.values))
_ARRIVAL = ("arrival", "never-came", "withdrawn", "feedback-7", "feedback-14", "feedback-30")
_FORMS = ("complete", "complete-all")
_BACK = ("transfer-back", "onward", "bounce-back")


def _figure_lines(found: Statistics, veil: Veil, keys: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(
        share_line(str(FIGURE_WORDS[each.key]), veil.figure(each), key=key_of(each.key, veil))
        for each in found.figures
        if each.key in keys
    )


def _asked_lines(found: Statistics, veil: Veil) -> tuple[Line, ...]:
    up, down = len(found.sent_up), len(found.sent_down)
    (up_shown, down_shown, _level), total = veil.row((up, down, found.requests_sent - up - down))
    if veil.hides_parts:
        up_shown, down_shown = veil.count(up), veil.count(down)
    ratio = down_shown / up_shown if up_shown and down_shown is not None else None
    return (
        count_line(_("Referrals sent"), total),
        count_line(_("Receivers asked"), veil.count(found.legs_sent)),
        count_line(_("Sent up"), up_shown, key_of("sent-up", veil)),
        count_line(_("Sent back down"), down_shown, key_of("sent-down", veil)),
        Line(
            measure=_("Down for each one up"),
            numerator=down_shown,
            denominator=up_shown,
            value=ratio,
            unit=RATIO,
            is_hidden=up_shown is None or down_shown is None,
        ),
        *_form_lines(found, veil, is_up_hidden=up_shown is None),
    )


def _form_lines(found: Statistics, veil: Veil, *, is_up_hidden: bool) -> tuple[Line, ...]:
    """Return how well forms were filled; transfers back have none, so their number would tell that of the others."""
    if is_up_hidden:
        hidden = (share_line(str(FIGURE_WORDS[key]), HIDDEN) for key in _FORMS)
        return (*hidden, Line(measure=_("Filled in of the whole form, median"), unit=PERCENT, is_hidden=True))
    return (*_figure_lines(found, veil, _FORMS), _filled_line(found.forms, veil))


def _filled_line(forms: FilledForms, veil: Veil) -> Line:
    """Return what the middle form holds; it stays away where another page could be taken off from this one."""
    measure = _("Filled in of the whole form, median")
    if veil.hides_parts or veil.count(forms.count) is None:
        return Line(measure=measure, unit=PERCENT, is_hidden=True)
    if forms.median is None:
        return Line(measure=measure, denominator=forms.count, unit=PERCENT)
    note = ""
    if forms.low is not None and forms.high is not None:
        note = _("half of the forms: %(low)s – %(high)s") % {
            "low": number_text(forms.low * 100, ""),
            "high": number_text(forms.high * 100, PERCENT),
        }
    return Line(
        measure=measure,
        denominator=forms.count,
        value=forms.median * 100,
        unit=PERCENT,
        note=note,
        key=key_of("complete-all", veil),
    )


def _answer_lines(found: Statistics, veil: Veil) -> tuple[Line, ...]:
    return (
        *_judged_lines(found, veil),
        *_in_time_lines(found, veil),
        *(
            count_line(str(APART_WORDS[kind]), veil.count(len(legs)), key_of(f"apart-{kind}", veil), _("counted apart"))
            for kind, legs in found.apart.items()
        ),
    )


def _judged_lines(found: Statistics, veil: Veil) -> list[Line]:
    """Return acceptance, refusal and silence; hidden as the table of places hides their totals, so that none tells."""
    keys = ("acceptance", "refusal", "no-response")
    figures = [each for each in found.figures if each.key in keys]
    if veil.hides_parts:
        shown = [veil.figure(each) for each in figures]
        if any(each.is_hidden for each in shown):
            shown = [ShownShare(None, None) for _each in shown]
    else:
        table = shown_places(found, veil)
        totals = table.column_totals or (0, 0, 0)
        shown = [ShownShare(number, table.total) for number in totals]
    return [
        share_line(str(FIGURE_WORDS[each.key]), share, key=key_of(each.key, veil))
        for each, share in zip(figures, shown, strict=True)
    ]


def _in_time_lines(found: Statistics, veil: Veil) -> list[Line]:
    whole, *parts = [each for each in found.figures if each.key in _IN_TIME]
    if veil.hides_parts:
        shown = [veil.figure(each) for each in (whole, *parts)]
    else:
        table = veil.table([(len(each.numerator), len(each.denominator) - len(each.numerator)) for each in parts])
        shown = [ShownShare(table.column_totals[0], table.total)]
        shown += [ShownShare(cells[0], total) for cells, total in zip(table.cells, table.row_totals, strict=True)]
    return [
        share_line(str(FIGURE_WORDS[each.key]), share, key=key_of(each.key, veil))
        for each, share in zip((whole, *parts), shown, strict=True)
    ]


def _time_lines(found: AnswerTimes, veil: Veil) -> list[Line]:
    """Return what the receiver took with pauses taken off, the raw time beside it, and the pauses themselves."""
    urgency = str(Urgency(found.urgency).label)
    apart = _("%(spoken)s by telephone, %(afterwards)s entered afterwards: not timed") % {
        "spoken": count_text(found.spoken, veil),
        "afterwards": count_text(found.afterwards, veil),
    }
    if not found.net.count:
        if not (found.spoken or found.afterwards):
            return []
        return [Line(measure=_("%(urgency)s: no answer with a time") % {"urgency": urgency}, note=apart)]
    net, gross, paused = veil.summary(found.net), veil.summary(found.gross), veil.summary(found.paused)
    lines = (
        (_("%(urgency)s: net median"), net, "median", apart),
        (_("%(urgency)s: net 90th percentile"), net, "p90", ""),
        (_("%(urgency)s: raw median, pauses counted in"), gross, "median", ""),
        (_("%(urgency)s: paused, median"), paused, "median", ""),
    )
    return [quantile_line(text % {"urgency": urgency}, summary, which, note) for text, summary, which, note in lines]


def quantile_line(measure: str, summary: DurationSummary | None, which: str, note: str = "") -> Line:
    if summary is None:
        return Line(measure=measure, unit=MINUTES, note=note, is_hidden=True)
    estimate: QuantileEstimate = getattr(summary, which)
    return Line(
        measure=measure,
        denominator=summary.count,
        value=estimate.minutes,
        unit=MINUTES,
        low=estimate.interval.low,
        high=estimate.interval.high,
        note=note,
    )


def _bounce_lines(found: Statistics, names: Names, veil: Veil) -> list[Line]:
    """Return the returns that bounced for each institution on both sides; a place of few returns is left hidden."""
    if veil.hides_parts:
        return []
    words = {"lower": _("%(name)s, took patients back"), "upper": _("%(name)s, sent patients back")}
    return [
        share_line(
            words[each.side] % {"name": names.get(each.institution_id, NOTHING)},
            veil.share(Share(each.bounced, each.returned)),
        )
        for each in found.bounces
    ]


def _breach_lines(found: Statistics, names: Names, veil: Veil) -> tuple[Line, ...]:
    if veil.hides_parts:
        return ()
    return tuple(
        count_line(
            f"{CLOCK_WORDS.get(each.kind, each.kind)} · {names.get(each.holder_id, NOTHING)}",
            veil.count(each.clocks),
            key_of(f"breach-{each.kind}-{each.holder_id}", veil),
        )
        for each in found.breaches
    )
