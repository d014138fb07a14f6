"""Compile the translations: every ``.po`` under src/lianyi/locale becomes the ``.mo`` that Django reads.

Uses polib, so that no machine needs GNU gettext to run Lianyi. A translation whose placeholders differ from the
original's is refused here, because it would break the page only in that language.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "src" / "lianyi" / "locale"
PLACEHOLDER = re.compile(
    r"%\((?P<percent>\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|\{(?P<brace>\w*)[^{}]*\}|(?P<bare>%[sd])"
)


def placeholders(text: str) -> Counter[str]:
    return Counter(match["percent"] or match["brace"] or match["bare"] or "{}" for match in PLACEHOLDER.finditer(text))


def faults(entry: polib.POEntry) -> list[str]:
    """Say what is wrong with one translated message."""
    if not {"python-format", "python-brace-format"} & set(entry.flags):
        return []
    # Chinese has one plural form, which must fit the English plural; a singular may leave its number out.
    expected = set(placeholders(entry.msgid_plural or entry.msgid))
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    return [
        f"'{entry.msgid}': placeholders {sorted(found)} in '{text}', expected {sorted(expected)}"
        for text in texts
        if (found := set(placeholders(text))) != expected
    ]


def is_current(source: Path, compiled: Path) -> bool:
    return compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime


def compile_file(source: Path, compiled: Path) -> list[str]:
    messages = polib.pofile(str(source), encoding="utf-8", check_for_duplicates=True)
    wrong = [fault for entry in messages.translated_entries() for fault in faults(entry)]
    if not wrong:
        messages.save_as_mofile(str(compiled))
        print(f"messages: {compiled.relative_to(ROOT)} ({messages.percent_translated()} % translated)")
    return [f"{source.relative_to(ROOT)}: {fault}" for fault in wrong]


def main() -> int:
    wrong: list[str] = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not is_current(source, compiled):
            wrong += compile_file(source, compiled)
    for fault in wrong:
        print(f"messages: {fault}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
