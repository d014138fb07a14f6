"""Whether a partnership worked: the document and the lines of `lianyi evaluate partnership`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lianyi.analysis.partnership_evaluation import EvaluationQuestion, evaluate_partnership
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]


def document_of(path: Path, question: EvaluationQuestion) -> Document:
    """Read the panel and answer the question."""
    columns = [
        ArrayColumn(question.unit, description="institution or village"),
        ArrayColumn(question.time, description="time of each record"),
        ArrayColumn(question.level, description="level of the unit"),
        *(ArrayColumn(name, "number", may_have_gaps=True, description="outcome") for name in question.outcomes),
    ]
    return {"table": path.name, **evaluate_partnership(read_arrays(path, columns), question)}


def lines_of(document: Document) -> Iterator[str]:
    """Return the answer as a person reads it."""
    asked = document["question"]
    yield f"Help began at {asked['start']}" + (f", the team left at {asked['left']}." if asked["left"] else ".")
    if asked["comparison"]:
        yield f"Compared with: {asked['comparison']}. Chosen because: {asked['why_comparable']}"
    for outcome in document["outcomes"]:
        yield ""
        yield outcome["outcome"]
        for level in outcome["levels"]:
            yield from _level_lines(level)
        yield from _evenness_lines(outcome["evenness"])
    yield ""
    yield "What this cannot say:"
    yield from (f"- {sentence}" for sentence in document["cannot_say"])


def _level_lines(level: Document) -> Iterator[str]:
    name = f"  {level['level']} ({_units(len(level['units']))})"
    if level["series"] is None:
        yield f"{name}: not told, {level['why']}."
    else:
        yield f"{name}: {_told(level['verdict'], level['series']['effect'][-1])}"
        for each in level["after_leaving"]:
            yield f"    {each['months']} months after the team left: {_told(each['verdict'], each['effect'])}"
        yield from _sensitivity_lines(level["sensitivity"])
        yield from (f"    Note: {sentence}" for sentence in level["series"]["warnings"])
    if level["left_out"]:
        yield f"    left out, not reported in every period: {', '.join(level['left_out'])}"


def _sensitivity_lines(found: Document) -> Iterator[str]:
    other = found["newey_west"]
    if other["effect"] is not None:
        alarms = " %, ".join(str(each) for each in other["false_alarms_percent"])
        yield (
            f"    by least squares with Newey-West, lag {other['lag']} (false alarms {alarms} % instead of 5): "
            f"{_told(other['verdict'], {**other['effect'], 'relative': None})}"
        )
    if found["placebo"] is not None:
        dates = len(found["placebo"]["dates"])
        share = found["placebo"]["share_below_5_percent"]
        yield f"    of {dates} dates before the start on which nothing began, {share:.0%} come out as changes at 5 %"


def _units(number: int) -> str:
    return f"{number} unit" if number == 1 else f"{number} units"


def _told(verdict: str, effect: Document) -> str:
    interval = effect["relative"]
    if interval is None:
        absolute = effect["absolute"]
        return (
            f"{verdict}, {absolute['estimate']:+.4g} at {effect['time']} "
            f"(95% interval {absolute['low']:+.4g} to {absolute['high']:+.4g})"
        )
    return (
        f"{verdict}, {interval['estimate']:+.1%} at {effect['time']} "
        f"(95% interval {interval['low']:+.1%} to {interval['high']:+.1%})"
    )


def _evenness_lines(found: Document) -> Iterator[str]:
    name = f"  evenness over {', '.join(found['levels'])} ({_units(found['units'])})"
    if found["change"] is None:
        yield f"{name}: not told, {found['why']}."
        return
    change = found["change"]
    yield (
        f"{name}: {found['verdict']}, Gini {found['before']:.3f} before and {found['after']:.3f} after "
        f"(change {change['estimate']:+.3f}, 95% interval {change['low']:+.3f} to {change['high']:+.3f})"
    )
