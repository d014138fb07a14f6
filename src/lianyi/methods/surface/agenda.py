"""Which tile of a raster is searched next: the one with the nearest news."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Agenda(NamedTuple):
    """The tiles that have news, as a binary heap by minutes; ``due`` holds the one entry of a tile that counts."""

    minutes: Floats
    tile: Whole
    filled: Whole
    due: Floats


@compiled
def new_agenda(tiles: int) -> Agenda:
    return Agenda(
        np.empty(2 * tiles + 1), np.empty(2 * tiles + 1, np.int64), np.zeros(1, np.int64), np.full(tiles, np.inf)
    )


@compiled
def announce(agenda: Agenda, tile: int, news: float) -> Agenda:
    """Put a tile on the agenda, unless it stands there for earlier news."""
    if not news < agenda.due[tile]:
        return agenda
    agenda.due[tile] = news
    if agenda.filled[0] == agenda.tile.size:
        agenda = Agenda(
            np.concatenate((agenda.minutes, np.empty_like(agenda.minutes))),
            np.concatenate((agenda.tile, np.empty_like(agenda.tile))),
            agenda.filled,
            agenda.due,
        )
    place = agenda.filled[0]
    agenda.filled[0] += 1
    while place > 0 and agenda.minutes[(place - 1) // 2] > news:
        agenda.minutes[place] = agenda.minutes[(place - 1) // 2]
        agenda.tile[place] = agenda.tile[(place - 1) // 2]
        place = (place - 1) // 2
    agenda.minutes[place] = news
    agenda.tile[place] = tile
    return agenda


@compiled
def next_tile(agenda: Agenda) -> tuple[float, int]:
    """Take the tile with the nearest news off the agenda."""
    first = (agenda.minutes[0], agenda.tile[0])
    agenda.filled[0] -= 1
    count = agenda.filled[0]
    news, tile = agenda.minutes[count], agenda.tile[count]
    place = 0
    while 2 * place + 1 < count:
        child = 2 * place + 1
        if child + 1 < count and agenda.minutes[child + 1] < agenda.minutes[child]:
            child += 1
        if agenda.minutes[child] >= news:
            break
        agenda.minutes[place] = agenda.minutes[child]
        agenda.tile[place] = agenda.tile[child]
        place = child
    agenda.minutes[place] = news
    agenda.tile[place] = tile
    return first
