"""How deep each institution would stand in its line of command, and which lines run in a circle."""

from __future__ import annotations

from collections.abc import Mapping


def depths_and_cycles(above: Mapping[str, str]) -> dict[str, int | None]:
    """Return for each code its place in the line, 1 for the highest, or None where the line never ends.

    Parameters
    ----------
    above
        For each code the code above it, or an empty text.

    Examples
    --------
    >>> depths_and_cycles({"station": "centre", "centre": "hospital"})
    {'hospital': 1, 'centre': 2, 'station': 3}
    >>> depths_and_cycles({"a": "b", "b": "a"})
    {'b': None, 'a': None}
    """
    depths: dict[str, int | None] = {}
    for code in above:
        line: list[str] = []
        seen: set[str] = set()
        here = code
        while here and here not in depths and here not in seen:
            seen.add(here)
            line.append(here)
            here = above.get(here, "")
        depth = None if here in seen else depths.get(here, 0)
        for each in reversed(line):
            depth = None if depth is None else depth + 1
            depths[each] = depth
    return depths
