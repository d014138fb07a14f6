"""The parts of the page about an evaluation: the answer first, then what it rests on and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.indicators.evaluation_candidates import candidates_of
from lianyi.indicators.evaluation_words import unit_name
from lianyi.indicators.models import EvaluationSource, UnitLevel
from lianyi.reports.content import Cell, Grid, Part
from lianyi.reports.evaluation_pictures import picture_of
from lianyi.reports.evaluation_told import (
    Told,
    cautions_of,
    effect_word,
    figure_of,
    level_word,
    sentence_of,
    verdict_word,
)

Document = Mapping[str, Any]
MOST_NAMED = 12


def answer_part(told: Told) -> Part:
    """Say first what was found of the main outcome, level by level."""
    main = told.answer["outcomes"][0]
    opening = _("%(question)s We looked at: %(outcome)s.") % {
        "question": _as_sentence(told.row.question),
        "outcome": told.outcome(main["outcome"]),
    }
    sentences = [opening, *(sentence_of(told, level) for level in main["levels"])]
    return Part(key="answer", title=_("The answer"), sentences=tuple(sentences))


def _as_sentence(text: str) -> str:
    return text if text.endswith(("?", "？", ".", "。")) else f"{text}?"


def level_parts(told: Told) -> Iterator[Part]:
    """Give each level of the main outcome its chart."""
    main = told.answer["outcomes"][0]
    names = {each.name: unit_name(each) for each in told.units}
    for level in main["levels"]:
        sentences = [sentence_of(told, level), *cautions_of(level)]
        if level["left_out"]:
            sentences.append(
                _("Left out, because a figure is missing for some time: %(units)s.")
                % {"units": _listed([names.get(each, each) for each in level["left_out"]])}
            )
        missing = _missing_times(level)
        if missing:
            sentences.append(_("Times without a figure are left out: %(times)s.") % {"times": _listed(missing)})
        yield Part(
            key=f"level-{level['level']}",
            title=f"{level_word(level['level'])} · {told.outcome(main['outcome'])}",
            sentences=tuple(sentences),
            picture=picture_of(told, main["outcome"], level),
        )


def _missing_times(level: Document) -> list[str]:
    """Return the times at which a unit alone at its level has no figure; those of phase-in are no gaps."""
    if level["series"] is None:
        return []
    left_out = level["series"]["points"]["left_out"]
    own = [each for each in left_out if each["reason"] != "phase-in" and each.get("group") != "control"]
    return [each["time"] for each in own]


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    if more <= 0:
        return ", ".join(names)
    rest = ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
    return f"{', '.join(names[:MOST_NAMED])} {rest}"


def beside_part(told: Told) -> Part:
    """Show every outcome beside the main one: efficiency may worsen while volume grows."""
    rows = tuple(
        (
            Cell(told.outcome(outcome["outcome"]), _definition_url(told, outcome["outcome"])),
            Cell(level_word(level["level"])),
            Cell(str(len(level["units"]))),
            Cell("—" if level["series"] is None else effect_word(level["series"]["effect"][-1])),
            Cell(verdict_word(level["verdict"])),
        )
        for outcome in told.answer["outcomes"]
        for level in outcome["levels"]
    )
    columns = (
        *(pgettext("evaluation", "Outcome"), _("Level"), pgettext("evaluation", "Units")),
        *(_("Change at the last time, with its interval"), pgettext("evaluation", "In a word")),
    )
    sentence = ngettext(
        "%(count)s answer stands here.",
        "%(count)s answers stand here. Where nothing changed, one in twenty comes out as a change by chance.",
        len(rows),
    )
    return Part(
        key="beside",
        title=_("All outcomes beside one another"),
        sentences=(
            sentence % {"count": len(rows)},
            _("In brackets stands the %(share)s interval: what else fits the figures.") % {"share": "95 %"},
        ),
        grid=Grid(columns, rows),
    )


def _definition_url(told: Told, name: str) -> str:
    return reverse("indicators:definition", args=[name]) if told.row.source == EvaluationSource.VALUES else ""


def after_part(told: Told) -> Part:
    """Tell the effect again 12 and 24 months after the team left."""
    rows = tuple(
        (
            Cell(told.outcome(outcome["outcome"])),
            Cell(level_word(level["level"])),
            *(_after_cell(level, months) for months in (12, 24)),
        )
        for outcome in told.answer["outcomes"]
        for level in outcome["levels"]
    )
    if not told.row.left:
        sentences: tuple[str, ...] = (
            _("The team is still there: whether anything stays when it leaves is not known."),
        )
    else:
        sentences = (_("The team left in %(time)s.") % {"time": told.row.left},)
    columns = (pgettext("evaluation", "Outcome"), _("Level"), _("12 months after"), _("24 months after"))
    return Part(
        key="after",
        title=_("After the team left"),
        sentences=sentences,
        grid=Grid(columns, rows) if told.row.left else None,
    )


def _after_cell(level: Document, months: int) -> Cell:
    found = next((each for each in level["after_leaving"] if each["months"] == months), None)
    if found is None:
        return Cell(_("the figures do not reach so far"))
    return Cell(f"{found['time']}: {verdict_word(found['verdict'])}, {effect_word(found['effect'])}")


def evenness_part(told: Told) -> Part:
    """Tell how evenly each outcome lies over the units of the county, before and after."""
    rows = tuple(_evenness_row(told, outcome) for outcome in told.answer["outcomes"])
    columns = (
        *(pgettext("evaluation", "Outcome"), _("Levels"), pgettext("evaluation", "Units")),
        *(_("Gini before"), _("Gini after"), _("Change with its interval"), pgettext("evaluation", "In a word")),
    )
    sentence = _("0 is the same in every unit, 1 is everything in one unit. Told from five units on.")
    return Part(key="evenness", title=_("Evenness inside the county"), sentences=(sentence,), grid=Grid(columns, rows))


def _evenness_row(told: Told, outcome: Document) -> tuple[Cell, ...]:
    found = outcome["evenness"]
    change = found["change"]
    words = (
        "—"
        if change is None
        else _("%(estimate)s (%(low)s to %(high)s)")
        % {name: f"{change[name]:+.3f}" for name in ("estimate", "low", "high")}
    )
    return (
        Cell(told.outcome(outcome["outcome"])),
        Cell(", ".join(level_word(each) for each in found["levels"])),
        Cell(str(found["units"])),
        Cell(figure_of(found["before"])),
        Cell(figure_of(found["after"])),
        Cell(words),
        Cell(verdict_word(found["verdict"])),
    )


def comparison_part(told: Told) -> Part:
    """Show which units were compared with, which were refused, and why."""
    title = _("Compared with")
    if not any(each.level == UnitLevel.COMPARISON for each in told.units):
        words = _("Nothing is compared with: whatever else changed at the same time is counted as effect.")
        return Part(key="comparison", title=title, sentences=(words,))
    _helped, candidates = candidates_of(told.actor, told.row, told.units, told.veil)
    rows = tuple(
        (
            *(Cell(each.name), Cell(each.kind), Cell(each.mean), Cell(each.change_a_year), Cell(each.correlation)),
            *(Cell(each.choice), Cell(each.unit.reason or "—")),
        )
        for each in candidates
    )
    columns = (
        *(
            _("Unit"),
            _("Kind or level"),
            pgettext("evaluation", "Mean before"),
            pgettext("evaluation", "Change a year"),
            pgettext("evaluation", "Moves together"),
        ),
        *(_("Choice"), _("Reason")),
    )
    sentences = [_("Chosen before any result was shown; the figures here end where help began.")]
    if told.row.why_comparable:
        sentences.append(_("Why they are comparable: %(words)s") % {"words": told.row.why_comparable})
    return Part(key="comparison", title=title, sentences=tuple(sentences), grid=Grid(columns, rows))


def sensitivity_part(told: Told) -> Part:
    """Put the answer beside that of another method, and beside dates on which nothing began."""
    lines = [
        (outcome, level)
        for outcome in told.answer["outcomes"]
        for level in outcome["levels"]
        if level["sensitivity"] is not None
    ]
    rows = tuple(
        (
            Cell(told.outcome(outcome["outcome"])),
            Cell(level_word(level["level"])),
            Cell(effect_word(level["series"]["effect"][-1])),
            Cell(_newey_west(level["sensitivity"]["newey_west"])),
            Cell(_placebo(level["sensitivity"]["placebo"])),
        )
        for outcome, level in lines
    )
    columns = (
        pgettext("evaluation", "Outcome"),
        _("Level"),
        _("Usual method"),
        "Newey–West",
        _("Dates on which nothing began"),
    )
    return Part(
        key="sensitivity",
        title=_("Would another look give another answer?"),
        sentences=tuple(_alarms(level) for _outcome, level in lines[:1]),
        grid=Grid(columns, rows),
        empty=_("Nothing could be told, so there is nothing to compare."),
    )


def _alarms(level: Document) -> str:
    found = level["sensitivity"]

    def listed(numbers: list[int]) -> str:
        return ", ".join(str(each) for each in numbers)

    return _(
        "On 60 months on which nothing happened, where errors of neighbouring months correlate by 0, 0.3 and 0.6, the "
        "usual method (REML with AR(1) errors) reports a change in %(usual)s of 100 series, Newey–West in %(other)s. "
        "Newey–West is shown because many studies use it, and is never the answer here."
    ) % {
        "usual": listed(found["false_alarms_percent"]),
        "other": listed(found["newey_west"]["false_alarms_percent"]),
    }


def _newey_west(found: Document) -> str:
    if found["effect"] is None:
        return verdict_word(found["verdict"])
    return f"{effect_word(found['effect'])} · {verdict_word(found['verdict'])}"


def _placebo(found: Document | None) -> str:
    if found is None:
        return _("too few times before the start")
    share = found["share_below_5_percent"]
    return _("%(share)s of %(dates)s look like a change") % {
        "share": f"{100 * share:.0f} %",
        "dates": len(found["dates"]),
    }
