"""Networks of the sizes of the OR-Library, made in the way its author describes, and the San Francisco tables.

J. E. Beasley, "A note on solving large p-median problems", European Journal of Operational Research 21 (1985) 270-273:
n points, about n * n / 50 edges with whole lengths from 1 to 100, and the cost of a pair is the shortest path.
"""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

SIZES = (
    *((100, 5), (100, 10), (100, 10), (100, 20), (100, 33), (200, 5), (200, 10), (200, 20), (200, 40), (200, 67)),
    *((300, 5), (300, 10), (300, 30), (300, 60), (300, 100), (400, 5), (400, 10), (400, 40), (400, 80), (400, 133)),
    *((500, 5), (500, 10), (500, 50), (500, 100), (500, 167), (600, 5), (600, 10), (600, 60), (600, 120), (600, 200)),
    *((700, 5), (700, 10), (700, 70), (700, 140), (800, 5), (800, 10), (800, 80), (900, 5), (900, 10), (900, 90)),
)


def random_network(number, seed=0):
    """Costs and number of sites of a network with the size of pmed1 to pmed40."""
    points, places = SIZES[number - 1]
    random = np.random.default_rng([seed, number])
    lengths = np.zeros((points, points))
    order = random.permutation(points)
    for end in range(1, points):  # a tree, so that everything hangs together
        a, b = order[end], order[random.integers(end)]
        lengths[a, b] = lengths[b, a] = random.integers(1, 101)
    edges = points - 1
    while edges < points * points // 50:
        a, b = random.integers(points, size=2)
        if a != b and not lengths[a, b]:
            lengths[a, b] = lengths[b, a] = random.integers(1, 101)
            edges += 1
    return dijkstra(csr_matrix(lengths)), places


def read_or_library(path):
    """Costs and number of sites of a file of the OR-Library; an edge that stands twice has its last length."""
    numbers = [int(word) for word in path.read_text().split()]
    points, edges, places = numbers[:3]
    lengths = np.zeros((points, points))
    for a, b, length in np.array(numbers[3 : 3 + 3 * edges]).reshape(-1, 3):
        lengths[a - 1, b - 1] = lengths[b - 1, a - 1] = length
    return dijkstra(csr_matrix(lengths)), places


def read_san_francisco(folder):
    """Costs (205 tracts, 16 stores in the order of their names), people of each tract, and the names of the stores."""
    cost, people = defaultdict(dict), {}
    path = folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    with path.open(newline="") as stream:
        for row in csv.DictReader(stream):
            cost[row["DestinationName"]][row["name"]] = float(row["distance"])
            people[row["DestinationName"]] = float(row["demand"])
    stores = sorted({store for ways in cost.values() for store in ways})
    matrix = np.array([[cost[tract][store] for store in stores] for tract in sorted(cost)])
    return matrix, np.array([people[tract] for tract in sorted(cost)]), stores
