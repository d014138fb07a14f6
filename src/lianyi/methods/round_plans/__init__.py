"""Rounds of mobile hospitals: which village is visited on which day by which team, and on which route.

`problem`, `travel_times`
    Villages, teams, closures, days, what was published; minutes and kilometres between places.
`solving`
    Plan rounds, or change a published plan; `plan` is what comes out.
`facts`, `drafts`, `insertion`
    What follows from a problem at once; a plan while it is searched, and what a visit more would add.
`dates`, `subproblems`, `trips`, `search`, `replanning`
    The model of days, days as problems of routes, nights away, the loop between them, and repairs.
`keeping`
    A draft by names, kept while a search goes on and taken up again by the next one.
`schedules`, `figures`, `reasons`
    Times, coverage and load, and why visits are missed.
`checking`
    The independent check of every plan, from the problem and the routes alone.
`routes`, `route_worker`, `route_checking`, `public_formats`
    The routing engine by itself, in a process of its own, with its check and two public forms of problems.

Examples
--------
Visits due in a plan of four weeks that cuts a quarter:

>>> from datetime import date
>>> from lianyi.methods.periods import DateSpan, PeriodUnit
>>> from lianyi.methods.round_plans.problem import Village, dues_of
>>> weeks = DateSpan(date(2027, 3, 1), date(2027, 3, 28))
>>> [(due.period, due.visits) for due in dues_of(Village("A", 60, visits=3, unit=PeriodUnit.QUARTER), weeks)]
[('2027-Q1', 1)]
"""
