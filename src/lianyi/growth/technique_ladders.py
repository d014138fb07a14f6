"""The ladders of many techniques, from their cases and from the postings of those who teach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import SUPPORT_KINDS, stayed_span
from lianyi.growth.models import DepartmentTechnique, TechniqueCase, TechniqueState
from lianyi.growth.technique_catalogue import needs_of, specialties_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.technique_ladder import (
    AfterTeam,
    CaseEvent,
    Ladder,
    LadderFacts,
    LadderNeeds,
    Part,
    TeamOutcome,
    after_team,
    climb,
)

# With these states what was proposed is not signed, so the day does not count.
_UNSIGNED = (TechniqueState.LEARNING, TechniqueState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Climbed:
    """One technique with its ladder and what became of it after the team left."""

    row: DepartmentTechnique
    needs: LadderNeeds
    ladder: Ladder
    team: TeamOutcome

    @property
    def is_kept(self) -> bool:
        return self.team.state is AfterTeam.KEPT


@dataclass
class TeamStays:
    """When people of a field were on site under an agreement; an agreement's postings are read once."""

    today: datetime.date
    _postings: dict[int, list[Posting]] = field(default_factory=dict)

    def of(self, row: DepartmentTechnique) -> list[DateSpan]:
        """Return the stays at the department, or at its institution in one of the technique's fields."""
        fields = specialties_of(row)
        spans = [
            stayed_span(posting, self.today)
            for posting in self._of_agreement(row.agreement_id)
            if posting.to_institution_id == row.institution_id
            and (posting.to_department_id == row.department_id or posting.specialty in fields)
        ]
        return [span for span in spans if span is not None]

    def _of_agreement(self, agreement_id: int) -> list[Posting]:
        if agreement_id not in self._postings:
            rows = Posting.objects.filter(agreement_id=agreement_id, kind__in=SUPPORT_KINDS).order_by("pk")
            self._postings[agreement_id] = list(rows)
        return self._postings[agreement_id]


def events_of(cases: Iterable[TechniqueCase]) -> list[CaseEvent]:
    """Return cases as the events that the methods calculate with."""
    return [CaseEvent(each.pk, each.done_on, Part(each.part), each.count, each.reverses_id) for each in cases]


def ladder_of(row: DepartmentTechnique, today: datetime.date) -> Ladder:
    """Return where a technique stands. Reads ``row.cases``; a list of rows has them fetched beforehand."""
    signed_from = None if row.state in _UNSIGNED else row.independent_from
    events = events_of(row.cases.all())
    is_put_aside = row.state == TechniqueState.PUT_ASIDE
    facts = LadderFacts(row.chosen_on, row.ready_on, signed_from, events, is_put_aside=is_put_aside)
    return climb(facts, needs_of(row), today)


def climbed(row: DepartmentTechnique, teams: TeamStays) -> Climbed:
    needs, ladder = needs_of(row), ladder_of(row, teams.today)
    return Climbed(row, needs, ladder, after_team(ladder, teams.of(row), needs.lapse_months))


def climbed_all(rows: Iterable[DepartmentTechnique], today: datetime.date) -> list[Climbed]:
    """Return all of them with a number of queries that grows with the agreements, not with the techniques."""
    teams = TeamStays(today)
    return [climbed(row, teams) for row in rows]
