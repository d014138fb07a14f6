"""The tables of a region's account."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.pages.names import name_of
from lianyi.registry.reference_names import reference_choices, reference_name
from lianyi.survey.amounts import Coverage, TitleLine
from lianyi.survey.lines import Account, Basis, LevelLine, RegionLine
from lianyi.survey.models import FigureMeasure
from lianyi.survey.queries import Stated, YearSum
from lianyi.survey.sheets import Cell, Heading, Sheet, number, percent_text, share, word
from lianyi.survey.words import RESOURCE_WORDS

NO_PART = "none"
FEWEST_FOR_TITLES = 10
"""Who may only count sees titles of a resource from so many people on, so that a title does not tell of one person."""


def rows_address(place_code: str, **narrowed: str) -> str:
    """Return the page with the institutions behind a figure."""
    return f"{reverse('survey:institutions')}?{urlencode({'place': place_code, **narrowed})}"


def _coverage_text(coverage: Coverage | None) -> str:
    if coverage is None or coverage.is_full:
        return ""
    return f"{coverage.known}/{coverage.expected}"


def stated_cell(stated: Stated | None, decimals: int = 0, url: str = "") -> Cell:
    """Return a figure with its year beside it."""
    if stated is None:
        return number(None)
    return number(stated.quantity, decimals, url, note=str(stated.year))


def parts_sheet(account: Account) -> Sheet:
    """Return one line for each part, then for what stands in none of them, then for the whole."""
    headings = [
        Heading(_("Place"), is_number=False),
        Heading(_("Residents")),
        Heading(_("65 and over")),
        *(Heading(str(RESOURCE_WORDS[name])) for name in ("institutions", "beds", "doctors", "nurses", "other_staff")),
        Heading(_("Beds per 1,000")),
        Heading(_("Doctors per 1,000")),
        Heading(_("Nurses per 1,000")),
        Heading(_("Nurses per doctor")),
        Heading(_("Nurses per bed")),
    ]
    lines = [*account.parts, *([account.elsewhere] if account.elsewhere else []), account.whole]
    rows = [_part_row(account, line) for line in lines]
    note = _("Beside a sum: how many of the institutions that should state the figure did. A dash is not a zero.")
    return Sheet("parts", _("By place"), headings, rows, note if account.basis is Basis.RECORDS else "")


def _part_row(account: Account, line: RegionLine) -> list[Cell]:
    place, amounts = line.place, line.amounts
    code = account.inventory.place.code
    if account.basis is Basis.PUBLISHED:
        url = f"{reverse('survey:figures')}?{urlencode({'place': place.code})}" if place else ""
    else:
        url = rows_address(code, part=NO_PART) if place is None else rows_address(place.code)
    is_whole = place is not None and place.pk == account.inventory.place.pk
    beds_note, staff_note = _notes(line)
    aged_note = percent_text(line.aged_share) if line.aged_share is not None else ""
    aged = number(line.people.aged.quantity, 0, "", aged_note) if line.people.aged else number(None)
    return [
        word(_name(line, is_whole=is_whole), _place_url(line, account, is_whole=is_whole)),
        stated_cell(line.people.residents, url=place.get_absolute_url() if place else ""),
        aged,
        number(amounts.institutions, 0, url),
        number(amounts.beds, 0, url, beds_note),
        number(amounts.doctors, 0, url, staff_note),
        number(amounts.nurses, 0, url, staff_note),
        number(amounts.other_staff, 0, url, staff_note),
        number(line.beds_per_1000, 2),
        number(line.doctors_per_1000, 2),
        number(line.nurses_per_1000, 2),
        number(line.nurses_per_doctor, 2),
        number(line.nurses_per_bed, 2),
    ]


def _notes(line: RegionLine) -> tuple[str, str]:
    if line.amounts.year is not None:
        return str(line.amounts.year), str(line.amounts.year)
    return _coverage_text(line.amounts.bed_coverage), _coverage_text(line.amounts.staff_coverage)


def _name(line: RegionLine, *, is_whole: bool) -> str:
    if line.place is None:
        return _("in none of these parts")
    return _("The whole: %(place)s") % {"place": name_of(line.place)} if is_whole else name_of(line.place)


def _place_url(line: RegionLine, account: Account, *, is_whole: bool) -> str:
    if line.place is None or is_whole:
        return ""
    return f"{reverse('survey:account')}?{urlencode({'place': line.place.code, 'basis': account.basis.value})}"


def levels_sheet(code: str, lines: Sequence[LevelLine]) -> Sheet:
    """Return one line for each level of institution."""
    headings = [
        Heading(_("Level"), is_number=False),
        Heading(_("Kinds"), is_number=False),
        *(
            Heading(str(RESOURCE_WORDS[name]))
            for name in ("beds", "doctors", "nurses", "village_doctors", "other_staff")
        ),
        Heading(_("Nurses per doctor")),
    ]
    rows = []
    for line in lines:
        found, url = line.tally, rows_address(code, tier=line.tier.value)
        kinds = " · ".join(f"{reference_name('institution_kinds', kind)} {count}" for kind, count in line.kinds.items())
        beds, staff = _coverage_text(found.bed_coverage), _coverage_text(found.staff_coverage)
        doctors, nurses = found.amount("doctors"), found.amount("nurses")
        rows.append(
            [
                word(str(line.tier.label), url),
                word(kinds),
                number(found.beds, 0, url, beds),
                *(number(found.amount(name), 0, url, staff) for name in ("doctors", "nurses")),
                *(number(found.amount(name), 0, url, staff) for name in ("village_doctors", "other_staff")),
                number(nurses / doctors if doctors and nurses is not None else None, 2),
            ]
        )
    return Sheet("levels", _("By level of institution"), headings, rows)


def titles_sheet(code: str, lines: Sequence[TitleLine], *, only_counts: bool) -> Sheet:
    """Return how many people of each resource hold which title, as numbers and shares."""
    ranks = reference_choices("title_ranks")
    headings = [
        Heading(_("Staff"), is_number=False),
        Heading(_("Persons")),
        *(Heading(name) for _code, name in ranks),
        Heading(_("Associate senior and above")),
    ]
    rows = []
    for line in lines:
        hidden = only_counts and line.total < FEWEST_FOR_TITLES
        high = sum(line.by_rank.get(rank, 0) for rank in ("associate_senior", "senior"))
        rows.append(
            [
                word(str(RESOURCE_WORDS[line.group])),
                number(line.total, 0, rows_address(code)),
                *(number(None if hidden else line.by_rank.get(rank, 0)) for rank, _name_of_rank in ranks),
                share(None if hidden else high / line.total),
            ]
        )
    note = _("Titles of fewer than %(fewest)s people are not shown to those who only see counts.")
    return Sheet(
        "titles",
        _("Structure by title"),
        headings,
        rows,
        note % {"fewest": FEWEST_FOR_TITLES} if only_counts else "",
    )


def years_sheet(code: str, sums: Sequence[YearSum], words: dict[str, str]) -> Sheet:
    """Return what the institutions did year by year, with how many of them said so."""
    measures = list(dict.fromkeys(each.measure for each in sums))
    found = {(each.year, each.measure): each for each in sums}
    headings = [Heading(_("Year"), is_number=False), *(Heading(words[measure]) for measure in measures)]
    rows = []
    for year in sorted({each.year for each in sums}):
        cells = [word(str(year))]
        for measure in measures:
            each = found.get((year, measure))
            cells.append(number(None) if each is None else _work_cell(code, each))
        rows.append(cells)
    note = _("A sum of few institutions is not comparable with one of many: look at the number beside it.")
    return Sheet("years", _("Work by year"), headings, rows, note)


def _work_cell(code: str, each: YearSum) -> Cell:
    count = each.institutions
    note = ngettext("of %(count)s institution", "of %(count)s institutions", count) % {"count": count}
    query = urlencode({"place": code, "year": each.year, "measure": each.measure})
    return number(each.quantity, 0, f"{reverse('survey:workload')}?{query}", note)


def figures_sheet(code: str, by_measure: dict[str, dict[int, float]]) -> Sheet:
    """Return the published figures of the region year by year."""
    measures = [measure for measure in FigureMeasure if measure.value in by_measure]
    years = sorted({year for each in by_measure.values() for year in each})
    url = f"{reverse('survey:figures')}?{urlencode({'place': code})}"
    headings = [Heading(_("Year"), is_number=False), *(Heading(str(measure.label)) for measure in measures)]
    rows = [
        [word(str(year)), *(number(by_measure[measure.value].get(year), 0, url) for measure in measures)]
        for year in years
    ]
    return Sheet("published", _("Published figures by year"), headings, rows)
