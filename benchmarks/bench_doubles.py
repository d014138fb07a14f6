"""How long it takes to find institutions that may be doubles among many invented ones.

python benchmarks/bench_doubles.py --rows 100000 --runs 3
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from lianyi.methods.coordinates import Position
from lianyi.registry.likenesses import NamedSite, find_likenesses

SEED = 20240601
_SYLLABLES = "东西南北中上下大小新老高平安和永丰太兴福泉河山林石田水溪桥塘岭坪"
_WORDS = ("村卫生室", "镇卫生院", "县人民医院", "区社区卫生服务中心", "市中医医院")


def invented_sites(count: int, seed: int) -> list[NamedSite]:
    """Return institutions in 2000 places, nine in ten with a position, one in a hundred there twice."""
    chance = random.Random(seed)  # noqa: S311 - nothing to protect
    sites: list[NamedSite] = []
    for number in range(count):
        position = Position(105 + 10 * chance.random(), 23 + 10 * chance.random()) if number % 10 else None
        name = "".join(chance.choices(_SYLLABLES, k=3)) + chance.choice(_WORDS)
        place = chance.randrange(2000)
        if number % 100 == 1:
            twin = sites[chance.randrange(len(sites))]
            name, place, position = twin.name, twin.place_id, twin.position
        sites.append(NamedSite(number, name, place, position, frozenset({number})))
    return sites


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="institutions compared (default 100000)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of which the median is told (default 3)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the invented institutions")
    asked = parser.parse_args()
    sites = invented_sites(asked.rows, asked.seed)
    seconds = []
    pairs = 0
    for _run in range(asked.runs):
        begun = time.process_time()
        pairs = sum(1 for _pair in find_likenesses(sites, least_similarity=0.85, most_km=0.5))
        seconds.append(time.process_time() - begun)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{asked.rows} institutions: {pairs} pairs, median {statistics.median(seconds):.1f} s, peak {peak_mib:.0f} MiB"
    )


if __name__ == "__main__":
    main()
