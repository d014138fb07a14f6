"""Where to place services, and how good a placement can be at all.

`site_costs`
    What it costs each demand point to use each candidate site: the input of everything here.
`limits`
    How long to search and how exact to be.
`placements`
    What every model returns: sites, assignments, objective, proven bound, gap, and why the search stopped.
`p_median`
    The least total travel with p sites.
`p_center`
    The shortest longest way with p sites.
`covering`
    The most people within a radius with p sites (MCLP), and the fewest sites that leave nobody outside (LSCP).
`conditions`
    Least travel and most people covered under capacities, a budget, floors of equity and sites that stay.
`first_plans`, `site_sets`, `capacity_use`, `budget_bound`
    A first placement under conditions and a bound, before the solver begins.
`coverage`
    Who is covered when sites with capacity are filled in a stated order, and where the next sites cover most.

Examples
--------
>>> from lianyi.methods.location.p_median import p_median
>>> from lianyi.methods.location.site_costs import SiteCosts
>>> p_median(SiteCosts.from_matrix([[0, 4], [4, 0]]), [10, 20], 1).objective
40.0
"""
