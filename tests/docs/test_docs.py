"""The documentation says what is true: examples run, links lead somewhere, and every name in it exists."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import click
import make_reference_docs
import pytest

from lianyi.cli import main
from lianyi.config import ADMIN_PASSWORD, DEMO_PASSWORD, read_config
from lianyi.operations.indicator_running.running import ADDRESS as INDICATOR_DATABASE
from lianyi.rules import load_referral_policies, load_resource_standards, load_rule_sets
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# Made by the browser tests; README shows exactly these.
IMAGES = frozenset(
    {
        "home-zh.png",
        "growth-en.png",
        "home-en.png",
        "agreement-zh.png",
        "agreement-en.png",
        "board-zh.png",
        "board-en.png",
        "map-en.png",
        "certificate-zh.png",
        "on-site-zh.png",
        "phone-home-zh.png",
        "referral-work-zh.png",
        "referral-case-en.png",
        "visit-zh.png",
        "wall-zh.png",
        "phone-referral-zh.png",
    }
)
# Read by the tests and the tools, not by an installation.
VARIABLES_OF_TESTS = frozenset({"LIANYI_REAL_DATA", "LIANYI_TEST_RANDOM", "LIANYI_TEST_REQUIRE_ALL"})

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND_LINE = re.compile(r"(?:^|\s|bin/)lianyi ((?:[^\n\\]|\\\n)*)")
VARIABLE = re.compile(r"\bLIANYI_[A-Z_]*[A-Z]\b")
RULE_SET_ID = re.compile(r"[a-z]+(?:-[a-z]+)*-20\d\d")
DOTTED_NAME = re.compile(r"lianyi(?:\.\w+)+")
SOURCE_PATH = re.compile(r"(?:src|tests|tools|docs|benchmarks|requirements)/[\w./-]+")
MAKE_TARGET = re.compile(r"^make ([a-z-]+)", re.MULTILINE)

page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def code_in(path: Path) -> list[str]:
    """Return the code blocks and the words in code type of a page."""
    return [block or words for block, words in CODE.findall(path.read_text(encoding="utf-8"))]


def anchors_of(path: Path) -> set[str]:
    """Return the names under which the headings of a page are linked to."""
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@page
def test_the_examples_of_a_page_are_true(path):
    assert doctest.testfile(str(path), module_relative=False, encoding="utf-8").failed == 0


@page
def test_every_link_of_a_page_leads_somewhere(path):
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith(("https://", "mailto:")):
            continue
        file, _hash, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if target.parent == DOCS / "images":
            assert target.name in IMAGES
            continue
        assert target.exists(), f"{path.name} links to {link}"
        assert not anchor or anchor in anchors_of(target), f"{path.name} links to {link}"


def test_the_readme_shows_every_picture_that_the_browser_tests_make():
    shown = re.findall(r"docs/images/([\w-]+\.png)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(IMAGES)
    if (DOCS / "images").is_dir():
        assert {path.name for path in (DOCS / "images").glob("*.png")} == IMAGES


@page
def test_every_command_that_a_page_names_exists_with_its_options(path):
    for code in code_in(path):
        for line in COMMAND_LINE.findall(code):
            check_command_line(line.replace("\\\n", " "))


def check_command_line(line: str) -> None:
    command: click.Command = main
    words = re.split(r"\s+|[|;]", line.split("#", maxsplit=1)[0].strip())
    while isinstance(command, click.Group) and words and re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", words[0]):
        assert words[0] in command.commands, f"lianyi {line}"
        command = command.commands[words.pop(0)]
    options = {name for option in command.params for name in option.opts} | {"--help", "--version"}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in options, f"lianyi {line}"


class Asked(dict):
    """Environment variables that remember which of them were asked for."""

    def __init__(self, values):
        super().__init__(values)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def settings_there_are(home: Path) -> set[str]:
    given = {f"LIANYI_OIDC_{name}_URL": "https://sso.example.org/" for name in ("AUTHORIZATION", "TOKEN", "USERINFO")}
    given |= {"LIANYI_OIDC_JWKS_URL": "https://sso.example.org/", "LIANYI_HOME": str(home)}
    variables = Asked({**given, "LIANYI_OIDC_CLIENT_ID": "a", "LIANYI_OIDC_CLIENT_SECRET": "b"})
    read_config(variables)
    return variables.names | {
        INDICATOR_DATABASE,
        ADMIN_PASSWORD,
        DEMO_PASSWORD,
        f"{ADMIN_PASSWORD}_FILE",
        f"{DEMO_PASSWORD}_FILE",
    }


@page
def test_every_setting_that_a_page_names_exists(path, tmp_path):
    named = set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    assert named - settings_there_are(tmp_path) - VARIABLES_OF_TESTS - {"LIANYI_OIDC"} == set()


@page
def test_every_rule_set_that_a_page_names_exists(path):
    named = {code for code in code_in(path) if RULE_SET_ID.fullmatch(code)}
    known = {*load_rule_sets().ids, *load_referral_policies().ids, *load_resource_standards().ids}
    assert named - known - {"example-2026"} == set()


def test_the_example_of_a_rule_file_is_one(tmp_path):
    text = (DOCS / "methods" / "rules.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    (tmp_path / "example.toml").write_text(example[1], encoding="utf-8")
    rule_set = load_rule_sets([tmp_path]).get("example-2026")
    assert [requirement.id for requirement in rule_set.requirements] == ["team-size", "continuous-months"]


def test_the_example_of_a_referral_policy_is_one(tmp_path):
    text = (DOCS / "methods" / "referral-policies.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    folder = tmp_path / "referral_policies"
    folder.mkdir()
    (folder / "example.toml").write_text(example[1], encoding="utf-8")
    policy = load_referral_policies([tmp_path]).get("example-referral-2026")
    decision = policy.target(ClockKind.DECISION, ReferralUrgency.EMERGENCY)
    departure = policy.target(ClockKind.DEPARTURE, ReferralUrgency.EMERGENCY, "stroke")
    assert (decision.amount, departure.amount, policy.limits.grace_days) == (10, 45, 7)
    codes = [item.code for item in policy.packet]
    assert (codes[-1], "past_illness" in codes) == ("insurance", False)


@page
def test_every_file_that_a_page_names_exists(path):
    for code in code_in(path):
        if SOURCE_PATH.fullmatch(code) and "NNNN" not in code:
            is_made = code.startswith(("src/lianyi/web/static/vendor", "src/lianyi/web/fonts", "tests/browser"))
            assert is_made or (ROOT / code).exists(), f"{path.name} names {code}"


@page
def test_every_name_of_the_code_that_a_page_gives_exists(path):
    for code in code_in(path):
        if DOTTED_NAME.fullmatch(code) and not code.endswith(".sqlite3"):
            assert exists(code), f"{path.name} names {code}"


def exists(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


@page
def test_every_target_of_make_that_a_page_names_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for code in code_in(path):
        assert set(MAKE_TARGET.findall(code)) - targets == set()


def test_what_repeats_the_code_says_what_the_code_says():
    assert [str(path.relative_to(ROOT)) for path in make_reference_docs.outdated()] == []
