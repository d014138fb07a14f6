"""A performance assessment as a paper: result, items with all that is said of them, evidence, objections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.indicators.models import PerformanceAssessment, PerformanceEvidence, PerformanceObjection
from lianyi.indicators.performance_sheet import Cell, Sheet, SheetDimension, SheetLine
from lianyi.indicators.performance_words import scheme_title
from lianyi.pages.names import name_of


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the paper, or a sentence that says why there is none."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class PerformancePaper:
    """Everything that the page for print and the PDF show."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    signed: tuple[str, ...]

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def paper_of(row: PerformanceAssessment, about: str, sheet: Sheet) -> PerformancePaper:
    """Return the paper of a round from what its page shows."""
    pieces = {piece.number: piece for line in sheet.lines for piece in line.pieces}
    objections = [(line, line.objection) for line in sheet.lines if line.objection is not None]
    return PerformancePaper(
        title=pgettext("of a partnership", "Performance assessment"),
        subtitle=about,
        marks=(_("Sample data"),) if row.is_sample else (),
        facts=_facts(row, sheet),
        notes=sheet.missing,
        sections=(
            *(_dimension(each) for each in sheet.dimensions),
            _evidence([pieces[number] for number in sorted(pieces)], sheet),
            _objections(objections),
        ),
        signed=(_("For the side assessed"), _("For the assessor")),
    )


def _facts(row: PerformanceAssessment, sheet: Sheet) -> tuple[Fact, ...]:
    facts = (
        (_("Scheme"), scheme_title(sheet.scheme)),
        (_("Institution assessed"), name_of(row.institution)),
        (_("Agreement"), name_of(row.agreement, "title")),
        (_("State"), row.get_state_display()),
        (pgettext("of a performance assessment", "Result"), sheet.headline),
        *((bar.label, " · ".join(filter(None, (bar.words, bar.bounds)))) for bar in sheet.bars),
        (_("What it is used for"), row.get_purpose_display() if row.purpose else ""),
        (_("SHA-256 of the snapshot"), row.snapshot_sha256),
    )
    return tuple(Fact(str(label), str(value)) for label, value in facts if value)


def _dimension(dimension: SheetDimension) -> Section:
    columns = (
        pgettext("item of a scheme", "No."),
        *(
            _("Requirement"),
            _("How it is scored"),
            _("Self-score"),
            _("Outside score"),
            _("What counts"),
            _("Evidence"),
        ),
    )
    title = " · ".join(filter(None, (dimension.name, dimension.points if dimension.points != "—" else "")))
    return Section(title, columns, tuple(_row(line) for line in dimension.lines), "")


def _row(line: SheetLine) -> tuple[str, ...]:
    return (
        str(line.number),
        line.requirement,
        line.rule,
        _said(line.own),
        _said(line.outside),
        line.final.score,
        ", ".join(str(piece.number) for piece in line.pieces) or "—",
    )


def _said(cell: Cell) -> str:
    found = "" if cell.found == "—" else cell.found
    return " · ".join(dict.fromkeys(filter(None, (cell.score, found, cell.source, cell.reason))))


def _evidence(pieces: Sequence[PerformanceEvidence], sheet: Sheet) -> Section:
    numbers = {line.item.id: line.number for line in sheet.lines}
    rows = tuple(
        (
            str(each.number),
            each.what,
            "—" if each.dated_on is None else str(each.dated_on),
            each.holder,
            ", ".join(str(numbers[item]) for item in each.items if item in numbers),
        )
        for each in pieces
    )
    columns = (
        pgettext("item of a scheme", "No."),
        *(_("What it is"), _("Dated on"), _("Who holds it"), _("Items that it supports")),
    )
    return Section(_("Evidence"), columns, rows, _("No evidence is attached."))


def _objections(objections: Sequence[tuple[SheetLine, PerformanceObjection]]) -> Section:
    rows = tuple(
        (
            str(line.number),
            f"{each.raised_on}: {each.text}",
            f"{each.answered_on} · {each.get_answer_display()}: {each.answer_text}" if each.answer else _("waits"),
        )
        for line, each in objections
    )
    columns = (pgettext("item of a scheme", "No."), pgettext("to a score", "Objection"), _("Answer"))
    return Section(pgettext("to scores", "Objections"), columns, rows, _("Nobody objected."))
