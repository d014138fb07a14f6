"""Who may be planned with, and what each of them said about it in the pool."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import PoolStanding
from lianyi.dispatch.pool_planning import Closed, PlanningPerson, people_to_plan
from lianyi.dispatch.pool_queries import members
from lianyi.methods.periods import DateSpan
from lianyi.methods.postings.problem import Couple, CoupleWish
from lianyi.registry.models import Staff


@dataclass(frozen=True, slots=True)
class Candidates:
    """People of the donors within reach, what those in the pool said, and who of them paused or left it."""

    staff: tuple[Staff, ...]
    said: Mapping[int, PlanningPerson] = field(default_factory=dict)

    def own_closed(self, staff_id: int) -> tuple[DateSpan, ...]:
        """Return the days that lie outside those which the person gave."""
        person = self.said.get(staff_id)
        return () if person is None else tuple(each.span for each in person.closed if each.why is Closed.OWN_LIMIT)

    def refused(self, staff_id: int, recipients: Collection[int], needs: Mapping[int, int]) -> frozenset[str]:
        """Return the recipients to which the person's own word does not let them go.

        ``needs`` gives the recipient of each need: a need that was refused closes its recipient, unless the person
        agreed to go there.
        """
        person = self.said.get(staff_id)
        if person is None:
            return frozenset()
        agreed = {*person.agreed_recipients, *(needs[each] for each in person.agreed_needs if each in needs)}
        closed = set(person.refused) | {needs[each] for each in person.refused_needs if each in needs} - agreed
        if person.asks_first:
            closed |= set(recipients) - agreed
        return frozenset(str(each) for each in closed)

    def couples(self, planned: Collection[int]) -> tuple[Couple, ...]:
        """Return the couples of which both are planned with."""
        found = {}
        for person in self.said.values():
            for wish, others in ((CoupleWish.TOGETHER, person.together_with), (CoupleWish.APART, person.apart_from)):
                for other in others:
                    first, second = sorted((person.staff_id, other))
                    if first in planned and second in planned:
                        found[first, second] = Couple(str(first), str(second), wish)
        return tuple(found[key] for key in sorted(found))

    def is_half_of_a_couple(self, staff_id: int, planned: Collection[int]) -> bool:
        """Tell whether somebody goes only together with a person who cannot be planned."""
        person = self.said.get(staff_id)
        return person is not None and not set(person.together_with) <= set(planned)


def candidates(actor: Actor, donors: Sequence[int], window: DateSpan, *, pool_only: bool) -> Candidates:
    """Return the people of these institutions who are employed in the window, in a steady order.

    Whoever is in no pool is planned without limits, unless only the pool is wanted. Whoever paused or left it is not.
    """
    employed = Q(employed_to__isnull=True) | Q(employed_to__gte=window.start)
    begun = Q(employed_from__isnull=True) | Q(employed_from__lte=window.end)
    rows = scoped(actor, Staff.objects.select_related("institution", "department").filter(employed, begun))
    said = {person.staff_id: person for person in people_to_plan(actor, donors, window)}
    pool = members(actor).filter(staff__institution_id__in=donors).order_by()
    standing = dict(pool.values_list("staff_id", "standing"))
    found = rows.filter(institution_id__in=donors).order_by("institution__code", "code", "pk")
    usual = None if pool_only else PoolStanding.WILLING
    kept = [row for row in found if standing.get(row.pk, usual) == PoolStanding.WILLING]
    return Candidates(tuple(kept), said)
