"""Every refusal that a page can show has a text in the reader's language, and what the text needs is given."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import lianyi
from lianyi.errors import LianyiError
from lianyi.pages.errors import _TEXTS, message_of
from lianyi.partnerships.models import Agreement

PACKAGE = Path(lianyi.__file__).parent
PARAMETER = re.compile(r"%\((\w+)\)s")
# Folders that speak to the administrator on the command line, or whose refusals are cells of a table with sentences
# of their own.
ELSEWHERE = ("analysis", "tabular", "operations", "cli.py", "imports", "imports.py", "migrations")

INSTALLATION = "an installation that is set up wrongly; the program does not start, and says why in English"
PROGRAMMING = "a mistake in the program, which the log tells its authors in English"
COMMAND_LINE = "plans are made on the command line, which says in English what to mend in which file"
OWN_PAGE = "the conflict page tells it, field by field"
# code -> why a page needs no text for it, or why its sites are not looked at one by one
EXEMPT: Mapping[str, str] = {
    "rule-file": INSTALLATION,
    "rule-directory": INSTALLATION,
    "duplicate-rule-set": INSTALLATION,
    "overlapping-rule-sets": INSTALLATION,
    "document-template": PROGRAMMING,
    "stale-version": OWN_PAGE,
    "posting-data": COMMAND_LINE,
    "posting-rule": COMMAND_LINE,
    "locked-line": COMMAND_LINE,
    "posting-plan-impossible": COMMAND_LINE,
    "posting-plan-not-found": COMMAND_LINE,
    "posting-plan-wrong": COMMAND_LINE,
    "preference": COMMAND_LINE,
    "pairing-data": COMMAND_LINE,
    "pairing-rule": COMMAND_LINE,
    "pairing-plan-impossible": COMMAND_LINE,
    "pairing-plan-not-found": COMMAND_LINE,
    "pairing-plan-wrong": COMMAND_LINE,
    "assignment-data": COMMAND_LINE,
    "assignment-not-found": COMMAND_LINE,
    "round-data": COMMAND_LINE,
    "round-travel": COMMAND_LINE,
    "route-data": COMMAND_LINE,
    "round-plan-wrong": COMMAND_LINE,
    "indicator-cell": COMMAND_LINE,
    "indicator-column": COMMAND_LINE,
    "indicator-engine-address": COMMAND_LINE,
    "indicator-engine-not-installed": COMMAND_LINE,
    "indicator-engine-refused": COMMAND_LINE,
    "indicator-folder": COMMAND_LINE,
    "indicator-lookup": COMMAND_LINE,
    "indicator-no-query": COMMAND_LINE,
    "indicator-period": COMMAND_LINE,
    "indicator-table": COMMAND_LINE,
}


@dataclass(frozen=True)
class Site:
    """One place that makes a refusal."""

    where: str
    code: str
    reason: str
    params: frozenset[str]

    @property
    def text(self) -> str | None:
        found = _TEXTS.by_code.get(f"{self.code}.{self.reason}") or _TEXTS.by_code.get(self.code)
        return None if found is None else str(found)


def _error_classes() -> Mapping[str, type[LianyiError]]:
    for module in pkgutil.walk_packages(lianyi.__path__, "lianyi."):
        if module.name.rpartition(".")[2] in ("errors", "uploads") or ".views" in module.name:
            importlib.import_module(module.name)
    found: dict[str, type[LianyiError]] = {}
    waiting = [LianyiError]
    while waiting:
        each = waiting.pop()
        found[each.__name__] = each
        waiting += each.__subclasses__()
    return found


CLASSES = _error_classes()


def _constant(call: ast.Call, name: str) -> str:
    value = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _sites_in(path: Path) -> Iterator[Site]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CLASSES:
            continue
        yield Site(
            where=f"{path.relative_to(PACKAGE)}:{node.lineno}",
            code=CLASSES[node.func.id].code,
            reason=_constant(node, "reason"),
            params=frozenset(keyword.arg for keyword in node.keywords if keyword.arg),
        )


def _sites() -> list[Site]:
    paths = [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not set(path.relative_to(PACKAGE).parts) & set(ELSEWHERE) and path.relative_to(PACKAGE).parts[0] != "methods"
    ]
    return [site for path in paths for site in _sites_in(path)]


SITES = _sites()


def test_the_refusals_of_the_package_are_found():
    files = {site.where.rpartition(":")[0] for site in SITES}
    assert {"partnerships/commands/agreements.py", "dispatch/commands/walking.py", "accounts/access.py"} <= files
    assert len(SITES) > 100


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.where} {site.code}")
def test_every_refusal_has_a_text_and_what_the_text_needs(site):
    if site.code in EXEMPT:
        return
    assert site.text is not None, f"{site.where}: register a text for {site.code}.{site.reason or '<reason>'}."
    lacking = set(PARAMETER.findall(site.text)) - site.params
    assert not lacking, f"{site.where}: '{site.text}' needs {sorted(lacking)}; given are {sorted(site.params)}."


def test_a_reason_that_is_given_has_a_sentence_of_its_own_in_partnerships_and_dispatch():
    general = [
        site.where
        for site in SITES
        if site.where.startswith(("partnerships/", "dispatch/"))
        and site.reason
        and f"{site.code}.{site.reason}" not in _TEXTS.by_code
    ]
    assert general == []


def test_refusals_of_methods_and_rules_have_a_text_by_their_code():
    expected = {
        error.code
        for error in CLASSES.values()
        if error.__module__ in ("lianyi.methods.errors", "lianyi.rules.errors") and error.code not in EXEMPT
    }
    assert expected - _TEXTS.by_code.keys() == set()


def test_no_registered_text_lies_about_the_reasons_there_are():
    known = {error.code for error in CLASSES.values()}
    strange = {code.partition(".")[0] for code in _TEXTS.by_code} - known
    assert strange == set()


def test_words_of_choices_and_lists_are_shown_in_the_language_of_the_page():
    class RefusedError(LianyiError):
        code = "invalid-input"

    error = RefusedError("x", reason="approval-unknown", given="nobody", accepted=Agreement.Approval.labels)
    assert message_of(error) == (
        "'nobody' is not a side that can be asked. Accepted: home department, home hospital, receiving unit."
    )
