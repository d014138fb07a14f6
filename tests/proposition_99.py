"""Packs of cigarettes sold for each resident of California, 1970-2000, around Proposition 99 of January 1989.

Figures of The Tax Burden on Tobacco (Orzechowski and Walker), as A. Abadie, A. Diamond and J. Hainmueller, Journal of
the American Statistical Association 105 (2010) 493-505, and A. Linden, Stata Journal 15 (2015) 480-500, use them.
"""

from __future__ import annotations

FIRST_YEAR = 1970
START = 1989
PACKS = (
    *(123.0, 121.0, 123.5, 124.4, 126.7, 127.1, 128.0, 126.4, 126.1, 121.9, 120.2, 118.6, 115.4, 110.8, 104.8, 102.8),
    *(99.7, 97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6),
)
YEARS = tuple(range(FIRST_YEAR, FIRST_YEAR + len(PACKS)))
