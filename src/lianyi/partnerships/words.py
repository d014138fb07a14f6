"""Words that later applications give to the kinds of flow between parties."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

_FLOW_WORDS: dict[str, str | Promise] = {}


def register_flow_words(words: Mapping[str, str | Promise]) -> None:
    """Name the kinds of flow that an application tells of."""
    _FLOW_WORDS.update(words)


def flow_words() -> Mapping[str, str | Promise]:
    return dict(_FLOW_WORDS)
