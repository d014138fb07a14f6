"""The other names of an institution: taken from the brackets behind its name, and listed in one text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lianyi.tabular.cells import split_bracketed_name

SEPARATOR = "、"
_SEPARATORS = re.compile(r"[、；;]")
# What a bracket must end with to be the name of an institution, and not a campus (院区, 东院), a department (心外科) or
# a remark (筹). A centre needs a name before its kind: hospitals write centres of their own in brackets too.
_INSTITUTION = re.compile(
    r"(.{2,}(医院|卫生院|保健院|防治院|疗养院|研究院|研究所|卫生室|卫生所|诊所|卫生站|服务站)"
    r"|.{3,}(卫生服务|疾病预防控制|急救|医疗|医学|保健|防治|康复)中心)$"
)


@dataclass(frozen=True, slots=True)
class WrittenNames:
    """The first name of an institution and the others, as they were written."""

    name: str
    others: tuple[str, ...]


def split_second_names(written: str) -> WrittenNames:
    """Tell the first name from the names of institutions that stand in brackets behind it.

    Unlike ``similarity.split_name_and_alias``, which serves comparing, this leaves the writing as it is and takes
    nothing for a name that does not end like one.

    Examples
    --------
    >>> split_second_names("样例医院（样例第二医院）")
    WrittenNames(name='样例医院', others=('样例第二医院',))
    >>> split_second_names("样例医院（东院区）")
    WrittenNames(name='样例医院（东院区）', others=())
    """
    name = written.strip()
    others: list[str] = []
    while True:
        rest, other = split_bracketed_name(name)
        if other is None or not _INSTITUTION.search(other):
            return WrittenNames(name, tuple(reversed(others)))
        name = rest
        others.append(other)


def listed_names(text: str) -> tuple[str, ...]:
    """Return the names that a text lists.

    >>> listed_names("样例第二医院、样例县急救中心")
    ('样例第二医院', '样例县急救中心')
    """
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def with_names_in_brackets(name: str, listed: str) -> str:
    """Return a name with its other names in brackets behind it, as ``likenesses`` compares names.

    >>> with_names_in_brackets("样例医院", "样例第二医院、样例县急救中心")
    '样例医院(样例第二医院)(样例县急救中心)'
    """
    return name + "".join(f"({other})" for other in listed_names(listed))
