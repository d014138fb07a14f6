"""Many indicators of a whole country: the document and the lines of `lianyi evaluate country`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lianyi.analysis.country_evaluation import CountryQuestion, Progress, evaluate_country
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]


def document_of(path: Path, question: CountryQuestion, progress: Progress) -> Document:
    """Read the panel and answer for each indicator."""
    columns = [
        ArrayColumn(question.unit, description="county or hospital"),
        ArrayColumn(question.time, description="period of each record"),
        ArrayColumn(question.start, may_have_gaps=True, description="first period with help"),
        *(ArrayColumn(name, "number", may_have_gaps=True, description="indicator") for name in question.outcomes),
    ]
    if question.cluster is not None:
        columns.append(ArrayColumn(question.cluster, description="helping hospital or province"))
    return {"table": path.name, **evaluate_country(read_arrays(path, columns), question, progress)}


def lines_of(document: Document) -> Iterator[str]:
    """Return the answers as a person reads them."""
    found = document["indicators"]
    changed = [each for each in found if each["verdict"] != "no detectable change"]
    yield (
        f"{len(changed)} of {len(found)} indicators changed in the helped units beside the others; without any effect "
        f"{document['expected_by_chance']:.1f} would seem to. False findings held to "
        f"{document['false_discovery_rate']:.0%} of those named (Benjamini and Hochberg)."
    )
    for each in found:
        yield ""
        yield from _indicator_lines(each)
    yield ""
    yield "What this cannot say:"
    yield from (f"- {sentence}" for sentence in document["cannot_say"])


def _indicator_lines(found: Document) -> Iterator[str]:
    comparison, own, wall = found["comparison"], found["own_series"], found["chart_wall"]
    interval = comparison["interval"]
    yield (
        f"{found['outcome']}: {found['verdict']}, {comparison['estimate']:+.4g} "
        f"({interval['confidence']:.0%} interval {_shown(interval['low'])} to {_shown(interval['high'])}), "
        f"{comparison['treated_units']} helped and {comparison['control_units']} other units, "
        f"{comparison['clusters']} clusters"
    )
    yield (
        f"  own series: {own['changed']} of {own['told']} helped units changed ({own['rose']} rose, {own['fell']} "
        f"fell); {own['below_nominal']} before allowing for chance, which alone gives {own['expected_by_chance']:.1f}"
    )
    yield (
        f"  charts: {wall['with_a_signal_at_the_latest_point']} of {wall['series']} units with a signal at the latest "
        f"point, {wall['expected_at_the_latest_point']:.1f} expected by chance"
    )
    yield _evenness_line(found["evenness"])
    yield from (f"  Note: {sentence}" for sentence in comparison["warnings"])


def _evenness_line(found: Document) -> str:
    if found["change"] is None:
        return f"  evenness: not told, {found['why'] or 'no interval'}"
    change = found["change"]
    return (
        f"  evenness over {found['units']} units: Gini {found['first']:.3f} in the first {found['periods']} periods, "
        f"{found['last']:.3f} in the last (change {change['estimate']:+.3f}, {change['low']:+.3f} to "
        f"{change['high']:+.3f})"
    )


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.4g}"
