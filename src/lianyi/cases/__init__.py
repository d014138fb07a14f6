"""The five founding cases as plain tables, loaded through the same import and commands that users use.

Each folder holds one CSV file for each kind of table, named after the kind, and ``case.toml`` with the title, a
summary, the month of the public report and the codes of its agreements. ``shared`` holds the places and populations
that the cases stand on, ``logins.csv`` the users of the demonstration. README.md names the sources.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

_IN_ORDER = (
    "shared",
    "huicheng-ceheng",
    "zibo-shizhu",
    "changzhi-lucheng",
    "guangming-chengdu",
    "liupanshui-shuicheng",
)


def case_folders() -> list[Path]:
    """Return the folders in the order of loading: what the cases share first, then each case."""
    return [Path(str(resources.files(__name__))) / name for name in _IN_ORDER]
