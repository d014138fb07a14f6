"""Seeded series in the shape of those that are published but may not be shipped."""

from __future__ import annotations

import numpy as np

MONTHS = 60
START = 36


def sicily_like(seed=20050110):
    """Fifty-nine months of counts with a population, a season and a step after 36 of them: like the smoking ban."""
    generator = np.random.default_rng(seed)
    month = np.arange(59)
    population = np.round(364_000 + 120 * month + generator.normal(0, 300, 59))
    season = 0.12 * np.cos(2 * np.pi * month / 12) + 0.05 * np.sin(4 * np.pi * month / 12)
    rate = np.exp(-6.25 + 0.005 * month + season - 0.12 * (month >= START))
    overdispersed = generator.gamma(800 / 1.3, 1.3 / 800, 59)
    return generator.poisson(population * rate * overdispersed).astype(float), np.log(population)


def rates_that_follow_one_another(series, correlation, seed):
    """Counts of many institutions with a season and AR(1) log rates, on which nothing happened."""
    generator = np.random.default_rng(seed)
    noise = 0.1 * generator.normal(size=(series, MONTHS))
    for month in range(1, MONTHS):
        noise[:, month] = correlation * noise[:, month - 1] + np.sqrt(1 - correlation**2) * noise[:, month]
    month = np.arange(MONTHS)
    mean = 200 * np.exp(0.002 * month + 0.1 * np.sin(2 * np.pi * month / 12) + noise)
    return generator.poisson(mean).astype(float)
