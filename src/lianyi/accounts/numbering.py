"""Running numbers of records that people speak of by letters and a number: A0007, PA0012."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db import models

DIGITS: Final = 4


def next_code(model: type[models.Model], letters: str) -> str:
    """Return the free number after the highest that stands behind these letters: PA0007 after PA0006.

    Codes of another form, which a table may have brought, count for nothing.
    """
    rows: Any = model._default_manager.filter(code__startswith=letters)
    numbered = re.compile(rf"{re.escape(letters)}([0-9]+)")
    found = (numbered.fullmatch(code) for code in rows.values_list("code", flat=True))
    return f"{letters}{max((int(each[1]) for each in found if each is not None), default=0) + 1:0{DIGITS}d}"
