"""What stands on the home page: applications register who can tell what waits, and what was delivered."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lianyi.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class HomeItem:
    """One thing that waits for the acting person: a sentence, how many, and where to go.

    ``tone`` is one of neutral, info, good, warning, bad (see web/tag.html).
    """

    text: str
    url: str
    count: int | None = None
    tone: str = "info"
    due_on: datetime.date | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HomePanel:
    """One card of promised against delivered, drawn by its template, which sees the names in ``context``.

    ``web/home_progress.html`` draws a list of ``lianyi.pages.progress.Progress`` given as ``promises``.
    """

    title: str
    template_name: str
    context: Mapping[str, object]
    url: str = ""


ItemProvider = Callable[[Actor], list[HomeItem]]
PanelProvider = Callable[[Actor], list[HomePanel]]


@dataclass
class _Providers:
    items: list[ItemProvider] = field(default_factory=list)
    panels: list[PanelProvider] = field(default_factory=list)


_PROVIDERS = _Providers()
_LAST = datetime.date.max


def register_home_provider(provider: ItemProvider) -> None:
    """Let an application say what waits for an actor. It returns nothing for roles that have no part in it."""
    if provider not in _PROVIDERS.items:
        _PROVIDERS.items.append(provider)


def register_home_panel(provider: PanelProvider) -> None:
    """Let an application show cards of promised against delivered."""
    if provider not in _PROVIDERS.panels:
        _PROVIDERS.panels.append(provider)


def home_items(actor: Actor) -> list[HomeItem]:
    """Return everything that waits for the actor, what is due first on top."""
    items = [item for provider in _PROVIDERS.items for item in provider(actor)]
    return sorted(items, key=lambda item: item.due_on or _LAST)


def home_panels(actor: Actor) -> list[HomePanel]:
    return [panel for provider in _PROVIDERS.panels for panel in provider(actor)]
