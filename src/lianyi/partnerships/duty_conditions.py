"""Further conditions of a duty: what else must hold for a row to count, told by the application that counts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from lianyi.partnerships.models import Duty

Text = str | Promise


@dataclass(frozen=True, slots=True)
class WrittenEntries:
    """How the entries of a condition are read: ``read`` returns one in its plain form, or refuses it with a reason.

    ``say`` tells it to people, also where what it names is there no more.
    """

    read: Callable[[str], str]
    say: Callable[[str], str]


def split_entries(text: str) -> list[str]:
    """Return the entries of a text in which semicolons or lines set them apart."""
    return [each.strip() for each in re.split(r"[;；\n]", text) if each.strip()]


@dataclass(frozen=True, slots=True)
class DutyCondition:
    """One condition, kept in the duty's conditions under ``name``: some of ``choices``, or a whole number of ``most``.

    With ``entries`` it is a list of entries that people write, each in a form that its application reads.
    ``evidence_kinds`` are the kinds of evidence whose counter looks at it; other duties do not have it.
    """

    name: str
    label: Text
    help_text: Text
    evidence_kinds: frozenset[str]
    choices: tuple[tuple[str, Text], ...] = ()
    most: int = 0
    entries: WrittenEntries | None = None

    @property
    def is_list(self) -> bool:
        return bool(self.choices) or self.entries is not None

    def in_words(self, value: Any) -> str:  # noqa: ANN401 - a list of codes, or a number
        """Say what a duty asks for; a code that no longer exists is shown as it is."""
        if self.entries is not None:
            return " · ".join(self.entries.say(entry) for entry in value)
        if not self.choices:
            return str(value)
        words = dict(self.choices)
        return " · ".join(str(words.get(code, code)) for code in value)


_CONDITIONS: dict[str, DutyCondition] = {}


def register_duty_condition(condition: DutyCondition) -> None:
    """Register a condition that a counter looks at; once, when its application starts."""
    if condition.name in _CONDITIONS:
        raise ValueError(f"'{condition.name}' is registered already; each condition of duties has one meaning.")
    _CONDITIONS[condition.name] = condition


def duty_conditions() -> Mapping[str, DutyCondition]:
    return dict(_CONDITIONS)


def conditions_in_words(duty: Duty) -> list[tuple[str, str]]:
    """Return what the duty asks for beside its number: the condition's name and its value in words."""
    return [
        (str(each.label), each.in_words(duty.parameters[each.name]))
        for each in _CONDITIONS.values()
        if duty.parameters.get(each.name) and duty.evidence_kind in each.evidence_kinds
    ]
