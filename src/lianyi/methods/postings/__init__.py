"""Who goes where, when, and for how long: posting plans with a proof of how good they can be at all.

`problem`
    People, needs, hospitals, pairs, couples, what was published; the planning periods.
`rules`
    Which rules are hard and which have a price, and the order of the goals.
`columns`
    Every posting that is possible by itself, and why the others are not.
`model`, `solving`
    The linear model, and its goals made least one after the other.
`stages`
    For many recipients: pairs first, then people, then parts again, with a bound on the sum of all goals.
`checking`
    The independent check of every plan, from data and lines alone.
`conflicts`
    A smallest set of rules that contradict one another.
`reasons`, `remedies`
    Why a need stays open, and what would fix it, each tried by solving again.
`replanning`
    What changed against the published plan, and what would be worse without.

Examples
--------
One cardiologist for a county that wants one for the whole year, by terms of at least half a year:

>>> from datetime import date
>>> from lianyi.methods.postings.problem import Donor, Horizon, Need, Pair, Person, PostingProblem, Recipient
>>> from lianyi.methods.postings.rules import Goal
>>> from lianyi.methods.postings.solving import plan_postings
>>> problem = PostingProblem(
...     Horizon(date(2027, 1, 1), periods=4),
...     people=(
...         Person("Wang", "Sanjia", ("03.04",), rank=3, longest_periods=2),
...         Person("Li", "Sanjia", ("03.04",), rank=2, available=frozenset({2, 3})),
...     ),
...     needs=(Need("N1", "Ceheng", "03.04", (1, 1, 1, 1), least_periods=2),),
...     donors=(Donor("Sanjia"),),
...     recipients=(Recipient("Ceheng"),),
...     pairs=(Pair("Sanjia", "Ceheng", travel_hours=3.0),),
... )
>>> plan = plan_postings(problem)
>>> [(line.person, line.first, line.last) for line in plan.lines]
[('Li', 2, 3), ('Wang', 0, 1)]
>>> plan.level(Goal.NEED).value, plan.level(Goal.COST).value, plan.is_optimal
(0.0, 12.0, True)
"""
