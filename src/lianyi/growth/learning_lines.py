"""Flows of learning as the pages show them: with names, links to the rows, and small counts hidden from watchers."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from lianyi.dispatch.rounds_disclosure import SmallCounts
from lianyi.growth.learning_ends import End
from lianyi.growth.learning_names import EndNames, subject_word
from lianyi.growth.learning_subjects import Subject
from lianyi.growth.queries.learning_flows import Behind
from lianyi.methods.learning_flows import Flow, Passage, Way, flows_of
from lianyi.methods.proportions import is_small_cell
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import name_of
from lianyi.partnerships.charts import map_axes, map_dots, point_of
from lianyi.registry.models import Institution

WAY_WORDS: Mapping[str, str | Promise] = {
    Way.COURSE: pgettext_lazy("way of learning", "course"),
    Way.SESSION: pgettext_lazy("way of learning", "session outside a course"),
    Way.MENTOR: pgettext_lazy("way of learning", "mentor"),
    Way.TECHNIQUE: pgettext_lazy("way of learning", "technique in the department"),
    Way.SECONDMENT: pgettext_lazy("way of learning", "secondment up"),
}
REACHED_WORDS: Mapping[str, str | Promise] = {
    Way.COURSE: gettext_lazy("have the certificate"),
    Way.SESSION: gettext_lazy("nothing to reach"),
    Way.MENTOR: gettext_lazy("have the level wanted, signed"),
    Way.TECHNIQUE: gettext_lazy("have done a case alone"),
    Way.SECONDMENT: gettext_lazy("found to work independently after the return"),
}


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One flow in words. ``people`` and ``reached`` are counts, or words in the place of a small one."""

    flow: Flow
    giver_word: str
    learner_word: str
    subject_word: str
    giver_url: str
    learner_url: str
    subject_url: str
    way: str
    people: int | str
    reached: int | str
    weight: float
    first_on: datetime.date
    last_on: datetime.date
    rows: tuple[Behind, ...]
    shows_links: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How flows are told to somebody: what the ends are called, which counts are hidden, where links may lead."""

    names: EndNames
    counts: SmallCounts
    shows_links: bool
    narrowed: Any
    """Returns the address of this page with a further filter."""


def told_passages(passages: Sequence[Passage], grain: str) -> list[Passage]:
    """Return passages whose ends are told no more finely than asked."""
    return [
        dataclasses.replace(each, giver=each.giver.at(grain), learner=each.learner.at(grain))  # type: ignore[attr-defined]
        for each in passages
    ]


def ends_of(passages: Sequence[Passage]) -> set[End]:
    return {end for each in passages for end in (each.giver, each.learner) if isinstance(end, End)}


def lines_of(flows: Sequence[Flow], told: Told) -> list[FlowLine]:
    return [_line(flow, told) for flow in flows]


def _line(flow: Flow, told: Told) -> FlowLine:
    giver, learner, subject = flow.giver, flow.learner, flow.subject
    assert isinstance(giver, End)  # noqa: S101 - made by told_passages
    assert isinstance(learner, End)  # noqa: S101
    assert isinstance(subject, Subject)  # noqa: S101
    limit = told.counts.threshold
    is_hidden = is_small_cell(flow.people, limit)
    is_betrayed = is_hidden or is_small_cell(flow.people - flow.reached, limit)
    reached = told.counts.shown(flow.reached)
    return FlowLine(
        flow=flow,
        giver_word=told.names.word(giver),
        learner_word=told.names.word(learner),
        subject_word=subject_word(subject),
        giver_url=_narrowed(told, giver),
        learner_url=_narrowed(told, learner),
        subject_url=told.narrowed(subject=subject.key),
        way=str(WAY_WORDS[flow.way]),
        people=told.counts.shown(flow.people) or 0,
        reached="—" if is_betrayed and flow.way is not Way.SESSION else reached or 0,
        weight=1.0 if is_hidden else float(max(flow.people, 1)),
        first_on=flow.first_on,
        last_on=flow.last_on,
        rows=tuple(row for row in flow.rows if isinstance(row, Behind)),
        shows_links=told.shows_links,
    )


def _narrowed(told: Told, end: End) -> str:
    row = told.names.institutions.get(end.institution_id or 0)
    return "" if row is None else str(told.narrowed(institution=row.code))


def map_of(passages: Sequence[Passage], names: EndNames, counts: SmallCounts) -> Chart | None:
    """Draw who learns from whom between institutions with a position; None where no two of them have one."""
    joined = [dataclasses.replace(each, way=Way.COURSE, subject=None, row=None) for each in told_passages(passages, "")]
    located = [each for flow in flows_of(joined) if (each := _Located.of(flow, names)) is not None]
    if not located:
        return None
    points = {row.pk: row for each in located for row in (each.giver, each.learner)}
    widest = max(each.people for each in located)
    arrows = [each.arrow(widest, counts) for each in located if each.start != each.end]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "item"},
        **map_axes(list(points.values())),
        "series": [
            {
                "type": "lines",
                "coordinateSystem": "cartesian2d",
                "symbol": ["none", "arrow"],
                "symbolSize": 9,
                "data": arrows,
            },
            map_dots(points.values()),
        ],
    }
    rows = [[name_of(each.giver), name_of(each.learner), each.shown(counts)] for each in located]
    table = ChartTable([_title("giver"), _title("learner"), _title("people")], rows)
    return chart("learning-map", option, title=_title("map"), table=table, height="tall")


_TITLES: Mapping[str, str | Promise] = {
    "giver": gettext_lazy("Learned from"),
    "learner": gettext_lazy("Learned by"),
    "people": gettext_lazy("People"),
    "map": gettext_lazy("Who learns from whom, on the map"),
}


def _title(name: str) -> str:
    return str(_TITLES[name])


@dataclass(frozen=True, slots=True)
class _Located:
    giver: Institution
    learner: Institution
    start: tuple[float, float]
    end: tuple[float, float]
    people: int

    @classmethod
    def of(cls, flow: Flow, names: EndNames) -> _Located | None:
        assert isinstance(flow.giver, End)  # noqa: S101 - made by told_passages
        assert isinstance(flow.learner, End)  # noqa: S101
        giver = names.institutions.get(flow.giver.institution_id or 0)
        learner = names.institutions.get(flow.learner.institution_id or 0)
        if giver is None or learner is None:
            return None
        start, end = point_of(giver), point_of(learner)
        return None if start is None or end is None else cls(giver, learner, start, end, flow.people)

    def shown(self, counts: SmallCounts) -> str:
        """Tell how many, to those who see exact counts; beside the lines below a sum would betray small ones."""
        return "" if counts.threshold else str(self.people)

    def arrow(self, widest: int, counts: SmallCounts) -> dict[str, Any]:
        told = self.shown(counts)
        name = f"{name_of(self.giver)} → {name_of(self.learner)}"
        width = 2.0 if counts.threshold else 1 + 4 * self.people / max(widest, 1)
        return {
            "coords": [list(self.start), list(self.end)],
            "name": f"{name}: {told}" if told else name,
            "lineStyle": {"width": round(width, 2), "curveness": 0.2, "opacity": 0.7},
        }
