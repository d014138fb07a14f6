"""A whole capability cycle as a paper: what it was for, its steps, gaps in order, the plan, what became of each gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.growth.cycle_page import PlanLine, ReviewLine, Slot
from lianyi.growth.cycles_ranking import GapLine
from lianyi.growth.models import CapabilityCycle
from lianyi.pages.names import name_of

# Of the drawing of gaps before and after, in its own units.
DRAWING_WIDTH = 300


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
class Change:
    """A gap as a line from its distance before to that after, in percent and in units of the drawing."""

    code: str
    words: str
    before: int
    after: int
    result: str

    @property
    def before_at(self) -> int:
        return DRAWING_WIDTH * self.before // 100

    @property
    def after_at(self) -> int:
        return DRAWING_WIDTH * self.after // 100


@dataclass(frozen=True, slots=True)
class CyclePaper:
    """Everything that the page for print and the PDF show."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    changes_title: str
    before: str
    after: str
    changes: tuple[Change, ...]
    signed: tuple[str, ...]

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def paper_of(row: CapabilityCycle, shown: dict[str, Any]) -> CyclePaper:
    """Return the paper of a cycle from what its page shows."""
    gaps, lines, reviews = shown["gaps"], shown["lines"], shown["reviews"]
    return CyclePaper(
        title=_("Capability cycle %(number)s") % {"number": row.number},
        subtitle=name_of(row.agreement, "title"),
        marks=(_("Sample data"),) if row.is_sample else (),
        facts=_facts(row, shown),
        sections=(_steps(shown["slots"]), _order(gaps, shown["ranking_title"]), _plan(lines), _review(reviews)),
        changes_title=_("Gaps before and after"),
        before=pgettext("distance of a gap", "before"),
        after=pgettext("distance of a gap", "after"),
        changes=tuple(change for each in reviews if (change := _change(each)) is not None),
        signed=(_("For the supporting side"), _("For the supported side")),
    )


def _facts(row: CapabilityCycle, shown: dict[str, Any]) -> tuple[Fact, ...]:
    facts = (
        (_("What this cycle is for"), row.aim),
        (_("Stands at"), shown["standing"]),
        (_("Supported institutions"), " · ".join(name_of(each) for each in shown["supported"])),
        (_("Review due on"), "" if row.review_due_on is None else str(row.review_due_on)),
    )
    return tuple(Fact(label, str(value)) for label, value in facts if value)


def _steps(slots: Sequence[Slot]) -> Section:
    rows = tuple(
        (f"{each.number} {each.label}", str(each.step.started_on), _day(each.step.finished_on))
        for each in slots
        if each.step is not None
    )
    columns = (_("Step"), pgettext("step of a cycle", "Begun on"), pgettext("step of a cycle", "Finished on"))
    return Section(_("Steps of the cycle"), columns, rows, _("No step was begun yet."))


def _day(day: object | None) -> str:
    return "—" if day is None else str(day)


def _order(gaps: Sequence[GapLine], rule: str) -> Section:
    rows = tuple(
        (
            str(each.rank),
            f"{each.gap.code} {each.words}",
            each.unit,
            f"{each.points:g}",
            "; ".join(
                (*each.why, *((each.need,) if each.need else ()), *((each.moved_words,) if each.is_moved else ()))
            ),
        )
        for each in gaps
    )
    columns = (
        pgettext("of a ranking", "Place"),
        _("What is missing"),
        _("Institution"),
        pgettext("of a ranking", "Points"),
        _("Why"),
    )
    return Section(
        _("Gaps in order, by the rule “%(rule)s”") % {"rule": rule}, columns, rows, _("No gap is gathered yet.")
    )


def _plan(lines: Sequence[PlanLine]) -> Section:
    rows = tuple(
        (
            each.gap.gap.code,
            f"{each.row.get_kind_display()}: {each.row.what}",
            " · ".join(filter(None, (str(each.row.get_owner_side_display()), each.row.owner))),
            str(each.row.due_on),
            "; ".join(filter(None, (*(_record(record) for record in each.records), each.row.ended_note))) or "—",
            " · ".join(filter(None, (str(each.state), each.progress_word))),
        )
        for each in lines
    )
    columns = (_("Gap"), _("What is planned"), _("Who sees to it"), _("Due on"), _("Carried out by"), _("State"))
    return Section(pgettext("of a capability cycle", "Plan"), columns, rows, _("Nothing is planned yet."))


def _record(record: Any) -> str:  # noqa: ANN401 - a record behind a line
    return f"{record.title} ({record.words})" if record.words else str(record.title)


def _review(reviews: Sequence[ReviewLine]) -> Section:
    rows = tuple(
        (
            each.gap.gap.code,
            each.gap.words,
            str(each.review.reviewed_on),
            each.result,
            _("yes") if each.review.goes_on else _("no"),
            each.review.note or "—",
        )
        for each in reviews
        if each.review is not None
    )
    columns = (
        *(_("Gap"), _("What is missing"), _("Looked at again"), _("What became of it")),
        *(_("Goes on"), _("Note")),
    )
    return Section(pgettext("of a capability cycle", "Review"), columns, rows, _("No gap was looked back on yet."))


def _change(line: ReviewLine) -> Change | None:
    if line.review is None or line.review.distance_after is None:
        return None
    gap = line.gap.gap
    return Change(
        gap.code, line.gap.words, round(100 * gap.distance), round(100 * line.review.distance_after), line.result
    )
