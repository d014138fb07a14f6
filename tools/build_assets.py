"""Put the browser assets and the fonts of the PDFs into the package: ``make assets``.

From pinned npm packages come Bootstrap, ECharts, one sprite of icons (src/lianyi/web/static/vendor) and Noto Sans SC
(src/lianyi/web/fonts), each with its licence. Git ignores both folders; the wheel carries them, so that an installed
Lianyi needs neither Node nor the internet. Nothing is done again while the inputs and the results are the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import app_icons
import npm

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "lianyi" / "web"
VENDOR = WEB / "static" / "vendor"
FONTS = WEB / "fonts"
MANIFEST = VENDOR / "manifest.json"
SVG = "http://www.w3.org/2000/svg"
# A hashed static storage would look for the map file, which is not shipped.
SOURCE_MAP = re.compile(
    rb"^[ \t]*(?://[#@] ?sourceMappingURL=\S*|/\*[#@] ?sourceMappingURL=[^*]*\*/)[ \t]*\r?\n?", re.MULTILINE
)

# To add an icon, write its name here: it must be one of the outline icons of Tabler. Templates show it with
# {% icon "NAME" %} after {% load pages %}.
ICONS = (
    "alert-triangle",
    "ambulance",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "arrows-exchange",
    "bell",
    "building-hospital",
    "calendar-check",
    "calendar-event",
    "chart-bar",
    "check",
    "chevron-down",
    "clock",
    "download",
    "edit",
    "external-link",
    "file-text",
    "filter",
    "history",
    "home",
    "language",
    "list",
    "lock",
    "logout",
    "map-pin",
    "menu-2",
    "plus",
    "printer",
    "refresh",
    "route",
    "search",
    "settings",
    "shield-check",
    "stethoscope",
    "upload",
    "users",
    "x",
)


@dataclass(frozen=True)
class Part:
    """One file of an npm package and where it goes."""

    source: str
    target: Path


NOTO = "@expo-google-fonts/noto-sans-sc"
PARTS = (
    Part("bootstrap/dist/css/bootstrap.min.css", VENDOR / "bootstrap" / "bootstrap.min.css"),
    Part("bootstrap/dist/js/bootstrap.bundle.min.js", VENDOR / "bootstrap" / "bootstrap.bundle.min.js"),
    Part("bootstrap/LICENSE", VENDOR / "bootstrap" / "LICENSE.txt"),
    Part("@popperjs/core/LICENSE.md", VENDOR / "bootstrap" / "LICENSE-popper.txt"),
    Part("echarts/dist/echarts.min.js", VENDOR / "echarts" / "echarts.min.js"),
    Part("echarts/LICENSE", VENDOR / "echarts" / "LICENSE.txt"),
    Part("echarts/NOTICE", VENDOR / "echarts" / "NOTICE.txt"),
    Part("echarts/licenses/LICENSE-d3", VENDOR / "echarts" / "LICENSE-d3.txt"),
    Part("zrender/LICENSE", VENDOR / "echarts" / "LICENSE-zrender.txt"),
    Part("@tabler/icons/LICENSE", VENDOR / "icons" / "LICENSE.txt"),
    Part(f"{NOTO}/400Regular/NotoSansSC_400Regular.ttf", FONTS / "NotoSansSC-Regular.ttf"),
    Part(f"{NOTO}/700Bold/NotoSansSC_700Bold.ttf", FONTS / "NotoSansSC-Bold.ttf"),
    Part(f"{NOTO}/LICENSE_FONT", FONTS / "OFL.txt"),
)
SPRITE = VENDOR / "icons" / "icons.svg"


def without_source_map(content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"", content)


def symbol(name: str, drawing: str) -> ET.Element:
    """Return one icon as a symbol with the drawing's own strokes, without the empty square behind it."""
    picture = ET.fromstring(drawing)  # noqa: S314 - a file whose hash is pinned
    kept = ("viewBox", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")
    element = ET.Element(f"{{{SVG}}}symbol", {"id": name, **{key: picture.attrib[key] for key in kept}})
    for shape in picture:
        if shape.attrib.get("stroke") != "none":
            shape.tail = None
            element.append(shape)
    return element


def sprite(drawings: dict[str, str]) -> bytes:
    """Return all icons as one file."""
    ET.register_namespace("", SVG)
    root = ET.Element(f"{{{SVG}}}svg")
    for name, drawing in sorted(drawings.items()):
        root.append(symbol(name, drawing))
    ET.indent(root, space=" ")
    return f"{ET.tostring(root, encoding='unicode')}\n".encode()


def contents(modules: Path) -> dict[Path, bytes]:
    """Return what every file of the two folders is to hold, from the fetched packages."""
    missing = [part.source for part in PARTS if not (modules / part.source).is_file()]
    outline = modules / "@tabler" / "icons" / "icons" / "outline"
    missing += [f"icon {name}" for name in ICONS if not (outline / f"{name}.svg").is_file()]
    if missing:
        raise npm.FetchError(f"The npm packages do not hold: {', '.join(missing)}.")
    files = {}
    for part in PARTS:
        content = (modules / part.source).read_bytes()
        files[part.target] = without_source_map(content) if part.target.suffix in {".css", ".js"} else content
    files |= {VENDOR / "lianyi" / name: content for name, content in app_icons.icons().items()}
    files[SPRITE] = sprite({name: (outline / f"{name}.svg").read_text(encoding="utf-8") for name in ICONS})
    return files


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def inputs() -> str:
    """Return one value for everything that decides the result."""
    return npm.fingerprint(Path(__file__), Path(app_icons.__file__), *(ROOT / name for name in npm.PACKAGE_FILES))


def is_current() -> bool:
    if not MANIFEST.is_file():
        return False
    try:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return manifest["made_from"] == inputs() and all(
        (WEB / name).is_file() and sha256((WEB / name).read_bytes()) == digest
        for name, digest in manifest["files"].items()
    )


def write(files: dict[Path, bytes], versions: dict[str, str]) -> None:
    for folder in (VENDOR, FONTS):
        shutil.rmtree(folder, ignore_errors=True)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        npm.say(f"{path.relative_to(ROOT)} ({len(content) / 1024:.0f} KiB)")
    digests = {path.relative_to(WEB).as_posix(): sha256(content) for path, content in sorted(files.items())}
    manifest = {"made_from": inputs(), "packages": versions, "files": digests}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    if is_current():
        return 0
    try:
        modules = npm.fetch_packages()
        files = contents(modules)
    except npm.FetchError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    versions = {
        name.removeprefix("node_modules/"): package["version"] for name, package in lock["packages"].items() if name
    }
    write(files, versions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
