"""The counterpart support of Hubei in February 2020: sixteen pairs on the 7th, twenty-one on the 10th.

The file is no part of the project; absent, these are skipped.
"""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from lianyi.methods.pairing.problem import Donor, Need, Pair, Pairing, PairingProblem, Published, Recipient, Strength
from lianyi.methods.pairing.replanning import ChangeKind, changes_between
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import plan_pairs

pytestmark = pytest.mark.realdata

CARE = "11.01"
CASES_FOR_ONE_TEAM = 100


@pytest.fixture(scope="module")
def rows(real_data):
    path = real_data / "cn_hubei_pairing_2020" / "pairs.csv"
    if not path.exists():
        pytest.skip("cn_hubei_pairing_2020 is not here")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pairs_on(rows, version):
    return frozenset((row["donor"], row["recipient"]) for row in rows if row["version"].startswith(version))


def second_day(rows):
    """What was asked for on the second day: its donors, each for as many cities, each city by as many donors.

    A city wants a team for every hundred confirmed cases; a donor shares by its people.
    """
    first, second = pairs_on(rows, "v1"), pairs_on(rows, "v2")
    people = {row["donor"]: float(row["donor_pop2020"]) for row in rows}
    cases = {row["recipient"]: int(row["recipient_confirmed_2020_02_06"]) for row in rows}
    of_donor = Counter(donor for donor, _city in second)
    of_city = Counter(city for _donor, city in second)
    donors = tuple(Donor(name, None, of_donor[name], people[name]) for name in sorted(of_donor))
    return PairingProblem(
        donors=donors,
        recipients=tuple(Recipient(name, of_city[name], of_city[name]) for name in sorted(of_city)),
        strengths=tuple(Strength(donor.id, CARE) for donor in donors),
        needs=tuple(
            Need(name, name, CARE, max(of_city[name], -(-cases[name] // CASES_FOR_ONE_TEAM))) for name in sorted(cases)
        ),
        pairs=tuple(Pair(donor.id, city) for donor in donors for city in sorted(of_city)),
        published=Published(first),
    )


def test_sixteen_pairs_became_twenty_one(rows):
    first, second = pairs_on(rows, "v1"), pairs_on(rows, "v2")
    assert (len(first), len(second)) == (16, 21)
    assert len({donor for donor, _city in second}) == 19
    assert {city for _donor, city in first} == {city for _donor, city in second}


def test_the_change_report_finds_the_published_changes(rows):
    first, second = pairs_on(rows, "v1"), pairs_on(rows, "v2")
    changes = changes_between(second_day(rows), Pairing(second, {}))
    begun = {change.key for change in changes if change.kind is ChangeKind.BEGUN}
    ended = {change.key for change in changes if change.kind is not ChangeKind.BEGUN}
    assert (begun, ended) == (second - first, first - second)
    # Two pairs stayed; six donors were called elsewhere.
    assert first & second == {("山东省", "黄冈市"), ("浙江省", "荆门市")}
    gone = {change.donor for change in changes if change.kind is ChangeKind.DONOR_GONE}
    assert gone == {"河南省", "安徽省", "陕西省", "四川省", "上海市", "北京市"}


def test_a_replan_from_the_first_plan_changes_fewer_pairs_than_the_published_one(rows):
    problem = second_day(rows)
    plan = plan_pairs(problem)
    published = len(pairs_on(rows, "v1") ^ pairs_on(rows, "v2"))
    assert published == 33
    assert plan.level(Goal.NEED).value == 0.0
    assert plan.level(Goal.COVERAGE).value == 0.0
    assert plan.level(Goal.PAIRS_CHANGED).stop_reason.value == "optimal"
    # Sixteen of the first plan, of which six must end for their donors are gone; twenty-one wanted.
    assert plan.level(Goal.PAIRS_CHANGED).value == 6 + (21 - 10)
    assert Counter(city for _donor, city in plan.pairing.pairs) == Counter(
        city for _donor, city in pairs_on(rows, "v2")
    )
