"""Lines about results that came with patients, and about shares that the standards of centres ask for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.pages.names import in_language
from lianyi.referrals.statistics import Statistics
from lianyi.referrals.statistics_line import Line, count_line, key_of, share_line, target_text
from lianyi.referrals.statistics_results import MeasureResult, ResultFigures
from lianyi.referrals.statistics_veil import ShownShare, Veil
from lianyi.referrals.statistics_words import FIGURE_WORDS


def result_lines(found: Statistics, veil: Veil) -> tuple[Line, ...]:
    """Return how often receivers said what became of results, and how often a test was made again in its days."""
    results = found.results
    if not results.said.denominator and not results.repeated.denominator and not results.too_old:
        return ()
    repeated = veil.figure(results.repeated)
    note = "" if results.repeated.denominator else _("not recorded: no receiver said what became of a result")
    return (
        share_line(str(FIGURE_WORDS["results-said"]), veil.figure(results.said), key=key_of("results-said", veil)),
        share_line(str(FIGURE_WORDS["results-repeated"]), repeated, key=key_of("results-repeated", veil), note=note),
        *_parts(results, veil),
    )


def _parts(results: ResultFigures, veil: Veil) -> list[Line]:
    if veil.hides_parts:
        return []
    shares = [each.patients.share for each in results.kinds]
    table = veil.table([(each.numerator, each.denominator - each.numerator) for each in shares])
    lines = [
        share_line(
            _("%(kind)s, made again") % {"kind": in_language(each.name.zh, each.name.en)},
            ShownShare(cells[0], total),
            key=key_of(each.patients.key, veil),
        )
        for each, cells, total in zip(results.kinds, table.cells, table.row_totals, strict=True)
    ]
    counts, total = veil.row([len(each.legs) for each in results.grounds])
    if table.column_totals[:1] == (None,):
        # The grounds would add up to what is hidden in the kinds.
        counts, total = (None,) * len(counts), None
    for each, number in zip(results.grounds, counts, strict=True):
        name = each.ground if each.name is None else in_language(each.name.zh, each.name.en)
        measure = _("made again because: %(ground)s") % {"ground": name}
        lines.append(share_line(measure, ShownShare(number, total), key=key_of(f"results-ground-{each.ground}", veil)))
    if results.too_old:
        lines.append(
            count_line(
                _("Patients with a result that was too old"),
                veil.count(len(results.too_old)),
                key_of("results-too-old", veil),
                _("counted apart"),
            )
        )
    return lines


def measure_lines(found: Statistics, veil: Veil) -> tuple[Line, ...]:
    """Return the shares that are counted, and by name those for which something is needed that nobody records here."""
    return tuple(_measure_line(each, veil) for each in found.measures)


def _measure_line(found: MeasureResult, veil: Veil) -> Line:
    measure = found.measure
    name = in_language(measure.name.zh, measure.name.en)
    if found.patients is None:
        needs = "" if measure.needs is None else in_language(measure.needs.zh, measure.needs.en)
        return Line(measure=name, note=_("not recorded here; it needs: %(needs)s") % {"needs": needs})
    line = share_line(name, veil.figure(found.patients))
    note = target_text(measure.target_share, line.value)
    return share_line(name, veil.figure(found.patients), key=key_of(found.patients.key, veil), note=note)
