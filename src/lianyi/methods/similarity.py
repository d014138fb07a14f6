"""How much alike two institution names are, for finding doubles by name and distance."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_BRACKETS = str.maketrans("【〔「『［｛{[〈《】〕」』］｝}]〉》", "((((((((((" + "))))))))))")
_BRACKETED = re.compile(r"\(([^()]*)\)")
# Brackets that tell a part of an institution from its other parts; they are no second name.
_PART_OF_INSTITUTION = re.compile(r"(院区|分院|总院|本部|校区|分部|分中心|campus|branch|site)$")


@dataclass(frozen=True, slots=True)
class NameParts:
    """The name of an institution and the other names that stood in brackets behind it, all normalised."""

    name: str
    aliases: tuple[str, ...]


def normalise_name(name: str) -> str:
    """Bring a Chinese or English name to one way of writing.

    Full-width forms become half-width (Unicode NFKC), letters lose case, all kinds of brackets become ``()``, and
    spaces and punctuation other than those brackets go. Simplified and traditional characters stay different.

    Examples
    --------
    >>> normalise_name("Ａ 县　人民医院（第二 门诊部）")
    'a县人民医院(第二门诊部)'
    """
    plain = unicodedata.normalize("NFKC", name).translate(_BRACKETS).casefold()
    return "".join(character for character in plain if character in "()" or _is_letter_or_number(character))


def split_name_and_alias(name: str) -> NameParts:
    """Split ``name(other name)`` into the name and its other names.

    A bracket that names a part of the institution, such as a campus or a branch, belongs to the name.

    Examples
    --------
    >>> split_name_and_alias("样例县人民医院(样例大学附属医院)")
    NameParts(name='样例县人民医院', aliases=('样例大学附属医院',))
    >>> split_name_and_alias("样例县人民医院(东院区)")
    NameParts(name='样例县人民医院(东院区)', aliases=())
    """
    whole = normalise_name(name)
    aliases = tuple(inner for inner in _BRACKETED.findall(whole) if inner and not _PART_OF_INSTITUTION.search(inner))
    main = whole
    for alias in aliases:
        main = main.replace(f"({alias})", "", 1)
    if not main.strip("()"):
        return NameParts(aliases[0] if aliases else "", aliases[1:])
    return NameParts(main, aliases)


def name_similarity(a: str, b: str) -> float:
    """Return how much alike two names are, from 0 to 1.

    The Dice coefficient of the two bags of neighbouring character pairs after `normalise_name`, brackets left out:
    twice the number of shared pairs over the number of pairs in both (L. R. Dice, Ecology 26, 1945; on letter pairs
    G. W. Adamson and J. Boreham, Information Storage and Retrieval 10, 1974). Equal names give 1, whatever their
    length; a name without any letter or number is like no other and gives 0.

    Examples
    --------
    >>> name_similarity("样例县人民医院", "样例县 人民医院")
    1.0
    >>> round(name_similarity("样例县人民医院", "样例县中医医院"), 3)
    0.5
    """
    return _dice(_without_brackets(normalise_name(a)), _without_brackets(normalise_name(b)))


def best_name_similarity(a: str, b: str) -> float:
    """Return the highest `name_similarity` among the whole names, the names without aliases, and the aliases.

    Examples
    --------
    >>> best_name_similarity("样例县人民医院(样例大学附属医院)", "样例大学附属医院")
    1.0
    """
    return max(_dice(one, other) for one in _writings(a) for other in _writings(b))


def _writings(name: str) -> tuple[str, ...]:
    parts = split_name_and_alias(name)
    return tuple(_without_brackets(text) for text in (normalise_name(name), parts.name, *parts.aliases))


def _without_brackets(name: str) -> str:
    return name.replace("(", "").replace(")", "")


def _dice(a: str, b: str) -> float:
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    pairs_a, pairs_b = Counter(pairwise(a)), Counter(pairwise(b))
    total = pairs_a.total() + pairs_b.total()
    return 2 * (pairs_a & pairs_b).total() / total if total else 0.0


def _is_letter_or_number(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"
