"""Patients in the period: how many were sent up and came back, and how the sides answered. Counts only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING
from lianyi.referrals.counting import counted_institutions, counting_scope, may_count, own_scope
from lianyi.referrals.models import Leg
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.statistics import statistics_of
from lianyi.referrals.statistics_line import Group, Line, Names
from lianyi.referrals.statistics_lines import groups_of
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_veil import DrawnVeil
from lianyi.reports.content import Cell, Grid, Part
from lianyi.reports.parts.asking import Asked, listed


def part_of(asked: Asked) -> Part | None:
    """Return the counts of referrals; None where the reader counts no referrals.

    Small counts are hidden from everybody here, also from those who work with the cases.
    """
    if not may_count(asked.actor):
        return None
    now = timezone.now()
    everything = counting_scope(asked.actor)
    legs = everything.filter(request__agreement=asked.agreement)
    found = statistics_of(Selection(legs, asked.span, now))
    if not found.legs_sent:
        return _part(asked, ())
    limits = policy_book().default_on(asked.span.end, COUNTRY).limits
    others = tuple(statistics_of(Selection(each, asked.span, now)) for each in _compared(asked, everything))
    names: Names = {
        None: _("partners outside the network"),
        **{each.pk: name_of(each) for each in counted_institutions(legs)},
    }
    return _part(asked, groups_of(found, names, DrawnVeil(limits.small_cell, others)))


def _compared(asked: Asked, everything: QuerySet[Leg, Any]) -> list[QuerySet[Leg, Any]]:
    """Return what else readers may count: the cases of the parties, and where a person asks all that it may count.

    A reader of a kept report counts the cases of the own institution, which is a party. A report that makes itself
    would else count a whole country anew.
    """
    parties = list(asked.agreement.parties.order_by("pk").values_list("institution_id", flat=True))
    touching = everything.filter(Q(from_institution_id__in=parties) | Q(to_institution_id__in=parties))
    return [touching] if asked.actor.is_service else [touching, everything, own_scope(asked.actor)]


def _part(asked: Asked, groups: Sequence[Group]) -> Part:
    first, last = f"{asked.span.start:%Y-%m}", f"{asked.span.end:%Y-%m}"
    url = listed("referrals:statistics", agreement=asked.agreement.pk, first=first, last=last, reach="all")
    columns = (
        pgettext("report", "What"),
        pgettext("report", "Figure"),
        pgettext("report", "Value"),
        pgettext("report", "Of how many"),
        _("95 % interval"),
    )
    lines, sentences = told_lines(groups)
    return Part(
        key="patients",
        title=_("Patients up and down"),
        sentences=sentences,
        grid=Grid(columns, tuple(_row(title, line, url) for title, line in lines)),
        empty=_("No referral was sent under this agreement in this period."),
    )


def told_lines(groups: Sequence[Group]) -> tuple[list[tuple[str, Line]], tuple[str, ...]]:
    """Return the lines that say anything with the title of their group, and how many are hidden in words."""
    lines = [(group.title, line) for group in groups for line in group.lines]
    hidden = sum(line.is_hidden for _title, line in lines)
    return [(title, line) for title, line in lines if _is_told(line)], _hidden_words(hidden)


def _hidden_words(hidden: int) -> tuple[str, ...]:
    if not hidden:
        return ()
    words = ngettext(
        "%(count)s figure of few cases is hidden, because a report is printed and handed on.",
        "%(count)s figures of few cases are hidden, because a report is printed and handed on.",
        hidden,
    )
    return (words % {"count": hidden},)


def _is_told(line: Line) -> bool:
    """Tell whether a line says anything: hidden figures are counted, and of nothing there is no share."""
    return not line.is_hidden and (line.value is not None or (line.denominator is None and line.numerator is not None))


def _row(title: str, line: Line, url: str) -> tuple[Cell, ...]:
    return (Cell(title), *line_row(line, url), Cell(line.interval_text))


def line_row(line: Line, url: str) -> tuple[Cell, ...]:
    """Return the name of a figure, its value and of how many."""
    return (Cell(line.measure), Cell(_value(line), url), Cell(_parts(line)))


def _value(line: Line) -> str:
    return str(line.numerator) if line.value is None else line.value_text


def _parts(line: Line) -> str:
    if line.denominator is None:
        return NOTHING
    if line.numerator is None:
        return str(line.denominator)
    return f"{line.numerator}/{line.denominator}"
