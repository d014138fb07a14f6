"""Which donor helps which recipient: pairing plans with a proof of how good they can be at all.

`problem`
    Donors and their strengths, recipients and their needs, pairs, what was published.
`rules`
    Which rules are hard and which have a price, and the order of the goals.
`arcs`
    Which donor can send people to which need, and why the others cannot.
`model`, `solving`
    The linear model, and its goals made least one after the other.
`blocks`, `prices`
    For many recipients: prices of the donors' people, then part after part, with a bound on the sum of all goals.
`places`, `turns`, `turn_search`
    A lawful plan within moments: recipients choose in turns, then take back and choose again.
`checking`
    The independent check of every plan, from data and plan alone.
`lines`
    Why this donor: what it meets, and the next best with what it would have cost.
`reasons`, `remedies`
    Why a need stays open, and what would fix it, each tried by solving again.
`replanning`
    What changed against the published plan, and what would be worse without.
`stable`
    Stable pairs under preferences, and the blocking pairs of any plan.

Examples
--------
Sanjia knows hearts well and can send two people, Renji knows hearts and knives. Ceheng wants both:

>>> from lianyi.methods.pairing.problem import Donor, Need, Pair, PairingProblem, Recipient, Strength
>>> from lianyi.methods.pairing.rules import Goal
>>> from lianyi.methods.pairing.solving import plan_pairs
>>> problem = PairingProblem(
...     donors=(Donor("Sanjia", most_people=2), Donor("Renji")),
...     recipients=(Recipient("Ceheng"),),
...     strengths=(
...         Strength("Sanjia", "03.04", level=0.9),
...         Strength("Renji", "03.04", people=1, level=0.6),
...         Strength("Renji", "04.01", people=1, level=0.8),
...     ),
...     needs=(Need("N1", "Ceheng", "03.04", people=2), Need("N2", "Ceheng", "04.01", people=2)),
...     pairs=(Pair("Sanjia", "Ceheng", travel_hours=3.0, tie_years=2), Pair("Renji", "Ceheng", travel_hours=5.0)),
... )
>>> plan = plan_pairs(problem)
>>> sorted(plan.pairing.pairs)
[('Renji', 'Ceheng'), ('Sanjia', 'Ceheng')]
>>> sorted(plan.pairing.people.items())
[(('Renji', 'N2'), 1), (('Sanjia', 'N1'), 2)]
>>> plan.level(Goal.NEED).value, plan.level(Goal.COST).value, plan.is_optimal
(1.0, 32.0, True)
"""
