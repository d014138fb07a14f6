"""What applications put into the shell of every page: marks in the top bar, and warnings above the content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lianyi.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class TopbarMark:
    """A link in the top bar with a count; ``count_text`` is empty where there is nothing to count."""

    label: str
    url: str
    icon: str
    count_text: str


MarkProvider = Callable[[Actor], TopbarMark | None]
WarningProvider = Callable[[Actor], str]


@dataclass
class _Providers:
    marks: list[MarkProvider] = field(default_factory=list)
    warnings: list[WarningProvider] = field(default_factory=list)


_PROVIDERS = _Providers()


def register_topbar_mark(provider: MarkProvider) -> None:
    """Let an application show a count in the top bar; it returns None for roles that have no part in it."""
    if provider not in _PROVIDERS.marks:
        _PROVIDERS.marks.append(provider)


def register_shell_warning(provider: WarningProvider) -> None:
    """Let an application warn on every page; it returns an empty text when all is well."""
    if provider not in _PROVIDERS.warnings:
        _PROVIDERS.warnings.append(provider)


def topbar_marks(actor: Actor) -> list[TopbarMark]:
    return [mark for provider in _PROVIDERS.marks if (mark := provider(actor)) is not None]


def shell_warnings(actor: Actor) -> list[str]:
    return [text for provider in _PROVIDERS.warnings if (text := provider(actor))]
