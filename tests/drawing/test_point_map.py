from __future__ import annotations

import re

import numpy as np

from lianyi.drawing.point_map import BAD_TO_GOOD, GOOD_TO_BAD, MapLayer, PointMap, html_of


def places(count):
    chance = np.random.default_rng(1)
    return MapLayer(chance.uniform(100, 110, count), chance.uniform(25, 35, count), [f"P{n}" for n in range(count)])


CLINIC = MapLayer(np.array([105.0]), np.array([30.0]), ["clinic"])


def page_of(layer, values, **more):
    return html_of(PointMap("Beds", layer, values, np.ones(len(values)), "beds", CLINIC, **more))


def test_each_place_is_a_mark_that_says_its_name_and_figure():
    page = page_of(places(3), np.array([0.1, 0.2, np.nan]))
    assert re.findall("<title>(P.*?)</title>", page) == ["P0: 0.1", "P1: 0.2", "P2: nothing in reach"]
    assert page.count('fill="#1A1A1A"') == 1


def test_the_best_off_have_the_last_colour_and_a_long_way_the_first():
    values = np.arange(1.0, 11)
    for colours in (BAD_TO_GOOD, GOOD_TO_BAD):
        circles = re.findall(r'fill="(#\w+)"', page_of(places(10), values, colours=colours))
        assert (circles[0], circles[9]) == (colours[0], colours[4])


def test_too_many_places_become_spots_with_the_mean_over_their_people():
    count = 300_000
    page = page_of(places(count), np.full(count, 0.25))
    assert page.count("<circle") <= 20_000
    assert "300,000 places are drawn as" in page
    assert len(page) < 3_000_000


def test_no_figure_at_all_and_a_single_point_are_no_error():
    one = MapLayer(np.array([105.0]), np.array([30.0]), ["only"])
    assert "nothing in reach" in page_of(one, np.array([np.nan]))


def test_names_cannot_become_markup():
    evil = MapLayer(np.array([105.0]), np.array([30.0]), ["<script>alert(1)</script>"])
    assert "<script" not in page_of(evil, np.array([1.0]))
