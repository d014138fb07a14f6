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
    last_absence,
)

_OF_STAYS = ("to_institution_id", "to_department_id", "specialty", "state", "arrived_on", "left_on")
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
    """When people of a field were on site, under whatever agreement they came; each institution is read once.

    A department that is alone under one agreement while the team of another works beside it does not stand alone yet.
    """

    today: datetime.date
    _postings: dict[int, list[Posting]] = field(default_factory=dict)

    def read(self, institution_ids: Iterable[int]) -> None:
        """Read who came to these institutions, with one query for all that are not known yet."""
        missing = set(institution_ids) - self._postings.keys()
        if not missing:
            return
        self._postings |= {institution_id: [] for institution_id in missing}
        rows = Posting.objects.filter(to_institution_id__in=missing, kind__in=SUPPORT_KINDS, arrived_on__isnull=False)
        for row in rows.only(*_OF_STAYS).order_by("pk"):
            self._postings[row.to_institution_id].append(row)

    def of(self, row: DepartmentTechnique) -> list[DateSpan]:
        """Return the stays at the department, or at its institution in one of the technique's fields.

        Who had left before the technique was chosen taught something else.
        """
        self.read([row.institution_id])
        fields = specialties_of(row)
        spans = [
            stayed_span(posting, self.today)
            for posting in self._postings[row.institution_id]
            if posting.to_department_id == row.department_id or posting.specialty in fields
        ]
        return [span for span in spans if span is not None and span.end >= row.chosen_on]


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
    needs, ladder, stays = needs_of(row), ladder_of(row, teams.today), teams.of(row)
    outcome = after_team(ladder, stays, needs.lapse_months)
    if outcome.state is AfterTeam.TEAM_HERE:
        outcome = _outcome_before(row, stays, needs, ladder) or outcome
    return Climbed(row, needs, ladder, outcome)


def _outcome_before(
    row: DepartmentTechnique, stays: list[DateSpan], needs: LadderNeeds, ladder: Ladder
) -> TeamOutcome | None:
    """Return what became of a technique while no team was there, if that is still so whoever came later."""
    absence = last_absence(stays, ladder.today, needs.lapse_months)
    if absence is None:
        return None
    earlier = [stay for stay in stays if stay.end < absence.start]
    outcome = after_team(ladder_of(row, absence.end), earlier, needs.lapse_months)
    still = AfterTeam.LAPSED if ladder.is_lapsed else AfterTeam.KEPT
    return outcome if outcome.state is still else None


def climbed_all(rows: Iterable[DepartmentTechnique], today: datetime.date) -> list[Climbed]:
    """Return all of them with one query for those who teach, however many techniques and institutions there are."""
    found, teams = list(rows), TeamStays(today)
    teams.read({row.institution_id for row in found})
    return [climbed(row, teams) for row in found]
