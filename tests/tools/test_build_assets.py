from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET

import build_assets
import pytest

from lianyi.web.navigation import SECTIONS

ICON_IN_TEMPLATE = re.compile(r"""{%\s*icon\s+["']([^"']+)["']""")
DRAWING = """
<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"
  stroke-width="2" stroke-linecap="round" stroke-linejoin="round" class="icon icon-tabler-plus">
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M12 5l0 14" />
</svg>
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a{}\n/*# sourceMappingURL=a.min.css.map */", b"a{}\n"),
        (b"a();\n//# sourceMappingURL=a.js.map\n", b"a();\n"),
        (b"a();\r\n//@ sourceMappingURL=a.js.map\r\nb();", b"a();\r\nb();"),
        (b"var s = '//# sourceMappingURL=';", b"var s = '//# sourceMappingURL=';"),
    ],
)
def test_the_comment_that_names_a_source_map_is_taken_out(content, expected):
    assert build_assets.without_source_map(content) == expected


def test_the_sprite_holds_each_icon_under_its_name_without_the_square_behind_it():
    root = ET.fromstring(build_assets.sprite({"plus": DRAWING, "check": DRAWING}))  # noqa: S314 - made just now

    assert [symbol.attrib["id"] for symbol in root] == ["check", "plus"]
    assert [shape.attrib for shape in root[1]] == [{"d": "M12 5l0 14"}]
    assert root[1].attrib["stroke"] == "currentColor"


def test_the_icons_stand_in_order_and_once():
    assert list(build_assets.ICONS) == sorted(set(build_assets.ICONS))


def test_every_icon_that_a_page_shows_is_in_the_sprite():
    templates = (build_assets.ROOT / "src" / "lianyi").rglob("templates/**/*.html")
    shown = {name for path in templates for name in ICON_IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))}
    shown |= {entry.icon for section in SECTIONS for entry in section.entries}

    assert shown - set(build_assets.ICONS) == set()


def test_what_was_built_is_what_the_manifest_says():
    manifest = json.loads(build_assets.MANIFEST.read_text(encoding="utf-8"))
    digests = {name: hashlib.sha256((build_assets.WEB / name).read_bytes()).hexdigest() for name in manifest["files"]}

    assert digests == manifest["files"]
    assert manifest["made_from"] == build_assets.inputs()


def test_every_built_folder_of_others_carries_its_licence():
    # The folder of our own pictures stands under the licence of the project.
    folders = [folder for folder in build_assets.VENDOR.iterdir() if folder.is_dir() and folder.name != "lianyi"]

    assert [folder.name for folder in folders if not (folder / "LICENSE.txt").is_file()] == []
    assert "SIL OPEN FONT LICENSE" in (build_assets.FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_no_built_style_sheet_or_script_asks_another_server():
    addresses = set()
    for path in [*build_assets.VENDOR.rglob("*.css"), *build_assets.VENDOR.rglob("*.svg")]:
        addresses |= set(re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8")))

    # The name of the SVG language and the home page in Bootstrap's banner; neither is ever fetched.
    assert addresses <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/2000/svg%27",
        "https://getbootstrap.com/",
        "https://github.com/twbs/bootstrap/blob/main/LICENSE",
    }
