from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from lianyi.drawing.raster_map import RasterMap, colours_for, html_of

MINUTES = np.array([[0.0, 15.0, 15.1], [70.0, np.inf, np.nan]])


def page_of(minutes=MINUTES, **more):
    return html_of(RasterMap("Times", minutes, [15, 60], np.array([0.0]), np.array([0.0]), ["hospital"], **more))


def pixels_of(page):
    [data] = re.findall(r'href="data:image/png;base64,([^"]+)"', page)
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        return np.asarray(picture.convert("RGB"))


def test_each_cell_has_the_colour_of_its_minutes_and_a_bound_is_inside():
    found = pixels_of(page_of())
    near, middle, far = ([int(c[at : at + 2], 16) for at in (1, 3, 5)] for c in colours_for(3))
    assert found.shape == (2, 3, 3)
    assert found[0].tolist() == [near, near, middle]
    assert found[1].tolist() == [far, [0x1A] * 3, [0xC9, 0xCE, 0xD2]]


def test_the_legend_names_the_classes_that_there_are():
    assert [
        text for text in ("up to 15", "15 to 60", "more than 60", "not reached", "barrier") if text in page_of()
    ] == [
        "up to 15",
        "15 to 60",
        "more than 60",
        "not reached",
        "barrier",
    ]
    assert "more than" not in page_of(np.array([[0.0, 20.0]]))


def test_a_source_stands_where_its_cell_is_in_a_thinned_raster():
    page = html_of(RasterMap("Times", np.zeros((10, 10)), [15], np.array([99.0]), np.array([0.0]), ["east"], step=10))
    assert re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', page) == [("4.5", "895.5")]


def test_nothing_is_asked_from_anywhere_and_names_are_no_markup():
    page = html_of(RasterMap("<T>", MINUTES, [15], np.array([0.0]), np.array([0.0]), ["<script>"]))
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
