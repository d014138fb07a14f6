"""Team sizes and title mixes that rule sets ask, as the methods take them: who is at one institution at the same time.

A rule set counts a batch, so here the people who are there together. What it counts over a year, one after the other,
is judged when the people have been there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lianyi.dispatch.models import Need, Posting
from lianyi.dispatch.rule_checks import codes_of_posting, is_of_kind
from lianyi.dispatch.scenario_demands import Demands, ProgrammeDemand, codes_of_need
from lianyi.dispatch.stays import expected_span, is_mostly_in, rank_of
from lianyi.methods.postings.problem import Horizon
from lianyi.methods.postings.problem import Need as WantedNeed
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand
from lianyi.partnerships.models import Agreement
from lianyi.rules import Measure, Requirement, Unit


def team_rules_of(
    demands: Demands,
    needs: Mapping[str, tuple[Need, WantedNeed]],
    agreements_of: Mapping[tuple[str, str], tuple[Agreement, ...]],
    postings: Sequence[Posting],
) -> tuple[TeamRule, ...]:
    """Return what is asked at each institution, for the people who come under an agreement to its needs."""
    found = []
    for each in demands.kept_of_teams:
        served: defaultdict[int, set[str]] = defaultdict(set)
        donors = set()
        for (donor, key), rows in agreements_of.items():
            if key in needs and each.agreement in rows and _is_for(demands, each, needs[key][0]):
                served[needs[key][0].institution_id or 0].add(key)
                donors.add(donor)
        found += [
            TeamRule(
                id=f"{site}/{each.agreement.pk}/{each.requirement.id}",
                recipient=str(site),
                needs=frozenset(keys),
                donors=frozenset(donors),
                periods=_periods(demands.horizon, each.agreement, [needs[key][1] for key in keys]),
                already=_already(demands.horizon, each, [row for row in postings if row.to_institution_id == site]),
                **_asked(each.requirement),
            )
            for site, keys in sorted(served.items())
        ]
    return tuple(found)


def _is_for(demands: Demands, each: ProgrammeDemand, need: Need) -> bool:
    """Tell whether people in a need count for a requirement: by institution, profession and kind of posting."""
    if need.institution is None or not each.requirement.applies(codes_of_need(each.agreement, need)):
        return False
    if each.requirement.measure is Measure.FIXED_PERSONS_PER_SITE:
        return is_of_kind(each.requirement, need.institution)
    return need.institution_id in demands.supported[each.agreement.pk]


def _periods(horizon: Horizon, agreement: Agreement, needs: Collection[WantedNeed]) -> frozenset[int]:
    """Return the periods that the agreement covers and in which anybody is wanted: nobody could come in others."""
    term = agreement.term
    return frozenset(
        number
        for number, period in enumerate(horizon.calendar)
        if term.start <= period.whole.start
        and period.whole.end <= term.end
        and any(need.heads is not None and need.heads[number] for need in needs)
    )


def _already(horizon: Horizon, each: ProgrammeDemand, postings: Sequence[Posting]) -> tuple[tuple[int, ...], ...]:
    """Return the title ranks of those who are promised to an institution already, for most of each period."""
    counted = [
        (span, rank_of(row.staff.title_rank))
        for row in postings
        if row.agreement_id == each.agreement.pk and each.requirement.applies(codes_of_posting(row))
        for span in (expected_span(row),)
        if span is not None
    ]
    return tuple(
        tuple(sorted(rank for span, rank in counted if is_mostly_in(period.whole, [span])))
        for period in horizon.calendar
    )


def _asked(requirement: Requirement) -> dict[str, Any]:
    least, most = requirement.minimum or 0.0, requirement.maximum
    if requirement.measure is not Measure.TITLE_MIX_MINIMUM:
        return {"least": math.ceil(least), "most": None if most is None else math.floor(most)}
    rank = requirement.title_rank or 0
    if requirement.unit is Unit.SHARE:
        return {"titles": (TitleDemand(rank, share=least),)}
    return {"titles": (TitleDemand(rank, people=math.ceil(least)),)}
