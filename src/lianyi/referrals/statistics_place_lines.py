"""Answers and refusals by place: lines of tables, and the table of reasons by institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.methods.disclosure import ShownTable, hide_small_cells_between_totals
from lianyi.pages.values import NOTHING
from lianyi.referrals.states import DeclineReason
from lianyi.referrals.statistics import Statistics
from lianyi.referrals.statistics_line import MINUTES, Line, Names, key_of, number_text, share_line
from lianyi.referrals.statistics_refusals import Refusals, cell_key, place_key
from lianyi.referrals.statistics_veil import ShownShare, Veil

_DECLINED = 1


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One institution as it may be shown: its refusals by reason, and all of them of all answers due."""

    institution_id: int | None
    cells: tuple[int | None, ...]
    declined: ShownShare


@dataclass(frozen=True, slots=True)
class ShownRefusals:
    reasons: tuple[str, ...]
    rows: tuple[RefusalRow, ...]
    totals: tuple[int | None, ...]
    declined: ShownShare


@dataclass(frozen=True, slots=True)
class CrossCell:
    number: int | None
    key: str


@dataclass(frozen=True, slots=True)
class CrossRow:
    name: str
    cells: tuple[CrossCell, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Refusals of each institution by reason; ``line`` of a row is all of them of all answers due."""

    reasons: tuple[str, ...]
    rows: tuple[CrossRow, ...]
    whole: CrossRow


def shown_places(found: Statistics, veil: Veil) -> ShownTable:
    """Return answers, refusals and silences of each institution as they may be shown; other tables follow this one."""
    return veil.table([(site.accepted, site.declined, site.no_response) for site in found.sites])


def reason_word(code: str) -> str:
    return str(DeclineReason(code).label) if code in DeclineReason.values else code or NOTHING


def place_word(institution_id: int | None, names: Names) -> str:
    return names.get(institution_id, _("partners outside the network"))


def shown_reasons(found: Statistics, veil: Veil) -> tuple[dict[str, int | None], int | None]:
    """Return how often each reason was given, and all refusals, as they may be shown."""
    counts, total = veil.row([len(legs) for _code, legs in found.reasons])
    if shown_places(found, veil).column_totals[_DECLINED] is None:
        # The reasons would add up to the total that is hidden above.
        counts, total = (None,) * len(counts), None
    return {code: number for (code, _legs), number in zip(found.reasons, counts, strict=True)}, total


def reason_lines(found: Statistics, veil: Veil) -> tuple[Line, ...]:
    if veil.hides_parts or not found.reasons:
        return ()
    counts, total = shown_reasons(found, veil)
    return tuple(
        share_line(reason_word(code), ShownShare(number, total), key=key_of(f"reason-{code}", veil))
        for code, number in counts.items()
    )


def site_lines(found: Statistics, names: Names, veil: Veil) -> tuple[Line, ...]:
    if veil.hides_parts:
        return ()
    table = shown_places(found, veil)
    lines = []
    for site, cells, total in zip(found.sites, table.cells, table.row_totals, strict=True):
        accepted, declined, silent = cells
        summary = veil.summary(site.net)
        median = None if summary is None else summary.median.minutes
        note = _("declined %(declined)s, no answer %(silent)s, net median %(median)s") % {
            "declined": _few(declined),
            "silent": _few(silent),
            "median": number_text(median, MINUTES),
        }
        lines.append(share_line(place_word(site.institution_id, names), ShownShare(accepted, total), note=note))
    return tuple(lines)


def _few(number: int | None) -> str:
    return _("hidden") if number is None else str(number)


def shown_refusals(
    found: Refusals, by_place: Mapping[int | None, ShownShare], by_reason: Mapping[str, int | None], whole: ShownShare,
    veil: Veil,
) -> ShownRefusals | None:  # fmt: skip
    """Return the table as it may be shown, None where there is nothing of it or where it would betray a total.

    ``by_place``, ``by_reason`` and ``whole`` are the totals as the tables of places and of reasons show them.
    """
    if not found.reasons or veil.hides_parts:
        return None
    told = ShownTable(
        cells=(),
        row_totals=tuple(by_place[place].numerator for place in found.institution_ids),
        column_totals=tuple(by_reason[reason] for reason in found.reasons),
        total=whole.numerator,
    )
    table = hide_small_cells_between_totals(found.counts, veil.threshold, told)
    if table is None:
        return None
    rows = [
        RefusalRow(place, cells, ShownShare(total, by_place[place].denominator))
        for place, cells, total in zip(found.institution_ids, table.cells, table.row_totals, strict=True)
    ]
    return ShownRefusals(found.reasons, tuple(rows), table.column_totals, whole)


def refusal_table(found: Statistics, names: Names, veil: Veil) -> CrossTable | None:
    """Return refusals by institution and reason, None where nobody declined or the table would betray a number."""
    if veil.hides_parts or not found.reasons:
        return None
    places = shown_places(found, veil)
    by_place = {
        site.institution_id: ShownShare(cells[_DECLINED], total)
        for site, cells, total in zip(found.sites, places.cells, places.row_totals, strict=True)
    }
    by_reason, total = shown_reasons(found, veil)
    whole = ShownShare(total, places.total)
    shown = shown_refusals(found.refusals, by_place, by_reason, whole, veil)
    if shown is None:
        return None
    last = CrossRow(
        name=_("All of them"),
        cells=tuple(
            CrossCell(number, key_of(f"reason-{code}", veil))
            for code, number in zip(shown.reasons, shown.totals, strict=True)
        ),
        line=share_line(_("All of them"), shown.declined, key=key_of("refusal", veil)),
    )
    rows = tuple(_cross_row(each, shown.reasons, names, veil) for each in shown.rows)
    return CrossTable(tuple(reason_word(code) for code in shown.reasons), rows, last)


def _cross_row(row: RefusalRow, reasons: tuple[str, ...], names: Names, veil: Veil) -> CrossRow:
    name = place_word(row.institution_id, names)
    return CrossRow(
        name=name,
        cells=tuple(
            CrossCell(number, key_of(cell_key(code, row.institution_id), veil))
            for code, number in zip(reasons, row.cells, strict=True)
        ),
        line=share_line(name, row.declined, key=key_of(place_key(row.institution_id), veil)),
    )


def refusal_lines(table: CrossTable) -> tuple[Line, ...]:
    """Return the table line by line, to take along: each cell as a share of what its institution declined."""
    cells = tuple(
        share_line(f"{row.name} · {reason}", ShownShare(cell.number, row.line.numerator))
        for row in table.rows
        for reason, cell in zip(table.reasons, row.cells, strict=True)
    )
    whole = tuple(
        share_line(_("%(name)s, declined of all answers due") % {"name": row.name},
                   ShownShare(row.line.numerator, row.line.denominator))
        for row in (*table.rows, table.whole)
    )  # fmt: skip
    return (*cells, *whole)
