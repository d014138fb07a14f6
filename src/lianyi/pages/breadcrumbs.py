"""The way from the home page to a page: ``breadcrumbs`` in a page's context is a list of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step: its name and its address. The page itself is added by the template."""

    label: str
    url: str
