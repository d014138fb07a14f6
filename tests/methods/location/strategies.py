"""Small random problems of placing, and what enumerating every set of sites says about them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

WHOLE_COSTS = st.integers(0, 12).map(float)
ANY_COSTS = st.floats(0, 100, allow_nan=False).map(lambda cost: round(cost, 3))


@st.composite
def problems(draw, *, may_lack_pairs=False):
    """Costs as a matrix, people, and how many sites to open."""
    points, sites = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    cost = draw(st.sampled_from((WHOLE_COSTS, ANY_COSTS)))
    if may_lack_pairs:
        cost = st.one_of(cost, st.just(np.inf))
    matrix = np.array(draw(st.lists(st.lists(cost, min_size=sites, max_size=sites), min_size=points, max_size=points)))
    people = np.array(draw(st.lists(st.integers(1, 30), min_size=points, max_size=points)), float)
    return matrix, people, draw(st.integers(1, sites))


def sets_of_sites(sites, places, keep=()):
    """Every set of so many sites with those kept among them."""
    return [chosen for chosen in combinations(range(sites), places) if set(keep) <= set(chosen)]


def least_travel_by_enumeration(matrix, people, places, keep=()):
    """The least total; infinite where no set of sites serves everybody."""
    return min(
        float((people * matrix[:, list(chosen)].min(axis=1)).sum())
        for chosen in sets_of_sites(matrix.shape[1], places, keep)
    )


def shortest_longest_way_by_enumeration(matrix, places, keep=()):
    return min(
        float(matrix[:, list(chosen)].min(axis=1).max()) for chosen in sets_of_sites(matrix.shape[1], places, keep)
    )


def most_covered_by_enumeration(matrix, people, radius, places, keep=()):
    return max(
        float(people[(matrix[:, list(chosen)] <= radius).any(axis=1)].sum())
        for chosen in sets_of_sites(matrix.shape[1], places, keep)
    )


def fewest_sites_by_enumeration(matrix, radius):
    """The fewest sites with everybody within the radius, or None."""
    sites = matrix.shape[1]
    for places in range(1, sites + 1):
        for chosen in combinations(range(sites), places):
            if (matrix[:, list(chosen)] <= radius).any(axis=1).all():
                return places
    return None
