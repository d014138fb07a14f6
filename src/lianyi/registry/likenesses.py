"""Institutions that may be one: alike by name and near to one another, or in one place where a position is missing.

A full comparison of 100,000 names with one another is five thousand million pairs. Two names that are alike share one
of their rarest letter pairs (prefix filtering: S. Chaudhuri, V. Ganti, R. Kaushik, ICDE 2006), so only institutions
that share such a pair and a neighbourhood are compared.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lianyi.methods.coordinates import Position, haversine_km
from lianyi.methods.similarity import best_name_similarity, split_name_and_alias

_KM_PER_DEGREE = 111.2
_MOST_IN_A_BLOCK = 400
"""Beyond this a letter pair is no longer rare where it stands, and names that share only it are not compared."""


@dataclass(frozen=True, slots=True)
class NamedSite:
    """An institution as the comparison needs it. ``line`` holds its own key and that of the institution above it."""

    pk: int
    name: str
    place_id: int
    position: Position | None
    line: frozenset[int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two institutions that may be one. ``distance_km`` is None where a position is missing."""

    first: int
    second: int
    similarity: float
    distance_km: float | None


Block = tuple[object, ...]
Pair = tuple[str, str]


def find_likenesses(sites: Sequence[NamedSite], *, least_similarity: float, most_km: float) -> Iterator[Likeness]:
    """Yield the pairs that are alike by name and near, or alike and in one place with a position missing.

    Parameters
    ----------
    sites
        All institutions to be compared with one another.
    least_similarity
        Share of letter pairs, above 0 and at most 1, from which two names are alike.
    most_km
        Distance up to which two institutions are near.

    Examples
    --------
    >>> alone = frozenset()
    >>> a = NamedSite(1, "样例县人民医院", 7, None, alone)
    >>> b = NamedSite(2, "样例县 人民医院", 7, None, alone)
    >>> [pair.similarity for pair in find_likenesses([a, b], least_similarity=0.8, most_km=1)]
    [1.0]
    """
    writings = [_writings(site.name) for site in sites]
    frequency = Counter(pair for names in writings for name in names for pair in set(pairwise(name)))
    grid = _Grid.over(sites, most_km)
    posted: defaultdict[tuple[Block, Pair], list[int]] = defaultdict(list)
    for number, site in enumerate(sites):
        rare = {pair for name in writings[number] for pair in _rarest_pairs(name, frequency, least_similarity)}
        candidates: set[int] = set()
        for pair in rare:
            for block in grid.neighbourhood(site):
                candidates.update(posted.get((block, pair), ()))
            for block in grid.homes(site):
                if len(posted[block, pair]) < _MOST_IN_A_BLOCK:
                    posted[block, pair].append(number)
        for other in sorted(candidates):
            found = _compare(sites[other], site, least_similarity, most_km)
            if found is not None:
                yield found


def _writings(name: str) -> tuple[str, ...]:
    parts = split_name_and_alias(name)
    plain = (text.replace("(", "").replace(")", "") for text in (parts.name, *parts.aliases))
    return tuple(text for text in plain if len(text) > 1)


def _rarest_pairs(name: str, frequency: Mapping[Pair, int], least_similarity: float) -> Iterable[Pair]:
    """Return so many of the rarest letter pairs that any name alike must share one of them."""
    pairs = sorted(set(pairwise(name)), key=lambda pair: (frequency[pair], pair))
    shared = math.ceil(len(pairs) * least_similarity / (2 - least_similarity))
    return pairs[: max(len(pairs) - shared + 1, 1)]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells at least as wide as the distance, everywhere up to the highest latitude. They end at the date line."""

    degrees_north: float
    degrees_east: float

    @classmethod
    def over(cls, sites: Sequence[NamedSite], most_km: float) -> _Grid:
        north = most_km / _KM_PER_DEGREE
        highest = max((abs(site.position.latitude) for site in sites if site.position is not None), default=0.0)
        return cls(north, north / max(math.cos(math.radians(min(highest + north, 90))), 0.01))

    def homes(self, site: NamedSite) -> Iterator[Block]:
        """Yield the blocks in which an institution is found."""
        yield ("place", site.place_id, site.position is not None)
        if site.position is not None:
            yield ("cell", *self._cell(site.position))

    def neighbourhood(self, site: NamedSite) -> Iterator[Block]:
        """Yield the blocks in which one near to it can be: nine cells, or its place where a position is missing."""
        yield ("place", site.place_id, False)
        if site.position is None:
            yield ("place", site.place_id, True)
            return
        row, column = self._cell(site.position)
        for above in (-1, 0, 1):
            for beside in (-1, 0, 1):
                yield ("cell", row + above, column + beside)

    def _cell(self, position: Position) -> tuple[int, int]:
        return (
            math.floor(position.latitude / self.degrees_north),
            math.floor(position.longitude / self.degrees_east),
        )


def _compare(first: NamedSite, second: NamedSite, least_similarity: float, most_km: float) -> Likeness | None:
    """Return the likeness of two sites; a branch is no double of the institution above it."""
    if first.pk in second.line or second.pk in first.line:
        return None
    distance = None
    if first.position is not None and second.position is not None:
        distance = haversine_km(first.position, second.position)
        if distance > most_km:
            return None
    elif first.place_id != second.place_id:
        return None
    similarity = best_name_similarity(first.name, second.name)
    if similarity < least_similarity:
        return None
    return Likeness(first.pk, second.pk, similarity, distance)
