"""What operators read is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import make_command_docs

import lianyi.config

DOCS = Path(__file__).resolve().parents[2] / "docs" / "operator"
VARIABLE = re.compile(r"LIANYI_[A-Z_]*[A-Z]")


def test_the_page_about_commands_is_made_from_their_help():
    assert make_command_docs.PAGE.read_text(encoding="utf-8") == make_command_docs.page()


def variables_of_the_program():
    source = Path(lianyi.config.__file__).read_text(encoding="utf-8")
    oidc = re.search(r"names = \((\"CLIENT_ID\"[^)]*)\)", source).group(1)
    named = {f"LIANYI_OIDC_{name}" for name in re.findall(r'"(\w+)"', oidc)}
    return named | {name for name in VARIABLE.findall(source) if not name.endswith(("_OIDC", "_FILE"))}


def test_every_variable_is_explained_and_no_other():
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = {match.group(1) for match in re.finditer(r"^\| `(LIANYI_\w+)` \| \S", text, re.MULTILINE)}
    assert rows == variables_of_the_program()


def test_every_option_of_backup_and_restore_that_the_guide_names_exists():
    text = (DOCS / "backup.md").read_text(encoding="utf-8")
    known = {
        option
        for name in ("backup", "restore", "init")
        for parameter in make_command_docs.lianyi.commands[name].params
        for option in parameter.opts
    }
    assert set(re.findall(r"--[a-z-]+", text)) <= known
