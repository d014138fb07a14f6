"""Kinds of entry that other applications let devices write without network; referrals know only what stands here.

A kind says how one entry is done, as a command with its own key, and which lists its form needs. What it returns in
words is shown to the person who wrote the entry; nothing is said where nothing needs a look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OfflineKind:
    """One kind of entry; ``lists`` returns None where the actor writes no such entry."""

    name: str
    do: Callable[[CommandContext, Content], str]
    lists: Callable[[Actor], Content | None]


_KINDS: dict[str, OfflineKind] = {}


def register_offline_kind(kind: OfflineKind) -> None:
    """Register a kind of entry; once, when its application starts."""
    if kind.name in _KINDS:
        raise ValueError(f"The kind of entry '{kind.name}' is registered already.")
    _KINDS[kind.name] = kind


def offline_kind(name: str) -> OfflineKind | None:
    return _KINDS.get(name)


def lists_beside(actor: Actor) -> dict[str, Content]:
    """Return the lists of every registered kind that the actor may write."""
    found = {name: kind.lists(actor) for name, kind in _KINDS.items()}
    return {name: lists for name, lists in found.items() if lists is not None}
