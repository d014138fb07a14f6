"""Codes that are not of the usual form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from lianyi.registry.models import PlaceLevel
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.scoping import Checking, finding

_PLACE_FORMS: Mapping[str, re.Pattern[str]] = {
    PlaceLevel.PROVINCE: re.compile(r"\d{2}(0000)?"),
    PlaceLevel.PREFECTURE: re.compile(r"\d{4}(00)?"),
    PlaceLevel.COUNTY: re.compile(r"\d{6}"),
    PlaceLevel.TOWNSHIP: re.compile(r"\d{9}(000)?"),
    PlaceLevel.VILLAGE: re.compile(r"\d{12}"),
}
_DIGITS_OF_LEVEL: Mapping[str, int] = {
    PlaceLevel.PROVINCE: 2,
    PlaceLevel.PREFECTURE: 4,
    PlaceLevel.COUNTY: 6,
    PlaceLevel.TOWNSHIP: 9,
    PlaceLevel.VILLAGE: 12,
}
_PLACE_FORM_TEXT = _("2, 4, 6, 9 or 12 digits for province, prefecture, county, township, village (GB/T 2260, 10114)")
_CREDIT_CODE_TEXT = _("18 characters with a check character that fits (GB 32100)")
_UNUSUAL_TEXT = _("letters, digits, and - _ . / between them")

_CREDIT_CODE = re.compile(r"[0-9A-Z]{2}\d{6}[0-9A-Z]{10}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_PLAIN_CODE = re.compile(r"[0-9A-Za-z]([0-9A-Za-z._/-]*[0-9A-Za-z])?")


def credit_code_fits(code: str) -> bool:
    """Tell whether the check character of a unified social credit code (GB 32100-2015) fits.

    Examples
    --------
    >>> credit_code_fits("91350100M000100Y43"), credit_code_fits("91350100M000100Y44")
    (True, False)
    """
    if any(character not in _CREDIT_ALPHABET for character in code):
        return False
    values = (_CREDIT_ALPHABET.index(character) for character in code[:-1])
    total = sum(value * weight for value, weight in zip(values, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % len(_CREDIT_ALPHABET)] == code[-1]


def place_codes(checking: Checking) -> Iterator[Finding]:
    """Find place codes of another form than the national ones, and those that do not follow their parent's."""
    for row in checking.places().select_related("parent").order_by("code").iterator():
        form = _PLACE_FORMS.get(row.level)
        if form is None:
            continue
        if not form.fullmatch(row.code):
            yield finding("code-of-wrong-form", row, code=row.code, expected=_PLACE_FORM_TEXT)
        elif row.parent is not None and row.parent.level in _DIGITS_OF_LEVEL:
            digits = _DIGITS_OF_LEVEL[row.parent.level]
            if row.code[:digits] != row.parent.code[:digits]:
                yield finding(
                    "code-apart-from-parent", row, code=row.code, parent=row.parent, parent_code=row.parent.code
                )


def institution_codes(checking: Checking) -> Iterator[Finding]:
    """Find mistyped credit codes and codes with blanks or signs in them; any other code is an office's own business."""
    for row in checking.institutions().only("node_id", "code", "name_zh").order_by("code").iterator():
        if not _PLAIN_CODE.fullmatch(row.code):
            yield finding("code-of-wrong-form", row, code=row.code, expected=_UNUSUAL_TEXT)
        elif _CREDIT_CODE.fullmatch(row.code) and not credit_code_fits(row.code):
            yield finding("code-of-wrong-form", row, code=row.code, expected=_CREDIT_CODE_TEXT)
