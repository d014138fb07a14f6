"""The wheel in an empty environment: a site with every asset, without Node and without any other server."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

pytestmark = pytest.mark.wheel
ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 240
ADDRESS_ATTRIBUTES = ("src", "href", "srcset", "poster", "data", "action", "formaction")
ASSET_TAGS = ("script", "link", "img", "use", "source", "iframe", "object")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
ADDRESS_IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Addresses(HTMLParser):
    """Every address that a page names, and those among them that a browser fetches by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: set[str] = set()
        self.assets: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = {value for name, value in attrs if value and name.split(":")[-1] in ADDRESS_ATTRIBUTES}
        self.named |= found
        if tag in ASSET_TAGS:
            self.assets |= found


def run(*command, **options):
    ended = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert ended.returncode == 0, f"{command}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT)
    (built,) = folder.glob("lianyi-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Put the wheel and its pinned packages into an empty environment and give its folder of programs."""
    environment = tmp_path_factory.mktemp("installation") / "environment"
    venv.create(environment, with_pip=True)
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt")
    run(*pip, "--no-deps", wheel)
    return environment / "bin"


@pytest.fixture(scope="module")
def site(installed, tmp_path_factory):
    """Serve the site from outside the checkout, with nothing but the environment on PATH, and give its address."""
    folder = tmp_path_factory.mktemp("elsewhere")
    variables = {"PATH": str(installed), "HOME": str(folder), "LIANYI_HOME": str(folder / "home"), "LANG": "C.UTF-8"}
    assert shutil.which("node", path=variables["PATH"]) is None
    run(installed / "lianyi", "init", env=variables, cwd=folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [installed / "lianyi", "serve", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=variables, cwd=folder, stdout=output, stderr=output)
    try:
        yield started(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(SECONDS_TO_START)


def started(address, process, log):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/login/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return address
    pytest.fail(f"the site did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def fetch(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.status, answer.read()


def assets_of_page(page_address):
    """Follow a page to its assets and its style sheets to theirs: address and content of each."""
    _, page = fetch(page_address)
    waiting = {urljoin(page_address, name) for name in Addresses(page.decode()).assets}
    found = {}
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in found or address.startswith("data:") or not re.search(r"\.\w+$", address):
            continue
        found[address] = fetch(address)
        if address.endswith(".css"):
            names = (first or second for first, second in ADDRESS_IN_STYLE.findall(found[address][1].decode()))
            waiting |= {urljoin(address, name) for name in names if not name.startswith(("data:", "#"))}
    return found


def test_the_wheel_carries_what_git_does_not_keep(contents):
    expected = {
        "lianyi/web/static/vendor/bootstrap/bootstrap.min.css",
        "lianyi/web/static/vendor/bootstrap/bootstrap.bundle.min.js",
        "lianyi/web/static/vendor/echarts/echarts.min.js",
        "lianyi/web/static/vendor/icons/icons.svg",
        "lianyi/web/fonts/NotoSansSC-Regular.ttf",
        "lianyi/web/fonts/NotoSansSC-Bold.ttf",
        "lianyi/web/fonts/OFL.txt",
        "lianyi/locale/zh_Hans/LC_MESSAGES/django.mo",
    }

    assert expected - contents == set()


def test_the_wheel_carries_every_file_of_the_package(contents):
    source = ROOT / "src"
    files = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
    wanted = {path.as_posix() for path in files if "__pycache__" not in path.parts and path.parts[0] == "lianyi"}

    assert wanted - contents == set()
    assert any(re.fullmatch(r"lianyi/rules/.+\.toml", name) for name in contents)


def test_the_login_page_comes_with_all_its_assets_from_this_site_alone(site):
    found = assets_of_page(f"{site}/login/")

    assert found
    assert {address for address, (status, content) in found.items() if status != 200 or not content} == set()
    assert {address for address in found if not address.startswith(f"{site}/static/")} == set()
    assert {address for address in found if not HASHED.search(urlsplit(address).path)} == set()


def test_no_address_on_the_login_page_leads_outside(site):
    _, page = fetch(f"{site}/login/")
    hosts = {urlsplit(urljoin(site, name)).netloc for name in Addresses(page.decode()).named}

    assert hosts == {urlsplit(site).netloc}


def test_the_pages_are_in_chinese_without_gettext_on_the_machine(site):
    request = urllib.request.Request(f"{site}/login/", headers={"Accept-Language": "zh-CN,zh"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()

    assert "登录" in page
