"""How far the records are that carry out a line of a plan: read from them, never said.

A course is delivered once all its sessions are held and it is over, a technique once the department does it alone, a
pair once every goal is signed, a project once it is finished, a need once everybody who was asked for arrived.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch import needs_queries
from lianyi.dispatch.models import Need, NeedState
from lianyi.dispatch.needs_filling import filling_postings, standing
from lianyi.growth.mentor_levels import GoalStanding, standings_of
from lianyi.growth.models import CapabilityGap, DepartmentTechnique, GapPlanLine, ProjectState
from lianyi.growth.queries import mentors, projects, techniques, training
from lianyi.growth.technique_ladders import ladder_of
from lianyi.growth.technique_texts import STANDING_WORDS
from lianyi.methods.mentor_levels import Level
from lianyi.methods.technique_ladder import Standing
from lianyi.pages.names import in_language, name_of

LINKS = ("course", "technique", "mentor_pair", "project", "posting_need")
_ALONE = (Standing.INDEPENDENT, Standing.SUSTAINED_6, Standing.SUSTAINED_12)
_LEVELS = list(Level)


class Progress(StrEnum):
    """How far a record is that carries out a line."""

    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    DELIVERED = "delivered"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One record behind a line; without an address it lies outside the reader's reach."""

    kind: str
    title: str
    url: str
    progress: Progress | None
    words: str


def progress_of(records: Iterable[LineRecord]) -> Progress | None:
    """Return how far a line is by its records; None where it names none, or none that the reader may see.

    >>> one, other = LineRecord("", "", "", Progress.DELIVERED, ""), LineRecord("", "", "", Progress.NOT_BEGUN, "")
    >>> progress_of([one]).value, progress_of([one, other]).value
    ('delivered', 'begun')
    """
    known = [each.progress for each in records if each.progress is not None]
    if not known:
        return None
    if len(set(known)) == 1:
        return known[0]
    moving = (Progress.BEGUN, Progress.DELIVERED)
    return Progress.BEGUN if any(each in moving for each in known) else Progress.NOT_BEGUN


def records_of(actor: Actor, lines: Iterable[GapPlanLine]) -> Mapping[int, tuple[LineRecord, ...]]:
    """Return the records behind many lines, with a number of queries that does not grow with them."""
    rows = list(lines)
    today = timezone.localdate()
    wanted = {name: {pk for row in rows if (pk := getattr(row, f"{name}_id")) is not None} for name in LINKS}
    found = {name: _READERS[name](actor, wanted[name], today) if wanted[name] else {} for name in LINKS}
    return {
        row.pk: tuple(
            found[name].get(pk) or LineRecord(name, _("a record that is not visible to you"), "", None, "")
            for name in LINKS
            if (pk := getattr(row, f"{name}_id")) is not None
        )
        for row in rows
    }


Found = Mapping[int, LineRecord]


def _courses(actor: Actor, ids: set[int], today: datetime.date) -> Found:
    return {row.pk: _course(row, today) for row in training.courses(actor).filter(pk__in=ids)}


def _course(row: Any, today: datetime.date) -> LineRecord:  # noqa: ANN401 - with the counts of its query
    held, planned = row.held_count, row.session_count
    progress = Progress.BEGUN if held else Progress.NOT_BEGUN
    if held and held == planned and row.ends_on < today:
        progress = Progress.DELIVERED
    words = _("%(held)s of %(planned)s sessions held") % {"held": held, "planned": planned}
    return LineRecord("course", f"{row.code} {name_of(row, 'title')}", row.get_absolute_url(), progress, words)


def _techniques(actor: Actor, ids: set[int], today: datetime.date) -> Found:
    return {row.pk: _technique(row, today) for row in techniques.techniques(actor).filter(pk__in=ids)}


def _technique(row: DepartmentTechnique, today: datetime.date) -> LineRecord:
    stands = ladder_of(row, today).standing
    progress = Progress.BEGUN
    if stands in _ALONE:
        progress = Progress.DELIVERED
    elif stands in (Standing.LAPSED, Standing.PUT_ASIDE):
        progress = Progress.STOPPED
    elif stands in (Standing.CHOSEN, Standing.READY):
        progress = Progress.NOT_BEGUN
    title = f"{row.code} {in_language(row.name_zh, row.name_en)}"
    return LineRecord("technique", title, row.get_absolute_url(), progress, str(STANDING_WORDS[stands]))


def _pairs(actor: Actor, ids: set[int], today: datetime.date) -> Found:
    by_pair: dict[int, list[GoalStanding]] = {}
    for each in standings_of(mentors.goals(actor).filter(pair_id__in=ids), today):
        by_pair.setdefault(each.goal.pair_id, []).append(each)
    return {row.pk: _pair(row, by_pair.get(row.pk, [])) for row in mentors.pairs(actor).filter(pk__in=ids)}


def _pair(row: Any, goals: list[GoalStanding]) -> LineRecord:  # noqa: ANN401 - with the counts of its query
    reached = sum(each.decision is not None and _is_reached(each.decision.level, each.goal.level) for each in goals)
    progress = Progress.BEGUN if row.line_count else Progress.NOT_BEGUN
    if goals and reached == len(goals):
        progress = Progress.DELIVERED
    elif row.ended_on is not None:
        progress = Progress.STOPPED
    words = _("%(reached)s of %(goals)s goals signed") % {"reached": reached, "goals": len(goals)}
    title = f"{row.code} {name_of(row.mentor)} – {name_of(row.apprentice)}"
    return LineRecord("mentor_pair", title, row.get_absolute_url(), progress, words)


def _is_reached(level: str, wanted: str) -> bool:
    return _LEVELS.index(Level(level)) >= _LEVELS.index(Level(wanted))


_OF_PROJECT: Mapping[str, Progress] = {
    ProjectState.PLANNED: Progress.NOT_BEGUN,
    ProjectState.RUNNING: Progress.BEGUN,
    ProjectState.FINISHED: Progress.DELIVERED,
}


def _projects(actor: Actor, ids: set[int], today: datetime.date) -> Found:
    return {row.pk: _project(row) for row in projects.projects(actor, today).filter(pk__in=ids)}


def _project(row: Any) -> LineRecord:  # noqa: ANN401 - with the counts of its query
    words = _("%(state)s; %(signed)s of %(all)s milestones signed") % {
        "state": row.get_state_display(),
        "signed": row.signed_count,
        "all": row.milestone_count,
    }
    progress = _OF_PROJECT.get(row.state, Progress.STOPPED)
    return LineRecord("project", f"{row.code} {name_of(row, 'title')}", row.get_absolute_url(), progress, words)


def _needs(actor: Actor, ids: set[int], today: datetime.date) -> Found:
    arrived = filling_postings().filter(need_id__in=ids, arrived_on__lte=today).order_by()
    counts = dict(arrived.values("need_id").annotate(people=Count("pk")).values_list("need_id", "people"))
    return {row.pk: _need(row, counts.get(row.pk, 0)) for row in needs_queries.needs(actor).filter(pk__in=ids)}


def _need(row: Need, arrived: int) -> LineRecord:
    stands = standing(row)
    progress = Progress.BEGUN if arrived else Progress.NOT_BEGUN
    if row.people is not None and arrived >= row.people:
        progress = Progress.DELIVERED
    elif stands in (NeedState.REFUSED, NeedState.STOOD_DOWN, NeedState.EXPIRED) and not arrived:
        progress = Progress.STOPPED
    words = ngettext("%(arrived)s person arrived of %(people)s", "%(arrived)s people arrived of %(people)s", arrived)
    people = pgettext("number of people", "not said") if row.people is None else row.people
    said = f"{NeedState(stands).label}; {words % {'arrived': arrived, 'people': people}}"
    where = name_of(row.institution) if row.institution is not None else name_of(row.place)
    return LineRecord("posting_need", f"{row.code} {where}", row.get_absolute_url(), progress, said)


_READERS: Mapping[str, Any] = {
    "course": _courses,
    "technique": _techniques,
    "mentor_pair": _pairs,
    "project": _projects,
    "posting_need": _needs,
}


def linkable(actor: Actor, gap: CapabilityGap) -> Mapping[str, list[tuple[int, str]]]:
    """Return the records that a line against a gap may name, with their titles: those of its agreement or institution.

    What a line may name is asked again by ``check_line``.
    """
    agreement, institution, today = gap.cycle.agreement, gap.institution, timezone.localdate()
    return {
        "course": [
            (row.pk, f"{row.code} {name_of(row, 'title')}")
            for row in training.courses(actor).filter(agreement=agreement)
        ],
        "technique": [
            (row.pk, f"{row.code} {in_language(row.name_zh, row.name_en)}")
            for row in techniques.techniques(actor).filter(Q(agreement=agreement) | Q(institution=institution))
        ],
        "mentor_pair": [
            (row.pk, f"{row.code} {name_of(row.mentor)} – {name_of(row.apprentice)}")
            for row in mentors.pairs(actor).filter(agreement=agreement)
        ],
        "project": [
            (row.pk, f"{row.code} {name_of(row, 'title')}")
            for row in projects.projects(actor, today).filter(Q(agreement=agreement) | Q(institution=institution))
        ],
        "posting_need": [
            (row.pk, f"{row.code} {row.get_state_display()}")
            for row in needs_queries.needs(actor).filter(institution=institution)
        ],
    }
