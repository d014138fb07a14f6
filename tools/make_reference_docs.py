"""Write the parts of the documentation that repeat the code: ``python tools/make_reference_docs.py``.

A part stands in a page of docs/ between ``<!-- reference: NAME -->`` and ``<!-- end of reference -->``; everything else
on the page is written by hand. With ``--check`` nothing is written; it fails when a part is out of date.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
APPLICATIONS = ("accounts", "registry", "survey", "partnerships", "dispatch", "growth", "exchanges", "indicators")
GENERAL_POLICY = "general-2026"
PART = re.compile(r"(?P<begin><!-- reference: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end of reference -->)", re.DOTALL)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(_cell(value) for value in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def roles() -> str:
    from lianyi.accounts.roles import LETTERS, PERMISSIONS, Family, Permission, Role  # noqa: PLC0415 - Django is set up

    def held(role: Role, family: Family) -> str:
        found = "".join(letter for letter, act in LETTERS.items() if Permission(family, act) in PERMISSIONS[role])
        return found or "–"

    return table(
        ("Role", "Code", *(str(family.label) for family in Family)),
        ((role.label, f"`{role.value}`", *(held(role, family) for family in Family)) for role in Role),
    )


def need_steps() -> str:
    from lianyi.dispatch.models import NeedState  # noqa: PLC0415 - Django is set up
    from lianyi.dispatch.needs_machine import NEED_STEPS, NeedStep  # noqa: PLC0415

    def needs(step: NeedStep) -> str:
        wanted = {
            "a reason from the list and a sentence": step.needs_reason,
            "everything that is to be decided about": step.asks_completeness,
            "somebody who did not write it": step.by_another,
        }
        return ", ".join(word for word, is_needed in wanted.items() if is_needed) or "–"

    return table(
        ("Step", "From", "To", "Needs", "Permission"),
        (
            (
                step.label,
                ", ".join(str(NeedState(state).label) for state in step.from_states),
                NeedState(step.to_state).label,
                needs(step),
                f"`{step.permission}`",
            )
            for step in NEED_STEPS
        ),
    )


def visit_steps() -> str:
    from lianyi.exchanges.machines.visits import VISIT_STEPS, VisitStep  # noqa: PLC0415

    def needs(step: VisitStep) -> str:
        wanted = {
            "a reason": step.needs_reason,
            "the days on which it was, none in the future": step.asks_days,
            "the host or the guest": step.by_own_side,
            "the side that did not write the minutes": step.by_other_side,
        }
        return ", ".join(word for word, is_needed in wanted.items() if is_needed) or "–"

    return _steps(VISIT_STEPS, needs)


def point_steps() -> str:
    from lianyi.exchanges.machines.points import POINT_STEPS, PointStep  # noqa: PLC0415

    def needs(step: PointStep) -> str:
        wanted = {"an answer or reason in words": step.needs_answer, "the other point": step.needs_target}
        return ", ".join(word for word, is_needed in wanted.items() if is_needed) or "–"

    return _steps(POINT_STEPS, needs)


def action_steps() -> str:
    from lianyi.exchanges.machines.actions import ACTION_STEPS, ActionStep, By  # noqa: PLC0415

    asked = {
        "owner": "owner",
        "due_on": "day",
        "done_on": "the day on which it was done",
        "evidence": "evidence",
        "check_words": "what the check found",
    }
    by = {By.ANYBODY: (), By.OWNER: ("the owner",), By.INDEPENDENT: ("somebody independent",)}

    def needs(step: ActionStep) -> str:
        reason = ("a reason",) if step.needs_reason else ()
        return ", ".join((*by[step.by], *(asked[name] for name in step.asks), *reason)) or "–"

    return _steps(ACTION_STEPS, needs)


def _steps(steps: Iterable[Any], needs: Callable[[Any], str]) -> str:
    return table(
        ("Step", "From", "To", "Needs", "Permission"),
        (
            (
                step.label,
                ", ".join(str(state.label) for state in step.from_states),
                step.to_state.label,
                needs(step),
                f"`{step.permission}`",
            )
            for step in steps
        ),
    )


def posting_steps() -> str:
    from lianyi.dispatch.machine import STEPS, Side, Step  # noqa: PLC0415

    def needs(step: Step) -> str:
        wanted = {
            "a reason from the list and a sentence": step.needs_reason,
            "a text": step.needs_text,
            "a new last day": step.needs_end,
            "a day not in the future": step.is_fact,
        }
        return ", ".join(word for word, is_needed in wanted.items() if is_needed) or "–"

    return table(
        ("Step", "From", "To", "Permission", "Needs"),
        (
            (
                f"{step.label} (`{step.name}`)",
                ", ".join(str(state.label) for state in step.from_states),
                step.to_state.label,
                f"`{step.permission}`" + (", receiving unit only" if step.side is Side.RECEIVING else ""),
                needs(step),
            )
            for step in STEPS
        ),
    )


def _counted_from(kind: str) -> str:
    """Return which records a kind of evidence is counted from, told by the page that shows its rows."""
    from lianyi.partnerships.evidence import counter_of  # noqa: PLC0415

    counter = counter_of(kind)
    if counter is None:
        return "not measured yet"
    own_page = {
        "dispatch:round-evidence": "from visits of rounds",
        "exchanges:visit-evidence": "from visits",
        "exchanges:action-evidence": "from actions",
        "indicators:target-evidence": "from accepted values of indicators",
    }
    if counter.rows_url in own_page:
        return own_page[counter.rows_url]
    sources = {"dispatch": "from postings", "referrals": "from referrals", "growth": "from growth"}
    return sources[counter.rows_url.partition(":")[0]]


def evidence_kinds() -> str:
    from lianyi.partnerships.evidence import EvidenceKind  # noqa: PLC0415

    return table(
        ("Kind of evidence", "Name in tables", "Counted"),
        ((kind.label, f"`{kind.value}`", _counted_from(kind)) for kind in EvidenceKind),
    )


def quality_checks() -> str:
    from lianyi.registry.quality.findings import WORDINGS  # noqa: PLC0415
    from lianyi.registry.quality_names import check_name  # noqa: PLC0415

    return table(
        ("Finding", "Code", "Grade", "How it is mended"),
        ((check_name(code), f"`{code}`", words.severity.label, words.hint) for code, words in WORDINGS.items()),
    )


def rule_sets() -> str:
    from lianyi.rules import load_rule_sets  # noqa: PLC0415

    return table(
        ("Id", "Title", "Holds in", "In force", "Confidence", "Source"),
        (
            (
                f"`{each.id}`",
                each.title.en,
                each.jurisdiction.code,
                each.validity,
                each.confidence.value,
                each.source,
            )
            for each in load_rule_sets().rule_sets
        ),
    )


def referral_clocks() -> str:
    from lianyi.rules import load_referral_policies  # noqa: PLC0415
    from lianyi.rules.referral_policy import ClockTarget, ReferralUrgency  # noqa: PLC0415

    def row(name: str, targets: Mapping[ReferralUrgency, ClockTarget]) -> tuple[str, ...]:
        found = [targets.get(urgency) for urgency in ReferralUrgency]
        escalates = any(target.escalates for target in targets.values())
        return (
            name,
            *("–" if target is None else _duration(target.amount, target.unit.value) for target in found),
            "yes" if escalates else "no",
        )

    rows = []
    for kind, clock in load_referral_policies().get(GENERAL_POLICY).clocks.items():
        rows.append(row(kind, clock.targets))
        rows += [row(f"{kind}, {condition}", targets) for condition, targets in clock.by_condition.items()]
    return table(("Clock", "Emergency", "Urgent", "Routine", "Escalates"), rows)


def referral_ladder() -> str:
    from lianyi.rules import load_referral_policies  # noqa: PLC0415
    from lianyi.rules.referral_policy import ReferralUrgency  # noqa: PLC0415

    policy = load_referral_policies().get(GENERAL_POLICY)
    rows = [(rung.post.value, rung.after, "") for rung in policy.ladder]
    rows.append((f"the last {policy.repeat.posts} again", policy.repeat.every, "every "))
    return table(
        ("Post", "Emergency", "Urgent", "Routine"),
        (
            (post, *(f"{word}{_duration(times[each].amount, times[each].unit.value)}" for each in ReferralUrgency))
            for post, times, word in rows
        ),
    )


def _duration(amount: int, unit: str) -> str:
    return "at once" if amount == 0 else f"{amount} {unit.replace('_', ' ')}{'' if amount == 1 else 's'}"


def referral_standards() -> str:
    from lianyi.rules import load_referral_policies  # noqa: PLC0415

    return table(
        ("Condition", "Standard", "Limit", "Judged by", "Confidence", "Source"),
        (
            (
                each.condition,
                each.name.en,
                f"{'<' if each.excludes_limit else '≤'} {each.limit_minutes:g} min",
                each.statistic.replace("_", " ") + (f", {each.target_share:.0%}" if each.target_share else ""),
                each.confidence.value,
                each.source,
            )
            for each in load_referral_policies().get(GENERAL_POLICY).standards
        ),
    )


def table_kinds() -> str:
    from lianyi.registry.imports.kinds import TableKind  # noqa: PLC0415
    from lianyi.registry.imports.kinds import table_kinds as kinds  # noqa: PLC0415

    def section(kind: TableKind) -> str:
        rows = (
            (
                f"`{column.name}`" + (" (key)" if column.name in kind.key else ""),
                column.label_en,
                column.label_zh,
                column.kind.value,
                "yes" if column.required else "",
                _choices([choice.value for choice in column.choices]),
            )
            for column in kind.columns
        )
        heading = f"## {kind.name}\n\n{kind.title_en} ({kind.title_zh}). Needs `{kind.permission}`.\n\n"
        return heading + table(("Column", "English", "Chinese", "Kind", "Required", "Accepted"), rows)

    return "\n".join(section(kind) for kind in kinds())


def _choices(values: Sequence[str]) -> str:
    most = 12
    shown = ", ".join(f"`{value}`" for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown


def data_model() -> str:
    from django.apps import apps  # noqa: PLC0415

    sections = []
    for label in APPLICATIONS:
        config = apps.get_app_config(label)
        models = sorted(config.get_models(), key=lambda model: str(model.__name__))
        sections.append(f"## {label}\n\n" + "\n".join(_model(model) for model in models))
    return "\n".join(sections)


def _model(model: Any) -> str:  # noqa: ANN401 - a class that Django made
    meta = model._meta
    own_words = (model.__doc__ or "").strip()
    # Django fills an empty docstring with the names of the fields.
    first = "" if own_words.startswith(f"{model.__name__}(") else own_words.splitlines()[0]
    rows = [
        (
            f"`{field.name}`",
            _kind(field),
            "may be empty" if (field.null or field.blank) and not field.primary_key else "",
            _choices_of(field),
        )
        for field in meta.concrete_fields
    ]
    rules = ", ".join(f"`{constraint.name}`" for constraint in meta.constraints)
    parts = [f"### {model.__name__}\n", f"{first}\n" if first else "", table(("Field", "Kind", "", "Values"), rows)]
    parts.append(f"Constraints: {rules}.\n" if rules else "")
    return "\n".join(part for part in parts if part)


def _kind(field: Any) -> str:  # noqa: ANN401 - a field of any model
    if field.remote_field is not None:
        target = field.remote_field.model
        return f"→ {target._meta.app_label}.{target.__name__}"
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(field).__name__.removesuffix("Field")).lower()
    length = getattr(field, "max_length", None)
    unique = ", unique" if field.unique and not field.primary_key else ""
    return kind + (f" up to {length}" if length else "") + unique


def _choices_of(field: Any) -> str:  # noqa: ANN401
    return _choices([str(value) for value, _label in field.flatchoices])


def referral_states() -> str:
    import make_referral_machine  # noqa: PLC0415

    return make_referral_machine.states()


def referral_steps() -> str:
    import make_referral_machine  # noqa: PLC0415

    return make_referral_machine.steps()


def indicator_list() -> str:
    from lianyi.rules.indicators import load_indicators  # noqa: PLC0415

    book = load_indicators()
    titles = {each.id: each.title for each in book.families()}
    rows = []
    for family in titles:
        of_family = sorted((one for one in book.definitions if one.family.id == family), key=lambda one: one.position)
        for each in of_family:
            part = "" if each.part is None else f" ({each.part.zh} / {each.part.en})"
            name = f"{each.name.zh} / {each.name.en}{part}"
            rows.append(
                (
                    f"`{each.code}`",
                    each.version,
                    each.number,
                    name,
                    each.unit,
                    each.period,
                    each.obtained,
                    each.confidence,
                )
            )
    return table(("Code", "Version", "No.", "Name", "Unit", "Period", "Comes from", "Confidence"), rows)


def indicator_tables() -> str:
    from lianyi.analysis.indicators.compiling import asked_of  # noqa: PLC0415
    from lianyi.rules.indicators import indicator_definitions  # noqa: PLC0415

    asked: dict[tuple[str, str], set[str]] = {}
    users: dict[tuple[str, str], set[str]] = {}
    for definition in indicator_definitions():
        for part in definition.query.parts if definition.query is not None else ():
            names = {lookup.name: lookup.table for lookup in part.lookups}
            for path, kinds in asked_of(part).items():
                lookup, dot, own = path.partition(".")
                column = (names[lookup], own) if dot else (part.table, path)
                asked.setdefault(column, set()).update(kind.value for kind in kinds)
                users.setdefault(column, set()).add(definition.family.id)
    rows = []
    known = indicator_tables_known()
    for place, name in sorted(asked):
        read_as = asked[place, name] - {"anything"} or {"anything"}
        column = known[place].column(name)
        here = "yes" if known[place].is_recorded and column is not None and column.is_recorded else ""
        words = "" if column is None else f"{column.words.zh} / {column.words.en}"
        families = ", ".join(sorted(users[place, name]))
        rows.append((f"`{place}`", f"`{name}`", words, ", ".join(sorted(read_as)), here, families))
    headings = ("Table", "Column", "Meaning", "Read as", "Recorded here", "By the families")
    return table(headings, rows)


def indicator_sources() -> str:
    rows = []
    for each in indicator_tables_known().values():
        note = "" if each.note is None else f"{each.note.zh} {each.note.en}"
        rows.append((f"`{each.name}`", f"{each.title.zh} / {each.title.en}", "yes" if each.is_recorded else "no", note))
    return table(("Table", "What it is", "Recorded here", "How"), rows)


def indicator_tables_known() -> Mapping[str, Any]:
    from lianyi.rules.indicator_tables import indicator_tables as tables  # noqa: PLC0415

    return tables()


PARTS: Mapping[str, Callable[[], str]] = {
    "indicator-list": indicator_list,
    "indicator-sources": indicator_sources,
    "indicator-tables": indicator_tables,
    "roles": roles,
    "need-steps": need_steps,
    "visit-steps": visit_steps,
    "point-steps": point_steps,
    "action-steps": action_steps,
    "posting-steps": posting_steps,
    "referral-states": referral_states,
    "referral-steps": referral_steps,
    "evidence-kinds": evidence_kinds,
    "quality-checks": quality_checks,
    "rule-sets": rule_sets,
    "referral-clocks": referral_clocks,
    "referral-ladder": referral_ladder,
    "referral-standards": referral_standards,
    "table-kinds": table_kinds,
    "data-model": data_model,
}


def renewed(text: str) -> str:
    """Return a page with its parts as the code tells them now."""
    from django.utils import translation  # noqa: PLC0415

    with translation.override("en"):
        return PART.sub(lambda found: f"{found['begin']}\n{PARTS[found['name']]()}\n{found['end']}", text)


def outdated() -> dict[Path, str]:
    """Return the pages that do not say what the code says, with what they should be."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    wanted = {path: renewed(text) for path, text in pages.items()}
    return {path: text for path, text in wanted.items() if text != pages[path]}


def set_up_django(home: str) -> None:
    """Start Django without touching an installation of this machine."""
    os.environ.update(LIANYI_HOME=home, DJANGO_SETTINGS_MODULE="lianyi.settings")
    import django  # noqa: PLC0415 - it reads the settings

    django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(description="Renew the parts of docs/ that repeat the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a part is out of date")
    is_check = parser.parse_args().check
    with tempfile.TemporaryDirectory(prefix="lianyi-docs-") as home:
        set_up_django(home)
        found = outdated()
    for path, text in found.items():
        print(f"{path.relative_to(ROOT)}: {'out of date' if is_check else 'renewed'}")
        if not is_check:
            path.write_text(text, encoding="utf-8")
    if is_check and found:
        print("Run: python tools/make_reference_docs.py")
    return 1 if is_check and found else 0


if __name__ == "__main__":
    sys.exit(main())
