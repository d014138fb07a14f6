from __future__ import annotations

from lianyi.methods.access import chord_weights
from lianyi.methods.access.warming import DECAYS, warm_up


def test_every_way_to_find_a_weight_is_compiled():
    kinds = {chord_weights.chord_weights(decay, 1).kind for decay in DECAYS}
    assert kinds == {
        chord_weights.BY_FALLING_ZONES,
        chord_weights.BY_ZONES,
        chord_weights.BY_PIECES_OF_SQUARE,
        chord_weights.BY_PIECES_OF_LINE,
        chord_weights.BY_FORMULA,
    }
    assert warm_up() == 4 * len(DECAYS)
