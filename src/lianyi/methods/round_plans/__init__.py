"""Rounds of mobile hospitals: which village is visited on which day by which team, and on which route.

`problem`, `travel_times`
    Villages, teams, closures, days; minutes and kilometres between places.
`plan`
    Routes with times, missed visits with reasons, figures.

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
