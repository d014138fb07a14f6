"""Compile the quick prices of large posting plans once, so that no search spends its time on it."""

from __future__ import annotations

from datetime import date

import numpy as np

from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Donor, Horizon, Need, Pair, Person, PostingProblem, Recipient
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.set_costs import SetCosts
from lianyi.methods.postings.set_problem import SetProblem


def warm_up() -> int:
    """Price the sets of one recipient and two donors; return how many postings its cheapest set has.

    Examples
    --------
    >>> warm_up()
    1
    """
    problem = PostingProblem(
        Horizon(date(2027, 1, 1), periods=1),
        people=(Person("Wang", "Renji", ("03.04",)), Person("Li", "Sanjia", ("03.04",))),
        needs=(Need("N1", "Ceheng", "03.04", (1,)),),
        donors=(Donor("Renji"), Donor("Sanjia")),
        recipients=(Recipient("Ceheng", most_donors=2),),
        pairs=(Pair("Renji", "Ceheng", 1.0), Pair("Sanjia", "Ceheng", 2.0)),
    )
    model = model_of(problem, columns_of(problem))
    sets = recipient_sets(problem)
    if sets is None:
        raise ValueError("The sets of two donors could not be listed.")
    whole = SetProblem.of(model, sets)
    found = SetCosts(model, whole).priced(whole.parts.program.costs, np.ones(len(sets), np.bool_))
    return int(found.uses[model.choices].sum())
