"""The field's arithmetic: pure functions over plain values, without web, database or numbers of policy.

`periods`
    Spans of days and calendar periods.
`presence`
    Who was on site, when, and for how long without a break.
`staffing`
    Title mix, declared needs, stationed doctors per 10,000 residents, minimum cover of the home department.
`rounds`
    Whether visits were made as often as they had to be.
`clocks`
    When an answer is due, how long a clock has run, how much of that it was paused.
`rosters`
    Which hours of a duty roster have nobody.
`retries`
    How long to wait before something that failed is tried again.
`proportions`
    Shares and their differences with intervals; small counts hidden.
`small_counts`
    Rates and ratios of few events with limits, standardised rates, two rates compared.
`assessment_scores`
    Points of an assessment in five shapes, exact, and sums that name what has none.
`case_groups`
    Diagnosis-related groups: breadth, case mix, cost and time, low-risk deaths.
`medicine_shares`
    Shares of essential medicines.
`expected_numbers`
    How many people a service should know and manage.
`multi_criteria`
    TOPSIS, entropy weights beside fixed ones, rank-sum ratio, ranks withheld where n is small.
`completeness`, `outliers`
    Whether monthly reports came, and which figures stand out.
`paired_change`
    The change of the same people between two measurements, with its interval.
`disclosure`
    Small counts hidden in a whole table with its totals.
`durations`
    Median, 90th percentile, share within a limit, mean by month.
`destinations`
    In which order places that could take a patient are offered.
`coordinates`
    Distances, and coordinates of Chinese maps brought to WGS 84.
`travel`
    A rough time by road.
`similarity`
    How much alike two institution names are.
"""
