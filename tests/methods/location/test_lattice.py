"""A lattice of streets, as the unit tests of PySAL spopt use one, with every set of four sites looked at.

49 crossings, 7 by 7, a minute from one to the next; people live at the crossings, and a site can stand at each.
There are 1, 2, 3 ... 7 along each street and twice as many in the first: the lattice looks the same from no other side.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from lianyi.methods.location.conditions import Conditions, least_travel
from lianyi.methods.location.covering import maximal_covering, set_covering
from lianyi.methods.location.p_center import p_center
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.site_costs import SiteCosts

SIDE, PLACES, RADIUS = 7, 4, 2.0
ROW, COLUMN = (each.ravel() for each in np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"))
MINUTES = (abs(ROW[:, None] - ROW) + abs(COLUMN[:, None] - COLUMN)).astype(float)
PEOPLE = (COLUMN + 1.0) * np.where(ROW == 0, 2.0, 1.0)
# Found by looking at every set, and by a model of the test's own given to SciPy's `milp`.
MEDIAN, CENTER, COVERED, FEWEST, MEDIAN_WITH_ROOM = 340.0, 3.0, 207.0, 6, 347.0


@pytest.fixture(scope="module")
def every_set():
    """The way of each crossing to the nearest of each set of four: one row for each of 211,876 sets."""
    sets = np.array(list(combinations(range(SIDE * SIDE), PLACES)))
    nearest = MINUTES.astype(np.int8)[sets[:, 0]]
    for slot in range(1, PLACES):
        nearest = np.minimum(nearest, MINUTES.astype(np.int8)[sets[:, slot]])
    return nearest


def test_the_median_the_center_and_the_cover_are_the_best_of_all_sets(every_set):
    costs = SiteCosts.from_matrix(MINUTES)
    travel = every_set @ PEOPLE
    covered = (every_set <= RADIUS) @ PEOPLE
    median = p_median(costs, PEOPLE, PLACES)
    center = p_center(costs, PEOPLE, PLACES)
    cover = maximal_covering(costs, PEOPLE, RADIUS, PLACES)
    assert (median.objective, median.bound, median.is_optimal) == (travel.min(), travel.min(), True)
    assert (center.objective, center.is_optimal) == (every_set.max(axis=1).min(), True)
    assert (cover.objective, cover.is_optimal) == (covered.max(), True)
    assert (median.objective, center.objective, cover.objective) == (MEDIAN, CENTER, COVERED)


def test_the_fewest_that_cover_and_the_median_are_those_of_a_model_written_for_the_test():
    size = SIDE * SIDE
    near = (MINUTES <= RADIUS).astype(float)
    fewest = milp(np.ones(size), constraints=LinearConstraint(near, 1.0), integrality=1, bounds=Bounds(0, 1))
    assert set_covering(SiteCosts.from_matrix(MINUTES), PEOPLE, RADIUS).objective == round(fewest.fun) == FEWEST
    room = np.full(size, PEOPLE.sum() / PLACES * 1.05)
    found = least_travel(SiteCosts.from_matrix(MINUTES), PEOPLE, Conditions(places=PLACES, capacity=room))
    assert found.is_optimal
    assert found.objective == pytest.approx(MEDIAN_WITH_ROOM)
