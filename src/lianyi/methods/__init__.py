"""The field's arithmetic: pure functions over plain values, without web, database or numbers of policy.

`periods`
    Spans of days and calendar periods.
`presence`
    Who was on site, when, and for how long without a break.
`staffing`
    Title mix, declared needs, stationed doctors per 10,000 residents, minimum cover of the home department.
`rounds`
    Whether visits were made as often as they had to be.
`coordinates`
    Distances, and coordinates of Chinese maps brought to WGS 84.
`similarity`
    How much alike two institution names are.
"""
